"""An engine of the game's own, started and ended by the game."""

import json
from pathlib import Path

import psutil
import pytest

from tests.engine.godot.running import Game
from tests.tui.command import TO_NOWHERE, WAIT_S

LINE = "The gate is open."


def start_engine(game: Game, program: Path, *arguments: str) -> None:
    game.do(f"get_node('/root/Driver').start_engine('{program}', {json.dumps(arguments)})")


def port_files(game: Game) -> list[Path]:
    """Those that the game's engines have now."""
    folder = Path(game.do("get_node('/root/Driver').user_folder()"))
    return list(folder.glob(f"skaldcast-{game.process.pid}-*"))


def test_a_game_starts_its_engine_speaks_and_ends_it(godot: Path, project: Path, program: Path):
    with Game(godot, project) as game:
        start_engine(game, program, *TO_NOWHERE)
        url, password = game.until("engine_started")
        assert url.startswith("ws://127.0.0.1:")
        assert len(password) >= 24
        assert len(port_files(game)) == 1
        cue_id = game.say(LINE)
        assert game.until("cue_finished", cue_id)[1] == "finished"
        engine = psutil.Process(game.process.pid).children(recursive=True)
        assert len(engine) >= 3
        game.do("get_node('/root/Driver/Engine').stop()")
        _, left = psutil.wait_procs(engine, timeout=WAIT_S)
        assert left == []
        assert port_files(game) == []


def test_a_game_that_is_killed_leaves_no_engine(godot: Path, project: Path, program: Path):
    game = Game(godot, project)
    start_engine(game, program, *TO_NOWHERE)
    game.until("engine_started")
    (port_file,) = port_files(game)
    engine = psutil.Process(game.process.pid).children(recursive=True)
    game.kill()
    _, left = psutil.wait_procs(engine, timeout=WAIT_S)
    assert left == []
    assert not port_file.exists()


def test_an_engine_that_ends_is_told(godot: Path, project: Path, program: Path):
    with Game(godot, project) as game:
        start_engine(game, program, *TO_NOWHERE)
        game.until("engine_started")
        (engine,) = psutil.Process(game.process.pid).children()
        engine.terminate()
        assert game.until("engine_stopped") == [0]


@pytest.mark.parametrize(
    ("named", "arguments", "reason"),
    [
        ("nothing/there", (), "there is no engine at "),
        ("", ("--nonsense",), "the engine ended at once, with status 2"),
    ],
)
def test_an_engine_that_cannot_be_is_told(
    godot: Path, project: Path, program: Path, named: str, arguments: tuple[str], reason: str
):
    with Game(godot, project) as game:
        start_engine(game, Path(named) if named else program, *arguments)
        assert game.until("engine_failed")[0].startswith(reason)
