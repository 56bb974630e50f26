"""Standard streams that are closed, full, broken or odd (POSIX)."""

import os
import subprocess
import sys
from pathlib import Path

from tests.tui.command import QUICK, TO_NOWHERE, outcomes, read_report, run

COMMAND = f"exec {sys.executable} -m skaldcast.tui "


def shell(line: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, the command's own words behind it."""
    return subprocess.run(
        ["bash", "-c", line.replace("skaldcast", COMMAND + ' "$@"'), "bash", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_closed_standard_error_costs_no_speech(tmp_path: Path):
    report = tmp_path / "r.json"
    done = shell("skaldcast 2>&-", "say", "hi", *TO_NOWHERE, "--report", str(report))
    assert done.returncode == 0
    assert outcomes(read_report(report)) == ["finished"]


def test_talk_is_never_put_where_data_goes():
    done = shell("skaldcast 2>&-", "say", "hi", "--voice", "hert")
    assert (done.returncode, done.stdout) == (1, "")


def test_a_closed_standard_input_is_told():
    done = shell("skaldcast <&-", "read", "-", *TO_NOWHERE)
    assert done.returncode == 1
    assert done.stderr.startswith("skaldcast: reading standard input failed")
    assert shell("skaldcast <&-", "say", "hi", *TO_NOWHERE).returncode == 0


def test_a_closed_or_full_standard_output_is_told():
    for redirection in (">&-", ">/dev/full"):
        done = shell(f"skaldcast {redirection}", "config", "show")
        assert done.returncode == 1
        assert done.stderr.startswith("skaldcast: cannot write to standard output: ")
        assert done.stderr.count("\n") == 1


def test_a_reader_that_has_had_enough_is_no_failure():
    readable, writable = os.pipe()
    os.close(readable)
    done = run("config", "show", stdout=writable)
    os.close(writable)
    assert (done.status, done.err) == (0, "")


def test_a_full_disk_is_told(tmp_path: Path):
    done = run("say", "hi", *TO_NOWHERE, "--output", "wav:/dev/full")
    assert done.status == 1
    assert done.only_line.startswith("cannot write /dev/full: No space left on device")


def test_a_disk_that_fills_while_it_speaks_is_told_once_and_in_the_report(tmp_path: Path):
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    words = ("say", "word " * 400, *QUICK, "--output", f"wav:{sound}", "--report", str(report))
    done = shell("ulimit -f 4000; trap '' XFSZ; skaldcast", *words)
    assert done.returncode == 1
    assert done.stderr.startswith(f"skaldcast: cannot write {sound}: File too large")
    assert done.stderr.count("\n") == 1
    assert outcomes(read_report(report)) == ["failed"]


def test_a_report_to_a_device_leaves_the_device_in_place(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    assert run("say", "hi", *TO_NOWHERE, "--report", str(pipe)).status == 0
    assert '"report_version"' in reader.communicate(timeout=30)[0]
    assert pipe.is_fifo()
