"""Ending with another process: with the game that started this one, however the game ends.

Each system tells by itself when a process has ended (pidfd, kqueue, a process handle), at once and
without asking again and again; and what was opened stays the same process where the system gives
its number to another one. A held pipe would do as well, where nobody else inherits its other end:
games start other programs too, and some engines give theirs all that is open.
"""

import asyncio
import contextlib
import os
import select
import sys
import time
from collections.abc import Callable, Generator
from threading import Event, Thread

_END_S = 5.0
"""How long the end may take before it is forced."""
_LOOK_S = 0.5
"""Between two looks at a process, where the system (Linux before 5.3) cannot tell by itself."""


@contextlib.contextmanager
def ended_with(
    pid: int | None, on_ended: Callable[[], None], *, or_else: Callable[[], None]
) -> Generator[None]:
    """While inside, `on_ended` is called in the running event loop once process `pid` has ended,
    or where there is none; and where that does not lead outside within 5 s, `or_else`, in a thread.
    None: nobody is waited for."""
    left = Event()
    if pid is not None:
        loop = asyncio.get_running_loop()
        arguments = (pid, loop, on_ended, or_else, left)
        Thread(target=_watch, args=arguments, name="parent", daemon=True).start()
    try:
        yield
    finally:
        left.set()


def _watch(
    pid: int,
    loop: asyncio.AbstractEventLoop,
    on_ended: Callable[[], None],
    or_else: Callable[[], None],
    left: Event,
) -> None:
    wait_for_end(pid)
    if not left.is_set():
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(on_ended)
    if not left.wait(_END_S):
        or_else()


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x0010_0000
    _FOR_EVER = 0xFFFF_FFFF

    def wait_for_end(pid: int) -> None:
        """Wait until a process has ended; returns at once where there is none."""
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.OpenProcess.restype = ctypes.c_void_p
        kernel32.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
        kernel32.CloseHandle.argtypes = [ctypes.c_void_p]
        handle = kernel32.OpenProcess(_SYNCHRONIZE, False, pid)
        if handle:
            kernel32.WaitForSingleObject(handle, _FOR_EVER)
            kernel32.CloseHandle(handle)

elif sys.platform == "darwin":

    def wait_for_end(pid: int) -> None:
        """Wait until a process has ended; returns at once where there is none."""
        with contextlib.closing(select.kqueue()) as queue:
            exit_of = select.kevent(
                pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT
            )
            with contextlib.suppress(ProcessLookupError):
                queue.control([exit_of], 1)

else:

    def wait_for_end(pid: int) -> None:
        """Wait until a process has ended; returns at once where there is none."""
        try:
            descriptor = os.pidfd_open(pid)
        except (ProcessLookupError, ValueError):
            return
        except OSError:  # the kernel is too old
            _look_until_gone(pid)
            return
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll()
        os.close(descriptor)

    def _look_until_gone(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            while True:
                with contextlib.suppress(PermissionError):  # it is there, and another user's
                    os.kill(pid, 0)
                time.sleep(_LOOK_S)
