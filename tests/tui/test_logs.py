"""What headless writes to standard error, for people and for programs."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skaldcast.tui.logs import start_logging
from skaldcast.tui.streams import TALK, tell
from tests.tui.command import TO_NOWHERE, run, start

HEADLESS = ("--no-tui", "--no-bridge", *TO_NOWHERE)


@pytest.fixture
def loggers() -> Iterator[None]:
    """What a test makes of the process's loggers is undone."""
    touched = [logging.getLogger(), logging.getLogger(TALK), logging.getLogger("skaldcast.events")]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in touched]
    yield
    for logger, (handlers, level, propagate) in zip(touched, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate
        logger.manager._clear_cache()  # pyright: ignore


def log(event: str, level: int, text: str) -> None:
    extra = {"event": event, "label": event, "fields": {"time_s": 1.0}}
    logging.getLogger("skaldcast.events").log(level, text, extra=extra)


def test_plain_lines_say_what_is_spoken_only_where_that_is_asked_for(
    loggers: None, capsys: pytest.CaptureFixture[str]
):
    start_logging("warning", "plain")
    log("speaking", logging.INFO, "Come in.")
    log("underrun", logging.WARNING, "an underrun: 0.2 s")
    tell("this is told")
    logging.getLogger("skaldcast.core").warning("this is logged")
    assert capsys.readouterr().err.splitlines() == [
        "skaldcast: an underrun: 0.2 s",
        "skaldcast: this is told",
        "WARNING skaldcast.core: this is logged",
    ]


def test_lines_for_people_have_the_time_and_one_word(
    loggers: None, capsys: pytest.CaptureFixture[str]
):
    start_logging("warning", "rich", "info")
    log("speaking", logging.INFO, "Come in.")
    tell("this is told")
    logging.getLogger("skaldcast.core").warning("this is logged")
    told = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in capsys.readouterr().err.splitlines()]
    assert [line.split(maxsplit=1) for line in told] == [
        ["speaking", "Come in."],
        ["skaldcast", "this is told"],
        ["warning", "WARNING skaldcast.core: this is logged"],
    ]


def test_json_has_an_object_for_all_that_comes(loggers: None, capsys: pytest.CaptureFixture[str]):
    start_logging("warning", "json", "info")
    log("cue_started", logging.INFO, "Come in.")
    tell("this is told")
    logging.getLogger("skaldcast.core").error("this is logged")
    rows = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(row["event"], row["level"]) for row in rows] == [
        ("cue_started", "info"),
        ("told", "info"),
        ("log", "error"),
    ]


def test_headless_tells_each_cue_to_programs_and_nothing_on_standard_output():
    done = run(*HEADLESS, "--log-format", "json", stdin=b"One.\nTwo \xff.\n")
    assert (done.status, done.out) == (0, "")
    rows = [json.loads(line) for line in done.err.splitlines()]
    cues = [(row["event"], row["text"]) for row in rows if row["event"].startswith("cue_")]
    assert sorted(cues) == sorted(
        (event, text)
        for event in ("cue_queued", "cue_started", "cue_finished")
        for text in ("One.", "Two .")
    )
    (told,) = (row for row in rows if row["event"] == "told")
    assert "not UTF-8: 1" in told["message"]
    assert all("time" in row for row in rows)
    started = [row["time_s"] for row in rows if row["event"] == "cue_started"]
    assert started == sorted(started)


def test_the_last_cue_is_told_to_its_end_though_a_signal_ended_it():
    process = start(
        *("--no-tui", "--no-web", *TO_NOWHERE, "--set", "bridge.address=127.0.0.1:0"),
        *("--log-format", "json"),
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(b"This is spoken while the signal comes.\n")
    process.stdin.flush()
    while json.loads(process.stderr.readline())["event"] != "cue_started":
        pass
    process.send_signal(signal.SIGTERM)
    rows = [json.loads(line) for line in process.stderr.readlines()]
    assert process.wait() == 0
    assert [row["outcome"] for row in rows if row["event"] == "cue_finished"] == ["finished"]


def test_other_commands_talk_json_too(tmp_path: Path):
    done = run("say", "...", *TO_NOWHERE, "--log-format", "json")
    assert done.status == 0
    assert [json.loads(line)["event"] for line in done.err.splitlines()]
    done = run("--no-tui", "--output", "nonsense", "--log-format", "json")
    assert done.status == 2
    row = json.loads(done.err)
    assert "nonsense" in row["message"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_on_a_terminal_people_see_what_is_spoken():
    import pty

    ours, theirs = pty.openpty()
    process = start(*HEADLESS, stdin=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    process.communicate(b"The gate stood open.\n", timeout=60)
    seen = b""
    try:
        while data := os.read(ours, 65_536):
            seen += data
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*m", "", seen.decode())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert any(re.match(r"\d\d:\d\d:\d\d speaking +The gate stood open\.", line) for line in lines)
    assert any(re.match(r"\d\d:\d\d:\d\d finished +The gate stood open\.", line) for line in lines)
