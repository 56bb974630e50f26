"""The whole program in a real terminal: what is typed is heard, and the screen is read."""

import json
import re
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.tui.console.tmux import Tmux

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="needs tmux, the terminal that it runs in"
)
TEXT = "The gate stood open."
SECONDS_PER_CHARACTER = 0.065


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path)
    yield terminal
    terminal.close()


def close_guide(terminal: Tmux) -> None:
    """A key at the heels of Escape would be taken as one with Alt."""
    terminal.press("Escape")
    terminal.until(lambda screen: "First steps" not in screen)


def test_a_line_is_typed_heard_paused_and_left(terminal: Tmux, tmp_path: Path):
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    terminal.start(
        "--voice 'tone?rtf=0&latency=0' --no-bridge", f"--output wav:{sound}", f"--report {report}"
    )
    terminal.shows("First steps")
    terminal.line(TEXT)
    terminal.shows("That was the voice.")
    close_guide(terminal)
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
    close_guide(terminal)
    terminal.press("F10")
    terminal.shows("» SPEAKING")
    for columns in (20, 250, 40, 132, 80):
        terminal.resize(columns, max(columns // 4, 5))
    terminal.resize(80, 24)
    for _ in range(10):  # all of it is drawn anew, in other colours
        terminal.press("C-t", *"abc", "BSpace", "F3", "F3")
    terminal.until(lambda screen: "ab" * 10 in screen and "F5 GO" in screen)
    terminal.press("C-z")
    terminal.shows("Stopped")
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


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm", "COLORTERM": ""}, r"3[0-7]|4[0-7]|9[0-7]|10[0-7]"),
        # Without colours Textual sends greys.
        ({"NO_COLOR": "1"}, r"[34]8;5;(0|7|8|15|16|231|23[2-9]|24\d|25[0-5])"),
    ],
)
def test_sixteen_colours_and_none_at_all_are_enough(
    environment: dict[str, str], colours: str, tmp_path: Path
):
    """Only such colours are sent, and what is going on can be read without any."""
    terminal = Tmux(tmp_path)
    try:
        words = " ".join(f"{name}={value}" for name, value in environment.items())
        terminal.line(f"export {words}")
        terminal.start("--voice tone --no-bridge --output null")
        terminal.shows("voice is there")
        close_guide(terminal)
        terminal.line("+The first cue, which is rather long so that it is seen while it lasts.")
        terminal.line("+The second cue.")
        terminal.until(lambda screen: "▶1" in screen and "  2 " in screen)
        terminal.press("F5")
        terminal.until(lambda screen: "» SPEAKING" in screen and "▶2" in screen)
        sent = re.findall(r"\x1b\[([\d;]*)m", terminal.coloured)
        for codes in sent:
            for code in re.findall(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+", codes):
                plain = len(code) == 1 or code in ("39", "49")
                assert plain or re.fullmatch(colours, code), codes
        terminal.press("C-q")
        terminal.shows("status=0")
    finally:
        terminal.close()


def test_without_a_device_it_opens_and_says_what_to_do(tmp_path: Path):
    nowhere = f"unix:{tmp_path}/nothing"
    terminal = Tmux(tmp_path, PULSE_SERVER=nowhere, XDG_RUNTIME_DIR=str(tmp_path))
    try:
        terminal.start("--voice tone --no-bridge")
        screen = terminal.shows("voice FAILED (F4 tries again)")
        assert "connect" in " ".join(screen.split()), screen
        close_guide(terminal)
        terminal.line("+It can be written all the same.")
        terminal.shows("1 · waiting")  # there is no voice that could make it ready
        terminal.press("C-q")
        terminal.shows("status=0")
    finally:
        terminal.close()
