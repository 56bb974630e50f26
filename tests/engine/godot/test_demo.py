"""The demo, as somebody sees it who has just started the engine."""

import shutil
from pathlib import Path

import pytest

from tests.engine.godot.heard import CHARACTER_S, read_sound
from tests.engine.godot.running import Engine, choose, give_ear, run_godot

HEARD = [
    "demo: line 1 of 3 finished",
    "demo: line 2 of 3 finished",
    "demo: line 3 of 3 finished",
    "demo: all was heard",
]
CHARACTERS = 148
"""Of all lines of the demo."""


def test_the_demo_plays_every_line_to_its_end_without_a_gap(
    godot: Path, project: Path, tmp_path: Path
):
    folder = shutil.copytree(project, tmp_path / "project")
    give_ear(folder)
    with Engine("--speed", "2") as engine:
        choose(folder, f'connection/url="{engine.url}"')  # so it connects by itself
        told = run_godot(godot, folder, "--", "--quit", f"--ear={tmp_path / 'heard'}")
    assert [row for row in told.splitlines() if row.startswith("demo:")] == HEARD
    heard = read_sound(tmp_path / "heard")
    assert heard.silence_s < 0.002
    assert heard.speech_s == pytest.approx(CHARACTERS * CHARACTER_S / 2, abs=0.005)
