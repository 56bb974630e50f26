"""A terminal that takes less than the screen has to tell, as over a slow line or one that stands
still: pictures are left out, and nobody waits for it. Textual itself waits once 30 writes have not
been taken, and the voice with it. One that types more than anybody can is taken to paste."""

import sys
import threading
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from ...core.clock import monotonic_s
from .typed_flood import TypedFlood

if TYPE_CHECKING or sys.platform != "win32":
    from textual.drivers.linux_driver import LinuxDriver as PlatformDriver
else:
    from textual.drivers.windows_driver import WindowsDriver as PlatformDriver

_MOST = 12
"""Writes that may wait: some four pictures, each with a write before and one behind it."""
_LOOK_S = 0.1
"""Between two looks at whether the terminal has taken all."""
_QUIET_S = 0.2
"""Without a key, and a paste is over."""


class PatientDriver(PlatformDriver):
    """The platform's own driver, whose `write` never waits while the console is drawn.

    A thread of Textual's calls `process_message`; `_lock` protects `_flood`, and that what was kept
    goes before what comes behind it.
    """

    _drawing = _is_behind = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # pyright: ignore[reportUnknownMemberType]
        self._flood = TypedFlood()
        self._lock = threading.Lock()

    def process_message(self, message: Message) -> None:
        with self._lock:
            was_kept = self._flood.is_kept
            if isinstance(message, events.Key) and self._flood.keeps(message, monotonic_s()):
                if not was_kept:
                    self._loop.call_soon_threadsafe(self._await_quiet)
                return
            if not isinstance(message, events.MouseEvent):  # a mouse that is moved ends no paste
                self._give_kept()
            super().process_message(message)

    def _give_kept(self) -> None:
        if self._flood.is_kept:
            super().process_message(events.Paste(self._flood.give()))

    def _await_quiet(self) -> None:
        with self._lock:
            if self._flood.quiet_s(monotonic_s()) >= _QUIET_S:
                self._give_kept()
            elif self._flood.is_kept:
                self._loop.call_later(_QUIET_S, self._await_quiet)

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self._drawing = True

    def stop_application_mode(self) -> None:
        self._drawing = False  # what gives the terminal back is not left out
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Write a whole sequence, or none of it: all is drawn anew when the terminal is ready."""
        if not self._drawing or self._waiting < _MOST:
            super().write(data)
        elif not self._is_behind:
            self._is_behind = True
            self._loop.call_later(_LOOK_S, self._look)

    @property
    def _waiting(self) -> int:
        writer = self._writer_thread
        return 0 if writer is None else writer._queue.qsize()  # pyright: ignore[reportPrivateUsage]

    def _look(self) -> None:
        if self._drawing and self._waiting:
            self._loop.call_later(_LOOK_S, self._look)
            return
        self._is_behind = False
        if self._drawing:
            self._app.screen.refresh()
