"""What is logged while the console is open, from the setting `log.level` on: in its log file, and
among its messages."""

import contextlib
import logging
from collections.abc import Callable, Generator
from typing import TextIO

from textual.message import Message

from ...core.json_log import JsonFormatter
from ...core.settings import LogSettings
from . import messages as m

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextlib.contextmanager
def logged(settings: LogSettings, file: TextIO) -> Generator[None]:
    """Write records into `file` while inside; the engine's processes, which have it as their
    standard error, write theirs from the same level on."""
    handler = logging.StreamHandler(file)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else logging.Formatter(_LINE))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


class LogPosted(logging.Handler):
    """Posts each record as a message, from any thread. Nobody waits."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        super().__init__()
        self._post = post

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += f": {record.exc_info[1]!r}"
        is_trouble = record.levelno >= logging.WARNING
        with contextlib.suppress(RuntimeError):  # the screens have gone meanwhile
            self._post(m.Logged(text, record.levelname.lower(), is_trouble))
