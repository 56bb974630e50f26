"""The first five minutes of docs/console.md, step by step, in a real terminal; a sink is heard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device_fixtures import (
    RATE,
    SoundServer,
    own_sound_server,
    shared_sound_server,
    sound_server,
    wait_until,
)
from tests.tui.console.tmux import Tmux

__all__ = ["own_sound_server", "shared_sound_server", "sound_server"]

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(
        shutil.which("tmux") is None, reason="needs tmux, the terminal that it runs in"
    ),
]
SCENE = """\
The gate of the old keep stood open, and nobody had opened it.

[Strahd] Come in, my friends. You are expected.
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path)
    yield terminal
    terminal.close()


def test_a_scene_in_five_minutes(sound_server: SoundServer, terminal: Tmux, tmp_path: Path):
    (tmp_path / "scene.txt").write_text(SCENE)
    terminal.line(f"cd {tmp_path}")
    with sound_server.recording() as recording:

        def sounds() -> bool:
            return bool(recording.last(RATE // 5).any())

        # 1. Enter speaks a sample, Escape closes the guide.
        terminal.start("--voice tone", "--set bridge.address=127.0.0.1:0")
        terminal.shows("The voice is there: press Enter to hear it.")
        terminal.press("Enter")
        wait_until(sounds, "the sample")
        terminal.shows("That was the voice.")
        terminal.press("Escape")
        terminal.until(lambda screen: "First steps" not in screen)
        recording.wait_for_silence()
        # 2. A line that is typed is spoken; Up brings it back.
        terminal.line("The gate stands open.")
        wait_until(sounds, "the line")
        terminal.press("Up")
        terminal.shows("│ The gate stands open.")
        terminal.press("C-u")
        recording.wait_for_silence()
        # 3. A script is opened.
        terminal.press("C-o")
        terminal.shows("Open a script")
        terminal.line(str(tmp_path / "scene.txt"))
        terminal.until(lambda screen: "▶1" in screen and "Come in, my friends" in screen)
        # 4. GO speaks the cue that stands by; pause, and go on; silent at once.
        terminal.press("F5")
        terminal.until(lambda screen: "▶2" in screen and "» SPEAKING" in screen)
        wait_until(sounds, "the cue")
        terminal.press("F6")
        terminal.shows("PAUSED")
        wait_until(lambda: not sounds(), "the pause")
        terminal.press("F6")
        wait_until(sounds, "the rest of the cue")
        terminal.press("F8")
        terminal.shows("1 / skipped")
        wait_until(lambda: not sounds(), "the silence")
        # And what was written is saved, and there the next time.
        terminal.line("+Somebody closes the gate.")
        terminal.shows("(not saved)")
        terminal.press("C-s")
        terminal.until(lambda screen: "saved 3 cues" in screen and "(not saved)" not in screen)
        # 5. It is left.
        terminal.press("C-q")
        terminal.shows("status=0")
    assert (tmp_path / "scene.txt").read_text() == f"{SCENE}\nSomebody closes the gate.\n"
    terminal.line("clear")
    terminal.start("--voice tone --no-bridge --output null")
    terminal.shows("the list of last time is back: 3 cues")
    terminal.press("C-q")
    terminal.shows("status=0")


def test_a_device_that_is_lost_in_the_middle_is_waited_for(
    own_sound_server: SoundServer, terminal: Tmux
):
    terminal.start("--voice tone --no-bridge")
    terminal.shows("The voice is there")
    terminal.press("Escape")
    terminal.until(lambda screen: "First steps" not in screen)
    terminal.line("This is spoken while the sound goes away. " * 5)
    terminal.until(lambda screen: "SPEAKING" in screen.splitlines()[0])
    own_sound_server.kill()
    terminal.until(lambda screen: "the output is gone" in screen and "device GONE" in screen)
    own_sound_server.start()
    terminal.shows("the output is back; going on where it stopped")
    terminal.press("F8", "C-q")
    terminal.shows("status=0")
