"""The few Windows kernel objects that Python's library does not offer: mutex and event.

Empty on other systems. Both kinds are found by name, and the kernel frees them with the last
process that has them open.
"""

import sys

if sys.platform == "win32":  # pragma: no cover - Windows only
    import ctypes
    from ctypes import wintypes

    from ..errors import PlayoutError

    _WAIT_TIMEOUT = 0x102
    _WAIT_FAILED = 0xFFFFFFFF
    _INFINITE = 0xFFFFFFFF

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    for _name in ("CreateMutexW", "CreateEventW"):
        getattr(_kernel32, _name).restype = wintypes.HANDLE
    _kernel32.CreateMutexW.argtypes = [wintypes.LPVOID, wintypes.BOOL, wintypes.LPCWSTR]
    _kernel32.CreateEventW.argtypes = [
        wintypes.LPVOID,
        wintypes.BOOL,
        wintypes.BOOL,
        wintypes.LPCWSTR,
    ]
    _kernel32.WaitForSingleObject.argtypes = [wintypes.HANDLE, wintypes.DWORD]
    _kernel32.WaitForSingleObject.restype = wintypes.DWORD
    for _name in ("ReleaseMutex", "SetEvent", "CloseHandle"):
        getattr(_kernel32, _name).argtypes = [wintypes.HANDLE]

    def _checked(handle: int | None, name: str) -> int:
        if not handle:
            error = ctypes.WinError(ctypes.get_last_error())
            raise PlayoutError(f"the kernel object {name} could not be opened: {error}")
        return handle

    def open_mutex(name: str) -> int:
        """Open or make the mutex `name`, not owned."""
        return _checked(_kernel32.CreateMutexW(None, False, name), name)

    def open_event(name: str) -> int:
        """Open or make the event `name`, which one waiter's wake-up resets."""
        return _checked(_kernel32.CreateEventW(None, False, False, name), name)

    def wait_for(handle: int, timeout_s: float | None) -> bool:
        """Wait for an object; true when it was had, also from an owner that had died."""
        milliseconds = _INFINITE if timeout_s is None else max(0, round(timeout_s * 1000))
        result = _kernel32.WaitForSingleObject(handle, milliseconds)
        if result == _WAIT_FAILED:
            error = ctypes.WinError(ctypes.get_last_error())
            raise PlayoutError(f"waiting for a kernel object failed: {error}")
        return result != _WAIT_TIMEOUT

    def release_mutex(handle: int) -> None:
        _kernel32.ReleaseMutex(handle)

    def set_event(handle: int) -> None:
        _kernel32.SetEvent(handle)

    def close_handle(handle: int) -> None:
        _kernel32.CloseHandle(handle)
