"""The addon's scripts as Godot's compiler and its editor see them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.engine.godot.conftest import ADDON
from tests.engine.godot.running import FAULT, check_script, run_godot

COMPILE = ("--script", "res://driver/compile.gd")


def test_all_scripts_compile_without_a_warning(godot: Path, project: Path, tmp_path: Path):
    folder = shutil.copytree(project, tmp_path / "project")
    told = run_godot(godot, folder, *COMPILE).splitlines()
    warnings = [row.removeprefix("warns: ") for row in told if row.startswith("warns: ")]
    errors = "".join(f"{name}=2\n" for name in warnings)
    (folder / "override.cfg").write_text(f"[debug]\n{errors}", "utf-8")
    told = run_godot(godot, folder, *COMPILE).splitlines()
    scripts = sorted(ADDON.glob("addons/**/*.gd")) + sorted(ADDON.glob("demo/*.gd"))
    assert told[-len(scripts) :] == [
        f"compiles: {path.relative_to(ADDON).as_posix()}" for path in scripts
    ]


def test_a_declaration_without_a_type_does_not_compile(godot: Path, project: Path, tmp_path: Path):
    folder = shutil.copytree(project, tmp_path / "project")
    script = folder / "addons" / "skaldcast" / "backoff.gd"
    script.write_text(script.read_text("utf-8") + "\n\nvar untyped = 1\n", "utf-8")
    assert FAULT.search(check_script(godot, folder, "addons/skaldcast/backoff.gd"))


def test_everything_that_a_game_may_use_is_documented(godot: Path, project: Path, tmp_path: Path):
    run_godot(godot, project, "--doctool", str(tmp_path), "--gdscript-docs", "res://addons")
    names = (
        "",
        "Baked",
        "Dialogues",
        "Player",
        "Player2D",
        "Player3D",
        "Process",
        "Protocol",
        "Stream",
        "Subtitle",
    )
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
