"""Tests with the real Godot, which are left out where there is none."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.godot.running import Engine, choose, run_godot
from tools.install_godot import find_godot

HERE = Path(__file__).parent
ADDON = HERE.parents[2] / "godot_addon"
GODOT = pytest.StashKey[Path | None]()
LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[GODOT] = find_godot()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker("engine")
    if config.stash[GODOT] is None and mine:
        config.stash[LEFT_OUT] = len(mine)
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"left out: {count} tests with Godot (`python3 tools/install_godot.py` gets one)"
        )


@pytest.fixture(scope="session")
def godot(pytestconfig: pytest.Config) -> Path:
    """The program."""
    found = pytestconfig.stash[GODOT]
    assert found is not None
    return found


@pytest.fixture(scope="session")
def project(godot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo project with the tests' driver, imported as the editor does it."""
    folder = tmp_path_factory.mktemp("godot") / "project"
    shutil.copytree(ADDON, folder, ignore=shutil.ignore_patterns(".godot"))
    (folder / "driver").mkdir()
    for path in (*HERE.glob("*.gd"), *HERE.glob("*.tscn")):
        shutil.copy(path, folder / "driver")
    choose(folder, "connection/connect_at_start=false")  # a test says where and when
    run_godot(godot, folder, "--import")
    return folder


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One that the tests of a file share; those that end it have their own."""
    with Engine() as running:
        yield running
