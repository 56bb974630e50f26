"""Log records as JSON."""

import json
import logging
from typing import Any

import pytest

from skaldcast.core.json_log import JsonFormatter, is_json


def formatted(level: int, message: str, *args: object, **options: Any) -> dict[str, Any]:
    record = logging.makeLogRecord(
        {"name": "skaldcast.core.engine", "levelno": level, "msg": message, "args": args}
        | {"levelname": logging.getLevelName(level), "created": 0.5}
        | options
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_record_is_one_object():
    assert formatted(logging.WARNING, "%d slots\nleft", 2) == {
        "time": "1970-01-01T00:00:00.500Z",
        "level": "warning",
        "event": "log",
        "logger": "skaldcast.core.engine",
        "message": "2 slots\nleft",
    }


def test_a_fact_has_its_fields_beside_it():
    made = formatted(logging.INFO, "x", event="hold", fields={"time_s": 1.5, "duration_s": 0.25})
    assert (made["event"], made["time_s"], made["duration_s"]) == ("hold", 1.5, 0.25)
    assert "logger" not in made


def test_an_error_has_its_traceback():
    try:
        raise ValueError("why")
    except ValueError as error:
        made = formatted(40, "it failed", exc_info=(ValueError, error, error.__traceback__))
    assert "ValueError: why" in made["traceback"]


@pytest.mark.parametrize("text", ["\udcff", 'a "b" \\ \x00', "日本"])
def test_any_text_is_carried(text: str):
    made = formatted(logging.INFO, "%s", text, event="told", fields={"text": text})
    assert made["text"] == text.encode("utf-8", "replace").decode()


def test_a_logger_knows_whether_it_writes_json():
    logger = logging.Logger("x")
    assert not is_json(logger)
    logger.addHandler(handler := logging.StreamHandler())
    assert not is_json(logger)
    handler.setFormatter(JsonFormatter())
    assert is_json(logger)
