"""What is logged, told and happens, on standard error: lines for people, or JSON for programs.

Python's `logging` carries all of it: a line of JSON among others, or one that two threads write
into each other, would be of no use to a program.
"""

import logging
import sys
from typing import TYPE_CHECKING, Literal

from ..core.config import DEFAULT, LoadedSettings
from ..core.json_log import JsonFormatter
from .streams import TALK, write_talk

if TYPE_CHECKING:
    from rich.text import Text

    from ..core.narrator import Narrator
    from ..core.subscription import Subscription
    from .event_lines import EventLines

Look = Literal["plain", "rich", "json"]

_EVENTS = "skaldcast.events"
_RECORD = "%(levelname)s %(name)s: %(message)s"
_STYLES = {
    "cue_started": "bold green",
    "cue_finished": "dim",
    "cue_queued": "dim",
    "told": "cyan",
}
_LABEL_WIDTH = 11


def start_logging(level: str, look: Look, events_level: str | None = None) -> None:
    """Show records from `level` (a name in small letters) on, and events from `events_level` on;
    what is told to the user comes always."""
    handler = _RichHandler() if look == "rich" else _LineHandler()
    handler.setFormatter(JsonFormatter() if look == "json" else _PlainFormatter(_RECORD))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.getLogger(_EVENTS).setLevel((events_level or level).upper())
    talk = logging.getLogger(TALK)
    talk.setLevel(logging.INFO)
    talk.propagate = False
    if look != "plain":
        talk.addHandler(handler)


def start_headless_logging(loaded: LoadedSettings) -> None:
    """As the settings want it; without a word of theirs about the level, whoever watches on a
    terminal, or collects JSON, is told what is being spoken."""
    settings = loaded.settings.log
    look: Look = "rich" if settings.format == "text" and sys.stderr.isatty() else "plain"
    look = "json" if settings.format == "json" else look
    told = "info" if look != "plain" and loaded.origins["log.level"] == DEFAULT else None
    start_logging(settings.level, look, told)


async def log_events(narrator: "Narrator", events: "Subscription", lines: "EventLines") -> None:
    """Write a line about each event whose level is shown, until there are no more."""
    from ..core.events import CueFinished
    from ..core.types import Outcome

    logger = logging.getLogger(_EVENTS)
    async for event in events:
        line = lines.take(event, narrator.cue(getattr(event, "cue_id", "")))
        failed = isinstance(event, CueFinished) and event.outcome is Outcome.FAILED
        if line is None or (failed and narrator.failure is not None):  # told once, for all of them
            continue
        extra = {"event": line.event, "label": line.label, "fields": line.fields}
        logger.log(line.level, "%s", line.text, extra=extra)


class _PlainFormatter(logging.Formatter):
    """Events look as what is told to the user does; troubles speak for themselves."""

    def format(self, record: logging.LogRecord) -> str:
        label = getattr(record, "label", None)
        if label is None:
            return super().format(record)
        text = " ".join(record.getMessage().splitlines())
        return f"skaldcast: {text if record.levelno >= logging.WARNING else f'{label}: {text}'}"


class _LineHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        write_talk(self.format(record))


class _RichHandler(logging.Handler):
    """The time, what it is about in one word, and the text; long ones are cut to the terminal."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)

    def emit(self, record: logging.LogRecord) -> None:
        with self._console.capture() as capture:
            is_event = hasattr(record, "label")
            self._console.print(
                self._text(record),
                no_wrap=is_event and record.levelno < logging.WARNING,
                overflow="ellipsis" if is_event else "fold",
            )
        write_talk(capture.get().rstrip("\n"))

    def _text(self, record: logging.LogRecord) -> "Text":
        from rich.text import Text

        label: str = getattr(record, "label", record.levelname.lower())
        style = _STYLES.get(getattr(record, "event", ""), "")
        if record.levelno >= logging.ERROR:
            style = "bold red"
        elif record.levelno >= logging.WARNING:
            style = "bold yellow"
        at = logging.Formatter().formatTime(record, "%H:%M:%S")
        text = Text().append(f"{at} ", "dim").append(f"{label:<{_LABEL_WIDTH}} ", style)
        body = record.getMessage() if hasattr(record, "label") else self.format(record)
        return text.append(body)
