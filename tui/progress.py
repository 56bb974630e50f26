"""Progress of long work: one line on standard error, only where that is a terminal."""

import asyncio
import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Generator

from .streams import give_up

_REFRESH_S = 0.25


class StatusLine:
    """A line that is written over itself. Plain text and carriage returns: every terminal can."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._text = ""

    def show(self, text: str) -> None:
        """Replace the line; empty takes it away."""
        if not self.shown or not (text or self._text):
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        padding = " " * (len(self._text) - len(text))
        self._write(f"\r{text}{padding}" if text else f"\r{padding}\r")
        self._text = text

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # the terminal has been closed
            self.shown = False
            give_up(2)


@contextlib.contextmanager
def progress(describe: Callable[[], str]) -> Generator[StatusLine]:
    """While inside, a line shows what `describe` says, refreshed in the running event loop."""
    line = StatusLine()
    refreshing = asyncio.create_task(_refresh(line, describe)) if line.shown else None
    try:
        yield line
    finally:
        if refreshing is not None:
            refreshing.cancel()
        line.show("")


async def _refresh(line: StatusLine, describe: Callable[[], str]) -> None:
    while True:
        line.show(describe())
        await asyncio.sleep(_REFRESH_S)
