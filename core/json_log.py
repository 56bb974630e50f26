"""Log records as JSON, one object a line, for programs that collect logs.

A record with the attribute ``event`` is a fact of the narration: its ``fields`` stand beside it.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec


class JsonFormatter(logging.Formatter):
    """``time`` (UTC, ISO 8601), ``level``, ``event`` (``log`` for what libraries and the engine
    log, with ``logger`` and, of an error, ``traceback``), its fields, ``message``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        given: dict[str, Any] = vars(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        row: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": given.get("event", "log"),
        }
        if "event" in given:
            fields: Mapping[str, Any] = given.get("fields", {})
            row |= fields
        else:
            row["logger"] = record.name
        row["message"] = record.getMessage()
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return _encode(row)


def is_json(logger: logging.Logger) -> bool:
    """Whether what `logger` is told comes out as JSON."""
    return any(isinstance(handler.formatter, JsonFormatter) for handler in logger.handlers)


def _encode(row: dict[str, Any]) -> str:
    try:
        data = msgspec.json.encode(row, enc_hook=str)
    except UnicodeEncodeError:  # a lone surrogate: the name of a file, as the system gave it
        clean = {key: _clean(value) for key, value in row.items()}
        data = msgspec.json.encode(clean, enc_hook=str)
    return data.decode()


def _clean(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
