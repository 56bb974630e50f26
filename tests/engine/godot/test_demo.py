"""The demo, as somebody sees it who has just started the engine."""

import shutil
from pathlib import Path

from tests.engine.godot.running import Engine, choose, run_godot

HEARD = [
    "demo: line 1 of 3 finished",
    "demo: line 2 of 3 finished",
    "demo: line 3 of 3 finished",
    "demo: all was heard",
]


def test_the_demo_hears_every_line_to_its_end(godot: Path, project: Path, engine: Engine):
    told = run_godot(godot, project, "--", f"--url={engine.url}", "--quit")
    assert [row for row in told.splitlines() if row.startswith("demo:")] == HEARD


def test_a_game_connects_by_itself_where_the_settings_say(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    folder = shutil.copytree(project, tmp_path / "project")
    choose(folder, f'connection/url="{engine.url}"')
    told = run_godot(godot, folder, "--", "--quit")
    assert HEARD[-1] in told.splitlines()
