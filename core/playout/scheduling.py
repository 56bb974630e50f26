"""Asks the system to run the playout process ahead of others, and says what it granted."""

import ctypes
import os
import sys
from dataclasses import dataclass

_PRIORITY = 5
"""What sound servers' clients use: above every ordinary process, below the server itself."""
_NICE = -11
"""What desktops give to sound servers."""
_HIGH_PRIORITY_CLASS = 0x80
_QOS_CLASS_USER_INTERACTIVE = 0x21


@dataclass(frozen=True, slots=True)
class Scheduling:
    """What was granted."""

    realtime: bool
    """Ahead of everything that has not asked as well."""
    text: str
    """One line for people."""


def request_realtime() -> Scheduling:
    """Ask for the best scheduling that the system gives to the calling thread and its process.

    Call it in the thread that writes to the device, before the device is opened: the threads that
    come with it inherit. It never fails, as the deep device buffer covers what is not granted.
    RealtimeKit (D-Bus) is not asked: it would need a D-Bus client.
    """
    if sys.platform == "win32":
        return _windows()
    if sys.platform == "darwin":
        return _macos()
    return _posix()


if sys.platform == "win32":

    def _windows() -> Scheduling:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        kernel32.SetPriorityClass.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        raised = bool(kernel32.SetPriorityClass(kernel32.GetCurrentProcess(), _HIGH_PRIORITY_CLASS))
        task_index = ctypes.c_uint32(0)
        try:
            avrt = ctypes.WinDLL("avrt", use_last_error=True)
            avrt.AvSetMmThreadCharacteristicsW.restype = ctypes.c_void_p
            handle = avrt.AvSetMmThreadCharacteristicsW("Pro Audio", ctypes.byref(task_index))
        except OSError:
            handle = None  # an edition of Windows without the multimedia class scheduler
        process = "high" if raised else "normal"
        if handle:
            return Scheduling(True, f'multimedia class "Pro Audio", process priority {process}')
        return Scheduling(
            False, f"process priority {process}; the multimedia class scheduler refused"
        )

elif sys.platform == "darwin":

    def _macos() -> Scheduling:
        library = ctypes.CDLL(None)
        status = library.pthread_set_qos_class_self_np(_QOS_CLASS_USER_INTERACTIVE, 0)
        if status == 0:
            # Core Audio's own threads are real-time ones without being asked.
            return Scheduling(False, "quality of service: user interactive")
        return Scheduling(False, f"normal: user-interactive service was refused (error {status})")

else:

    def _posix() -> Scheduling:
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))
        except (OSError, AttributeError):
            pass  # not granted, or a POSIX system without this call
        else:
            return Scheduling(True, f"real-time (SCHED_RR, priority {_PRIORITY})")
        try:
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        except OSError:
            return Scheduling(
                False,
                "normal: neither real-time nor raised priority is granted to this user; the deep "
                "device buffer covers it (for more: an rtprio line in /etc/security/limits.conf)",
            )
        return Scheduling(False, f"raised (nice {_NICE}); real-time priority is not granted")
