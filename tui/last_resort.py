"""Ends this process where it does not end by itself: a library's thread that hangs is waited for,
for ever, by Python's own way out."""

import contextlib
import logging
import os
import sys
from threading import Thread, Timer
from typing import Any

_log = logging.getLogger(__name__)

_RESTORED = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1004l"
"""The terminal's own screen, cursor and mouse, as they were before the console."""
_RESTORING_S = 1.0


class LastResort:
    """Begun, it ends this process with `status` after `wait_s` seconds, and gives the terminal back
    as it was when this object was made. The processes of the engine end with ours."""

    def __init__(self, wait_s: float, status: int) -> None:
        self._wait_s, self._status = wait_s, status
        self._terminal = _attributes()

    def begin(self) -> None:
        """A thread that keeps nobody waits."""
        timer = Timer(self._wait_s, self._end)
        timer.daemon = True
        timer.start()

    def _end(self) -> None:
        _log.error("it did not end within %g s of being left; it is ended", self._wait_s)
        # A terminal that nobody reads takes nothing: it is not waited for.
        restoring = Thread(target=_restore, args=(self._terminal,), daemon=True)
        restoring.start()
        restoring.join(_RESTORING_S)
        os._exit(self._status)


def _attributes() -> list[Any] | None:
    """Of the terminal that is typed into; None without one."""
    if sys.platform == "win32":
        return None
    import termios

    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def _restore(attributes: list[Any] | None) -> None:
    if sys.platform == "win32" or attributes is None:
        return
    import termios

    with contextlib.suppress(termios.error, OSError, ValueError):
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        os.write(0, _RESTORED.encode())
