"""Runs the real command as a user would, and what became of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUICK = ("--voice", "tone?rtf=0&latency=0")
"""A voice that costs nothing."""
TO_NOWHERE = (*QUICK, "--output", "null")
WAIT_S = 60.0
"""Only a command that hangs takes so long."""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """The lines on standard error, without the program's name."""
        lines = self.err.splitlines()
        assert all(line.startswith("skaldcast: ") for line in lines), self.err
        return [line.removeprefix("skaldcast: ") for line in lines]

    def refusal(self, status: int = 1) -> str:
        """What was told by a command that failed, as it must: one line, and no data."""
        assert (self.status, self.out) == (status, "")
        return self.only_line

    @property
    def only_line(self) -> str:
        """What was told, where that is one line, as every failure must be."""
        (line,) = self.told
        return line


def start(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command and go on."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE} | options
    environment = os.environ | options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-m", "skaldcast.tui", *arguments],
        stderr=options.pop("stderr", subprocess.PIPE),
        env=environment,
        **options,
    )


def run(
    *arguments: str, stdin: bytes | int = b"", env: Mapping[str, str] | None = None, **options: Any
) -> Done:
    """Run the command to its end."""
    if isinstance(stdin, bytes):
        process = start(*arguments, stdin=subprocess.PIPE, env=env or {}, **options)
        out, err = process.communicate(stdin, timeout=WAIT_S)
    else:
        process = start(*arguments, stdin=stdin, env=env or {}, **options)
        out, err = process.communicate(timeout=WAIT_S)
    return Done(process.returncode, _text(out), _text(err))


def _text(data: bytes | None) -> str:
    return (data or b"").decode().replace(os.linesep, "\n")


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Look every few milliseconds: a process of its own has no clock that a test could turn."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < end, "it hangs"
        time.sleep(0.005)


def read_report(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def texts(report: dict[str, Any]) -> list[str]:
    """The cues of a report."""
    return [cue["text"] for cue in report["cue_list"]]


def outcomes(report: dict[str, Any]) -> list[str]:
    return [cue["outcome"] for cue in report["cue_list"]]
