"""The whole program in a real terminal: what is typed is heard, and the screen is read."""

import json
import os
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="needs tmux, the terminal that it runs in"
)
WAIT_S = 30.0
TEXT = "The gate stood open."
SECONDS_PER_CHARACTER = 0.065


class Tmux:
    """A terminal of its own, with a shell in it."""

    def __init__(self, folder: Path, columns: int = 80, rows: int = 24) -> None:
        self._socket = f"skaldcast-{uuid4().hex[:8]}"
        names = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
        environment = os.environ | {name: str(folder / name.lower()) for name in names}
        environment.pop("TMUX", None)
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


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path)
    yield terminal
    terminal.close()


def test_a_line_is_typed_heard_paused_and_left(terminal: Tmux, tmp_path: Path):
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    terminal.start(
        "--voice 'tone?rtf=0&latency=0' --no-bridge", f"--output wav:{sound}", f"--report {report}"
    )
    terminal.shows("First steps")
    terminal.line(TEXT)
    terminal.shows("That was the voice.")
    terminal.press("Escape")
    terminal.until(lambda screen: "First steps" not in screen)
    terminal.press("F6")
    terminal.shows("PAUSED")
    terminal.press("F6")
    terminal.until(lambda screen: "PAUSED" not in screen)
    terminal.press("C-q")
    terminal.shows("status=0")
    with wave.open(str(sound)) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        rate = file.getframerate()
    assert np.count_nonzero(heard) / rate == pytest.approx(
        len(TEXT) * SECONDS_PER_CHARACTER, abs=0.1
    )
    told = json.loads(report.read_text("utf-8"))
    assert [cue["text"] for cue in told["cue_list"]] == [TEXT]


def test_ctrl_z_and_resizes_while_it_speaks_cost_nothing(terminal: Tmux, tmp_path: Path):
    script, report = tmp_path / "s.txt", tmp_path / "r.json"
    script.write_text("\n\n".join(f"This is cue {k} of the script." for k in range(6)))
    terminal.start(
        "--voice tone --no-bridge --output null", f"--script {script}", f"--report {report}"
    )
    terminal.shows("voice is there")
    terminal.press("Escape")
    terminal.until(lambda screen: "First steps" not in screen)
    terminal.press("F10")
    terminal.shows("» SPEAKING")
    for columns in (20, 250, 40, 132, 80):
        terminal.resize(columns, max(columns // 4, 5))
    terminal.resize(80, 24)
    terminal.shows("F5 GO")
    terminal.press("C-z")
    terminal.until(lambda screen: "F5 GO" not in screen)
    terminal.line("fg; echo status=$?")
    terminal.shows("6 = spoken")
    terminal.press("C-q")
    terminal.shows("status=0")
    told = json.loads(report.read_text("utf-8"))
    assert [cue["outcome"] for cue in told["cue_list"]] == ["finished"] * 6
    assert told["underruns"] == 0


def test_broken_settings_are_told_and_the_console_stays(terminal: Tmux, tmp_path: Path):
    settings = tmp_path / "c.toml"
    settings.write_text('voise = "x"\n')
    terminal.start(f"--config {settings} --no-bridge --output null")
    terminal.shows("voice FAILED (F4 tries again)")
    settings.write_text('voice = "tone"\n')
    terminal.press("F4")
    terminal.shows("voice tone:tone")
    terminal.press("C-q")
    terminal.shows("status=0")
