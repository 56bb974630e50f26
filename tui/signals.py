"""The signals that ask a command to end: Ctrl-C, a service manager, a closed terminal."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Generator
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""SIGHUP: the terminal was closed (POSIX); SIGBREAK: Ctrl-Break (Windows)."""


class Interrupted(KeyboardInterrupt):
    """One of them came.

    A class of its own: a plain KeyboardInterrupt that passes through `exec` (every dataclass calls
    it while its module is imported) makes CPython end by SIGINT, though it was caught.
    """


def raise_interrupts() -> None:
    """Let each of them raise `Interrupted`."""

    def handle(*_: Any) -> None:
        raise Interrupted

    for number in _heeded():
        signal.signal(number, handle)


@contextlib.contextmanager
def on_interrupt(callback: Callable[[], None], *, in_background: bool = False) -> Generator[None]:
    """While inside, each of them calls `callback` in the running event loop instead.

    `in_background`: SIGINT counts even where a script's `&` had it ignored, as `kill -INT` is
    then meant for us.
    """
    loop = asyncio.get_running_loop()
    numbers = _heeded()
    if in_background and signal.SIGINT not in numbers:
        numbers.append(signal.SIGINT)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in before:
        _handle(loop, number, callback)
    try:
        yield
    finally:
        for number, handler in before.items():
            if sys.platform != "win32":
                loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _handle(
    loop: asyncio.AbstractEventLoop, number: signal.Signals, callback: Callable[[], None]
) -> None:
    if sys.platform != "win32":
        # Unlike `signal.signal` it wakes a loop that was just about to wait.
        loop.add_signal_handler(number, callback)
        return

    def handle(*_: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(callback)

    signal.signal(number, handle)


def _heeded() -> list[signal.Signals]:
    """Those that exist here and that our parent did not ask us to ignore (nohup, `&` in a
    script)."""
    there = [signal.Signals[name] for name in _NAMES if hasattr(signal, name)]
    return [number for number in there if signal.getsignal(number) is not signal.SIG_IGN]
