"""Interrupts and standard streams as Windows has them."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.tui.command import QUICK, WAIT_S, outcomes, read_report, run, start, wait_until

TEXT = b"The gate stood open, and beyond it the road ran down to the sea. "


@pytest.mark.parametrize(
    ("arguments", "status", "outcome"),
    [(("read", "-"), 130, "interrupted"), (("--no-tui",), 0, "finished")],
)
def test_ctrl_break_is_an_interrupt_like_others(
    arguments: tuple[str, ...], status: int, outcome: str, tmp_path: Path
):
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    process = start(
        *(*arguments, *QUICK, "--output", f"wav:{sound}", "--report", str(report)),
        stdin=subprocess.PIPE,
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
    )
    assert process.stdin is not None
    process.stdin.write(TEXT)
    process.stdin.flush()
    wait_until(lambda: sound.exists() and sound.stat().st_size > 20_000, process)
    children = psutil.Process(process.pid).children()
    process.send_signal(signal.CTRL_BREAK_EVENT)
    assert process.wait(WAIT_S) == status
    process.stdin.close()
    assert not psutil.wait_procs(children, timeout=2)[1]
    assert outcomes(read_report(report)) == [outcome]


def test_what_goes_into_a_pipe_is_utf_8(tmp_path: Path):
    path = tmp_path / "é — 日本.toml"
    assert run("config", "path", "--config", str(path)).out == f"{path}\n"
    assert "é — 日本" in run("config", "show", "--config", str(path)).only_line


def test_an_encoding_that_is_asked_for_is_used(tmp_path: Path):
    path = tmp_path / "é.toml"
    process = start("config", "path", "--config", str(path), env={"PYTHONIOENCODING": "cp437"})
    assert process.communicate()[0].decode("cp437").strip() == str(path)


def test_a_reader_that_has_had_enough_is_no_failure():
    readable, writable = os.pipe()
    os.close(readable)
    done = run("config", "show", stdout=writable)
    os.close(writable)
    assert (done.status, done.err) == (0, "")
