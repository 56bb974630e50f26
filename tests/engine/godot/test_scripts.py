"""The addon's scripts as Godot's compiler and its editor see them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.engine.godot.conftest import ADDON
from tests.engine.godot.running import FAULT, check_script, run_godot

SCRIPTS = sorted(path.relative_to(ADDON).as_posix() for path in ADDON.glob("addons/**/*.gd"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_compiles_with_its_warnings_as_errors(godot: Path, project: Path, script: str):
    assert check_script(godot, project, script) == ""


def test_a_declaration_without_a_type_does_not_compile(godot: Path, project: Path, tmp_path: Path):
    folder = shutil.copytree(project, tmp_path / "project")
    script = folder / "addons" / "skaldcast" / "backoff.gd"
    script.write_text(script.read_text("utf-8") + "\n\nvar untyped = 1\n", "utf-8")
    assert FAULT.search(check_script(godot, folder, "addons/skaldcast/backoff.gd"))


def test_everything_that_a_game_may_use_is_documented(godot: Path, project: Path, tmp_path: Path):
    run_godot(godot, project, "--doctool", str(tmp_path), "--gdscript-docs", "res://addons")
    names = ("", "Dialogues", "Process", "Protocol", "Stream", "Subtitle")
    for name in (f"Skaldcast{rest}" for rest in names):
        assert list(bare(ElementTree.parse(tmp_path / f"{name}.xml").getroot())) == []


def bare(page: ElementTree.Element) -> Iterator[str]:
    """What has no description, of what is not private."""
    if not page.findtext("brief_description", "").strip():
        yield page.attrib["name"]
    for kind in ("methods/method", "signals/signal", "members/member", "constants/constant"):
        for row in page.findall(kind):
            name = row.attrib["name"]
            told = (row.text or "") + row.findtext("description", "")
            public = name.isupper() if "constant" in kind else not name.startswith("_")
            if public and not told.strip() and "overrides" not in row.attrib:
                yield f"{page.attrib['name']}.{name}"
