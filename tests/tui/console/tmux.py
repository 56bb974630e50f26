"""A real terminal for tests of the whole program: what is typed is sent, and the screen is read."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

WAIT_S = 60.0
"""How long a test waits for what takes a second: only a broken one gets there."""


class Tmux:
    """A terminal of its own, with a shell in it."""

    def __init__(self, folder: Path, columns: int = 80, rows: int = 24, **more: str) -> None:
        self._socket = f"skaldcast-{uuid4().hex[:8]}"
        names = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        environment = os.environ | {name: str(folder / name.lower()) for name in names}
        environment.pop("TMUX", None)
        environment |= more
        size = ("-x", str(columns), "-y", str(rows))
        self._run("-f", os.devnull, "new-session", "-d", *size, "sh", env=environment)

    def _run(self, *words: str, **options: object) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *words],
            capture_output=True,
            text=True,
            check=True,
            **options,  # pyright: ignore
        )
        return done.stdout

    def start(self, *arguments: str) -> None:
        self.line(f"{sys.executable} -m skaldcast.tui {' '.join(arguments)}; echo status=$?")

    def line(self, text: str) -> None:
        self._run("send-keys", "-l", text)
        self.press("Enter")

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    @property
    def coloured(self) -> str:
        """The screen with its escape sequences."""
        return self._run("capture-pane", "-p", "-e")

    def until(self, condition: Callable[[str], object]) -> str:
        """Look until the screen is so: a process of its own has no clock that a test could turn."""
        end = time.monotonic() + WAIT_S
        while not condition(screen := self.screen):
            assert time.monotonic() < end, screen
            time.sleep(0.02)
        return screen

    def shows(self, text: str) -> str:
        return self.until(lambda screen: text in screen)

    def close(self) -> None:
        self._run("kill-server")
