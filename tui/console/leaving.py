"""The way out: from Ctrl+Q, or a signal, to the end of the program, whatever else goes on.

Runs in the screens' event loop, in a task of its own: an action would stand behind all keys that
wait, and while it waits nothing else is heard, not even a second Ctrl+Q.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message

from .screens.confirming import AskYes
from .screens.sheet import Sheet

_log = logging.getLogger(__name__)

_KEY = "ctrl+q"
PATIENCE_S = 6.0
"""The longest wait for the voice to fade out and its processes to end, which takes one or two."""


class Leaving(App[int]):
    """An application that can be left at any time. Asked twice, it ends at once."""

    def __init__(self) -> None:
        super().__init__()
        self.on_exit: Callable[[], object] = lambda: None
        """Called once it is about to exit: what the screens still wait for may take for ever."""
        self._asked = asyncio.Event()
        self._left = asyncio.Event()
        self._is_leaving = self._is_sure = False

    async def farewell(self) -> None:
        """Keep what is to be kept, and end all that was begun."""
        raise NotImplementedError

    @property
    def longest_farewell_s(self) -> float | None:
        """None where there is no limit: something is lost that is not waited for."""
        return PATIENCE_S

    @property
    def is_leaving(self) -> bool:
        """It was asked to end: keys count no more."""
        return self._is_leaving

    def leave(self) -> None:
        """End, without a question; for signals."""
        self._is_leaving = True
        self._asked.set()

    def action_quit(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """End; where something that was written would be lost, only after a yes, or when asked for
        once more."""
        if self._is_sure or next(self._unsaved(), None) is None:
            self.leave()
        else:
            self._is_sure = True
            # In its turn: a screen may be in the middle of something else.
            self.call_later(self._ask)

    def _unsaved(self) -> Iterator[Sheet[Any]]:
        sheets = (screen for screen in self.screen_stack if isinstance(screen, Sheet))
        return (sheet for sheet in sheets if sheet.has_unsaved)

    def _ask(self) -> None:
        unsaved = next(self._unsaved(), None)
        if unsaved is None:  # it was taken over before this had its turn
            self.leave()
            return

        def answered(sure: bool | None) -> None:
            self._is_sure = False
            if sure:
                self.leave()

        text = f"What was written in “{unsaved.heading}” was not taken over, and would be lost."
        self.push_screen(AskYes("Quit", text, "", "Quit all the same?"), answered)

    async def wait_left(self) -> None:
        """Wait until it is about to exit."""
        await self._left.wait()

    def on_load(self) -> None:
        self._leaving = asyncio.create_task(self._leave(), name="leave")

    async def _leave(self) -> None:
        await self._asked.wait()
        self._asked.clear()
        farewell = asyncio.create_task(self.farewell(), name="farewell")
        again = asyncio.create_task(self._asked.wait(), name="asked again")
        await asyncio.wait(
            (farewell, again),
            timeout=self.longest_farewell_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        again.cancel()
        if not farewell.done():
            _log.warning("left before all had ended")
        elif (error := farewell.exception()) is not None:
            _log.error("leaving failed", exc_info=error)
        self.on_exit()
        self.exit(0)
        self._left.set()

    # what is typed

    def post_message(self, message: Message) -> bool:
        """Ctrl+Q goes before all that waits here, and nothing that is typed comes after it."""
        if isinstance(message, events.Key) and message.key == _KEY:
            self.action_quit()
            return True
        if self._is_leaving and isinstance(message, events.InputEvent):
            return False
        return super().post_message(message)

    async def on_event(self, event: events.Event) -> Any:
        """What was typed before, and was not heeded yet, no longer counts."""
        if not (self._is_leaving and isinstance(event, events.InputEvent)):
            await super().on_event(event)
