"""Tests with the real Godot, which are left out where there is none."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import soundfile

from tests.engine.godot.running import Engine, choose, run_godot
from tools.install_godot import find_godot
from tools.install_godot_web import find_browser, find_runtime

BAKED = "Who goes there?"
"""A line that the dock records, as Mira's, as OGG (editor/plugin.gd)."""
BAKED_FROM_FILE = "Nobody."
"""Another, which is nobody's, with the voice "tone", from a file, as WAV."""
MADE_SMALLER = "Then go away."
"""Another of the file, of which a program makes an OGG file."""
EDITED = """config_version=5
[editor_plugins]
enabled=PackedStringArray("res://addons/editor_test/plugin.cfg")
"""
HERE = Path(__file__).parent
ADDON = HERE.parents[2] / "godot_addon"
GODOT = pytest.StashKey[Path | None]()
RUNTIME = pytest.StashKey[Path | None]()
LEFT_OUT = pytest.StashKey[int]()


class Edited(NamedTuple):
    """A project in which an editor was, and what that told."""

    folder: Path
    told: list[str]


def pytest_configure(config: pytest.Config) -> None:
    # Now: a test sees another cache folder.
    config.stash[GODOT] = find_godot()
    config.stash[RUNTIME] = find_runtime()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker("engine")
    if config.stash[GODOT] is not None:
        found = find_browser() and config.stash[RUNTIME]
        mine = [item for item in mine if item.path.stem == "test_web" and not found]
    if mine:
        config.stash[LEFT_OUT] = len(mine)
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        lacking = (
            "Godot (`python3 tools/install_godot.py` gets one)"
            if config.stash[GODOT] is None
            else "a browser (Chromium, and `python3 tools/install_godot_web.py`)"
        )
        terminalreporter.write_line(f"left out: {count} tests with {lacking}")


@pytest.fixture(scope="session")
def godot(pytestconfig: pytest.Config) -> Path:
    """The program."""
    found = pytestconfig.stash[GODOT]
    assert found is not None
    return found


@pytest.fixture(scope="session")
def runtime(pytestconfig: pytest.Config) -> Path:
    """The folder of Godot's web runtime."""
    found = pytestconfig.stash[RUNTIME]
    assert found is not None
    return found


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One that the tests share; those that end it have their own."""
    with Engine() as running:
        yield running


@pytest.fixture(scope="session")
def edited(godot: Path, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Edited:
    """An editor switched the addon on there, and recorded lines."""
    folder = tmp_path_factory.mktemp("edited") / "project"
    shutil.copytree(ADDON / "addons", folder / "addons")
    shutil.copytree(HERE / "editor", folder / "addons" / "editor_test")
    url = f'[skaldcast]\nconnection/url="{engine.url}"\n'  # the editor reads no override.cfg
    (folder / "project.godot").write_text(EDITED + url, "utf-8")
    (folder / "lines.tsv").write_text(f"{BAKED_FROM_FILE}\t\ttone\n{MADE_SMALLER}\n", "utf-8")
    told = run_godot(godot, folder, "--editor").splitlines()
    return Edited(folder, [row for row in told if row.startswith("editor:")])


@pytest.fixture(scope="session")
def project(godot: Path, edited: Edited, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo project with the tests' driver and the recordings of `edited`, imported as the
    editor does it; one recording was made smaller by another program."""
    recordings = shutil.copytree(
        edited.folder / "baked_lines", tmp_path_factory.mktemp("recordings"), dirs_exist_ok=True
    )
    (recording,) = recordings.glob("then_go*.wav")
    soundfile.write(recording.with_suffix(".ogg"), *soundfile.read(recording))
    recording.unlink()
    return lay_out_project(godot, tmp_path_factory.mktemp("godot") / "project", recordings)


def lay_out_project(godot: Path, folder: Path, recordings: Path | None = None) -> Path:
    """Make such a project in `folder`."""
    shutil.copytree(ADDON, folder, ignore=shutil.ignore_patterns(".godot"))
    (folder / "driver").mkdir()
    for path in (*HERE.glob("*.gd"), *HERE.glob("*.tscn")):
        shutil.copy(path, folder / "driver")
    if recordings is not None:
        no_imports = shutil.ignore_patterns("*.import")
        shutil.copytree(recordings, folder / "baked_lines", ignore=no_imports)
    choose(folder, "connection/connect_at_start=false")  # a test says where and when
    run_godot(godot, folder, "--import")
    return folder
