"""The addon in the editor: switched on and off, and its dock."""

import shutil
from pathlib import Path

from tests.engine.godot.running import Engine, run_godot

HERE = Path(__file__).parent
PROJECT = """config_version=5
[editor_plugins]
enabled=PackedStringArray("res://addons/editor_test/plugin.cfg")
"""


def test_the_editor_switches_it_on_and_hears_a_line_through_its_dock(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    folder = tmp_path / "project"
    shutil.copytree(project / "addons", folder / "addons")
    shutil.copytree(HERE / "editor", folder / "addons" / "editor_test")
    url = f'[skaldcast]\nconnection/url="{engine.url}"\n'  # the editor reads no override.cfg
    (folder / "project.godot").write_text(PROJECT + url, "utf-8")
    told = run_godot(godot, folder, "--editor")
    assert [row for row in told.splitlines() if row.startswith("editor:")] == [
        "editor: on, autoload true",
        "editor: url setting true",
        "editor: the line has finished",
        "editor: off, autoload false",
        "editor: url setting true",
    ]
