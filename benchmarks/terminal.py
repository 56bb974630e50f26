"""A terminal of its own for the console, driven and read by a benchmark."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self


class Terminal:
    """`skaldcast` with `arguments` in a pseudo-terminal, in `folder`, where its state is kept."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        program: Sequence[str] = ("-m", "skaldcast.tui"),
    ) -> None:
        self.shown = bytearray()
        """All that was written to it."""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        names = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        environment = os.environ | dict.fromkeys(names, str(folder)) | {"TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def read(self, timeout_s: float) -> bytes:
        """What is written within that time, or at once where something is there."""
        if not select.select([self._ours], [], [], timeout_s)[0]:
            return b""
        try:
            data = os.read(self._ours, 65_536)
        except OSError:  # it has ended
            return b""
        self.shown += data
        return data

    def wait_for(self, text: str, timeout_s: float) -> float:
        """Wait until `text` is written from now on; returns the seconds it took."""
        begun, wanted = time.monotonic(), text.encode()
        at = len(self.shown)
        while wanted not in self.shown[max(at - len(wanted), 0) :]:
            left = begun + timeout_s - time.monotonic()
            assert left > 0, f"{text!r} is not shown after {timeout_s} s"
            self.read(left)
            assert self.process.poll() is None, "it has ended"
        return time.monotonic() - begun

    def wait_ended(self, timeout_s: float) -> int:
        """Read on until it has ended; returns the exit status."""
        end = time.monotonic() + timeout_s
        while self.process.poll() is None:
            assert time.monotonic() < end, "it does not end"
            self.read(0.05)
        return self.process.returncode
