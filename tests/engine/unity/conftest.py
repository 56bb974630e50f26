"""Tests of the Unity package with .NET and Mono, which are left out where those are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.godot.running import Engine
from tests.engine.unity.building import ASSEMBLIES, RUNTIMES, Build, build
from tools.install_dotnet import Dotnet, find_dotnet, find_mono

HERE = Path(__file__).parent
TOOLS = pytest.StashKey[tuple[Dotnet, Path] | None]()
LEFT_OUT = pytest.StashKey[int]()
ANYWHERE = "test_package.py"
"""Looks at files only."""


def pytest_configure(config: pytest.Config) -> None:
    dotnet, mono = find_dotnet(), find_mono()
    config.stash[TOOLS] = (dotnet, mono) if dotnet and mono else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    mine = [item for item in items if HERE in item.path.parents and item.path.name != ANYWHERE]
    for item in mine:
        item.add_marker("engine")
    if config.stash[TOOLS] is None and mine:
        config.stash[LEFT_OUT] = len(mine)
        items[:] = [item for item in items if item not in mine]
        config.hook.pytest_deselected(items=mine)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"left out: {count} tests of the Unity package (`python3 tools/install_dotnet.py` "
            "installs .NET, apt-get install mono-devel Mono)"
        )


@pytest.fixture(scope="session")
def tools(pytestconfig: pytest.Config) -> tuple[Dotnet, Path]:
    """.NET and Mono."""
    found = pytestconfig.stash[TOOLS]
    assert found is not None
    return found


@pytest.fixture(scope="session")
def built(tools: tuple[Dotnet, Path], tmp_path_factory: pytest.TempPathFactory) -> Build:
    """All assemblies, compiled for each runtime."""
    return build(*tools, tmp_path_factory.mktemp("unity"), ASSEMBLIES)


@pytest.fixture(params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> str:
    """What runs the game."""
    return request.param


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One that the tests of a file share; those that end it have their own."""
    with Engine() as running:
        yield running
