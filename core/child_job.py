"""Ends a child with its main at once on Windows; elsewhere the end of its pipe is quick enough.

A child notices the end of its pipe when it reads from it: once its libraries are imported (under
Wine it lived on for up to 6 s until then), and not while a library holds the interpreter. A job
object ends what is in it with the last handle to it: with main, however main ends.
"""

import sys

if sys.platform == "win32":  # pragma: no cover - Windows only
    import ctypes
    import logging
    from ctypes import wintypes

    _log = logging.getLogger(__name__)

    _KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    _EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
    _SET_QUOTA_AND_TERMINATE = 0x0101

    class _Limits(ctypes.Structure):
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, of which only the flags are of use to us."""

        _fields_ = (
            ("_times", ctypes.c_int64 * 2),
            ("flags", wintypes.DWORD),
            ("_sizes", ctypes.c_size_t * 2),
            ("_processes", wintypes.DWORD),
            ("_affinity", ctypes.c_size_t),
            ("_priorities", wintypes.DWORD * 2),
            ("_transfers", ctypes.c_uint64 * 6),
            ("_memory", ctypes.c_size_t * 4),
        )

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateJobObjectW.argtypes = [wintypes.LPVOID, wintypes.LPCWSTR]
    _kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel32.SetInformationJobObject.argtypes = [
        wintypes.HANDLE,
        ctypes.c_int,
        wintypes.LPVOID,
        wintypes.DWORD,
    ]
    _kernel32.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
    _kernel32.OpenProcess.restype = wintypes.HANDLE
    _kernel32.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    _kernel32.CloseHandle.argtypes = [wintypes.HANDLE]

    class ChildJob:
        """What `adopt` was given ends with this process. Where the system refuses, the end of the
        pipe remains."""

        def __init__(self) -> None:
            self._job: int | None = _kernel32.CreateJobObjectW(None, None)
            limits = _Limits(flags=_KILL_ON_CLOSE)
            size = ctypes.sizeof(limits)
            if not self._job or not _kernel32.SetInformationJobObject(
                self._job, _EXTENDED_LIMITS, ctypes.byref(limits), size
            ):
                _log_refusal()

        def adopt(self, pid: int) -> None:
            """Let the child `pid`, which nobody has waited for yet, end with this process."""
            process = _kernel32.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid)
            if not process:
                return  # it has ended already
            if not _kernel32.AssignProcessToJobObject(self._job, process):
                _log_refusal()
            _kernel32.CloseHandle(process)

        def close(self) -> None:
            """End what is left of the children. Idempotent."""
            if self._job:
                _kernel32.CloseHandle(self._job)
                self._job = None

    def _log_refusal() -> None:
        error = ctypes.WinError(ctypes.get_last_error())
        _log.debug("no job object for the child processes: %s", error)

else:

    class ChildJob:
        """Nothing: see the module's text."""

        def adopt(self, pid: int) -> None:
            del pid

        def close(self) -> None:
            return
