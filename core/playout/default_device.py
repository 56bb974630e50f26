"""Which device the system plays on by default right now, asked of the system itself.

PortAudio's own answer is as old as its device list, which cannot be renewed while a stream is
open. Linux needs none of this: its sound servers move the sound by themselves.
"""

import ctypes
import sys

if sys.platform == "win32":
    from ctypes import HRESULT, POINTER, WINFUNCTYPE, byref, c_uint32, c_void_p, c_wchar_p

    _CLSID_ENUMERATOR = "{BCDE0395-E52F-467C-8E3D-C4579291692E}"
    _IID_ENUMERATOR = "{A95664D2-9614-4F35-A746-DE8DB63617E6}"
    _CLSCTX_INPROC_SERVER = 1
    _RELEASE, _GET_DEFAULT_ENDPOINT, _GET_ID = 2, 4, 5
    _RENDER, _CONSOLE = 0, 0

    def default_device_id() -> str | None:
        """An identifier of the default output device; None where the system does not tell."""
        ole32 = ctypes.WinDLL("ole32")
        ole32.CoInitializeEx(None, 0)  # again on the same thread is harmless
        enumerator = c_void_p()
        class_id, interface_id = _guid(ole32, _CLSID_ENUMERATOR), _guid(ole32, _IID_ENUMERATOR)
        status = ole32.CoCreateInstance(
            class_id, None, _CLSCTX_INPROC_SERVER, interface_id, byref(enumerator)
        )
        if status < 0 or not enumerator:
            return None
        try:
            return _endpoint_id(ole32, enumerator)
        except OSError:  # a failed HRESULT: no device at all
            return None
        finally:
            _method(enumerator, _RELEASE)(enumerator)

    def _endpoint_id(ole32: ctypes.WinDLL, enumerator: c_void_p) -> str | None:
        device = c_void_p()
        get_default = _method(
            enumerator, _GET_DEFAULT_ENDPOINT, c_uint32, c_uint32, POINTER(c_void_p)
        )
        get_default(enumerator, _RENDER, _CONSOLE, byref(device))
        try:
            identifier = c_wchar_p()
            _method(device, _GET_ID, POINTER(c_wchar_p))(device, byref(identifier))
            text = identifier.value
            ole32.CoTaskMemFree(identifier)
            return text
        finally:
            _method(device, _RELEASE)(device)

    def _guid(ole32: ctypes.WinDLL, text: str) -> ctypes.Array[ctypes.c_char]:
        guid = ctypes.create_string_buffer(16)
        ole32.CLSIDFromString(c_wchar_p(text), guid)
        return guid

    def _method(pointer: c_void_p, index: int, *arguments: type):
        """Entry `index` of a COM object's table of methods."""
        table = ctypes.cast(pointer, POINTER(POINTER(c_void_p))).contents
        result = c_uint32 if index == _RELEASE else HRESULT
        return WINFUNCTYPE(result, c_void_p, *arguments)(table[index])

elif sys.platform == "darwin":
    _SYSTEM_OBJECT = 1
    _FRAMEWORK = "/System/Library/Frameworks/CoreAudio.framework/CoreAudio"

    class _PropertyAddress(ctypes.Structure):
        _fields_ = (
            ("selector", ctypes.c_uint32),
            ("scope", ctypes.c_uint32),
            ("element", ctypes.c_uint32),
        )

    def default_device_id() -> str | None:
        """An identifier of the default output device; None where the system does not tell."""
        core_audio = ctypes.CDLL(_FRAMEWORK)
        address = _PropertyAddress(_code(b"dOut"), _code(b"glob"), 0)
        device, size = ctypes.c_uint32(0), ctypes.c_uint32(4)
        status = core_audio.AudioObjectGetPropertyData(
            ctypes.c_uint32(_SYSTEM_OBJECT),
            ctypes.byref(address),
            ctypes.c_uint32(0),
            None,
            ctypes.byref(size),
            ctypes.byref(device),
        )
        return str(device.value) if status == 0 and device.value else None

    def _code(four: bytes) -> int:
        return int.from_bytes(four, "big")

else:

    def default_device_id() -> str | None:
        """An identifier of the default output device; None where the system does not tell."""
        return None
