"""An engine of the game's own, started and ended by the game."""

from pathlib import Path

import psutil
import pytest

from tests.engine.unity.building import Build
from tests.engine.unity.running import Game
from tests.tui.command import TO_NOWHERE, WAIT_S

LINE = "The gate is open."
NOBODY = "ws://127.0.0.1:1"
"""Where the client would connect without an engine of its own."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder for the port file, which the game has not made yet."""
    return tmp_path / "my data" / "game"


def start_engine(
    game: Game, program: Path, data: Path, *arguments: str, most_s: float = WAIT_S
) -> None:
    game.do("start_engine", str(program), str(data), most_s, *arguments)


def descendants(game: Game) -> list[psutil.Process]:
    return psutil.Process(game.process.pid).children(recursive=True)


def ended(processes: list[psutil.Process]) -> bool:
    _, left = psutil.wait_procs(processes, timeout=WAIT_S)
    return not left


def test_a_game_starts_its_engine_speaks_and_ends_it(
    built: Build, runtime: str, program: Path, data: Path
):
    with Game(built, runtime, NOBODY) as game:
        said = game.do("say", LINE)  # it waits for the engine
        start_engine(game, program, data, *TO_NOWHERE)
        (url,) = game.until("engine_start_done")
        assert url.startswith("ws://127.0.0.1:")
        assert len(list(data.iterdir())) == 1
        assert game.until("cue_finished", said)[1] == "finished"
        engine = descendants(game)
        assert len(engine) >= 3  # the engine, the voice, the sound
        game.do("stop_engine")
        assert ended(engine)
        assert list(data.iterdir()) == []
        game.wait("engine_ended_done")


def test_a_game_that_ends_ends_its_engine(built: Build, runtime: str, program: Path, data: Path):
    with Game(built, runtime, NOBODY) as game:
        start_engine(game, program, data, *TO_NOWHERE)
        game.until("engine_start_done")
        engine = descendants(game)
    assert ended(engine)
    assert list(data.iterdir()) == []


def test_a_game_that_is_killed_leaves_no_engine(
    built: Build, runtime: str, program: Path, data: Path
):
    game = Game(built, runtime, NOBODY)
    start_engine(game, program, data, *TO_NOWHERE)
    game.until("engine_start_done")
    engine = descendants(game)
    assert len(engine) >= 3
    game.kill()
    assert ended(engine)
    assert list(data.iterdir()) == []


def test_an_engine_that_ends_is_told_and_another_may_follow(
    built: Build, runtime: str, program: Path, data: Path
):
    with Game(built, runtime, NOBODY) as game:
        start_engine(game, program, data, *TO_NOWHERE)
        (first,) = game.until("engine_start_done")
        game.until("connected")
        (engine,) = psutil.Process(game.process.pid).children()
        engine.terminate()
        assert game.until("engine_ended_done") == [0]
        start_engine(game, program, data, *TO_NOWHERE)
        (second,) = game.until("engine_start_done")
        assert first != second
        assert game.until("connected") == [False]
        assert game.until("cue_finished", game.do("say", LINE))[1] == "finished"


def test_every_argument_reaches_the_engine_as_it_is(
    built: Build, runtime: str, tmp_path: Path, data: Path
):
    script, heard = tmp_path / "listens", tmp_path / "heard"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{heard}"\n', "utf-8")
    script.chmod(0o755)
    given = ["a b", "", 'say "hi"', "it's", "back\\slash", "end\\", '\\"', "$HOME", "*", "ä✓"]
    with Game(built, runtime, NOBODY) as game:
        start_engine(game, script, data, *given)
        game.wait("engine_start_failed")
        pid = str(game.process.pid)
    told = heard.read_text("utf-8").split("\n")[:-1]
    assert told[:3] == ["--no-tui", "--no-web", "--port-file"]
    assert Path(told[3]).parent == data
    assert told[4:6] == ["--parent", pid]
    assert told[-len(given) :] == given


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "there is no engine at "),
        ("no script", "cannot be started: "),
        ("#!/bin/sh\nexit 2\n", "the engine ended at once, with status 2; "),
        ("#!/bin/sh\necho '{' > \"$4\"; exec sleep 60\n", "the engine's port file cannot be read"),
        ("#!/bin/sh\nexec sleep 60\n", "the engine did not listen within 0.2 s"),
    ],
)
def test_an_engine_that_cannot_be_is_told(
    built: Build, runtime: str, tmp_path: Path, data: Path, script: str | None, reason: str
):
    path = tmp_path / "engine"
    if script is not None:
        path.write_text(script, "utf-8")
        path.chmod(0o755 if script.startswith("#!") else 0o644)
    with Game(built, runtime, NOBODY) as game:
        start_engine(game, path, data, most_s=0.2 if "0.2" in reason else WAIT_S)
        (why,) = game.wait("engine_start_failed")
        assert reason in why
        assert descendants(game) == [] or ended(descendants(game))
    assert not data.exists() or list(data.iterdir()) == []
