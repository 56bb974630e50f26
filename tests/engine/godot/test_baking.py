"""Lines that are made into sound files, as the dock does it."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from skaldcast.bridge.protocol import SUBPROTOCOL
from tests.engine.godot.heard import CHARACTER_S
from tests.engine.godot.proxy import Proxy
from tests.engine.godot.running import Engine, Game

TEXTS = [f"The gate number {n} is open, and nobody is there to see it." for n in range(9)]
SLOW = ("--voice", "tone?rtf=0.1&latency=0.02")


def bake(game: Game, texts: list[str], kind: str) -> None:
    game.do(f"get_node('/root/Driver').bake({json.dumps(texts)}, '{kind}')")


def files(game: Game) -> dict[str, Path]:
    """Those that are there, by their texts."""
    folder = Path(game.do("get_node('/root/Driver').user_folder()"))
    return {text: folder / name.removeprefix("user://") for text, name in game.heard("baked")}


@pytest.mark.parametrize("kind", ["ogg", "wav"])
def test_lines_are_made_beside_what_is_heard_though_it_stands_still(
    godot: Path, project: Path, engine: Engine, kind: str
):
    with Game(godot, project, engine.url) as game, Game(godot, project, engine.url) as other:
        game.until("connected")
        other.until("connected")
        heard = other.say(TEXTS[0])
        other.until("word_started", heard)
        other.do("pause()")
        other.until("state_changed", "paused")
        bake(game, TEXTS, kind)
        assert game.until("baking_finished") == [len(TEXTS), 0]
        other.do("resume()")
        other.until("cue_finished", heard)
        assert " ".join(other.words(heard)) == TEXTS[0].replace(",", "").rstrip(".")
        assert not game.heard("cue_queued")[1:]  # nobody is told of lines that are not heard
        for text, path in files(game).items():
            assert path.suffix == f".{kind}"
            samples, rate = soundfile.read(path)
            assert samples.size / rate == pytest.approx(len(text) * CHARACTER_S, abs=0.002)


def test_baking_goes_on_over_a_lost_connection(godot: Path, project: Path):
    with (
        Engine(*SLOW) as engine,
        Proxy(engine.port) as proxy,
        Game(godot, project, proxy.url) as game,
    ):
        game.until("connected")
        bake(game, TEXTS, "ogg")
        game.until("baked")
        proxy.drop()
        assert game.until("baking_finished") == [len(TEXTS), 0]
        assert sorted(text for text, _ in game.heard("baked")) == sorted(TEXTS)
        assert game.heard("disconnected")


def test_what_is_stopped_is_told_and_nothing_more_is_made(godot: Path, project: Path):
    with Engine(*SLOW) as engine, Game(godot, project, engine.url) as game:
        game.until("connected")
        bake(game, TEXTS, "ogg")
        game.until("baked")
        game.do("get_node('/root/Driver').stop_baking()")
        made, stopped = game.until("baking_finished")
        assert made + stopped < len(TEXTS)
        bake(game, TEXTS[:1], "ogg")
        assert game.until("baking_finished") == [1, 0]


def test_why_a_line_cannot_be_made_is_told_and_the_next_follows(
    godot: Path, project: Path, engine: Engine
):
    with Game(godot, project, engine.url) as game:
        game.until("connected")
        bake(game, ["...", "a" * 40_000, "Come in."], "ogg")
        assert game.until("baking_finished") == [1, 2]
        reasons = dict(game.heard("not_baked"))
        assert reasons["..."] == "there is nothing to say in it"
        assert "text" in reasons["a" * 40_000]


@contextlib.contextmanager
def old_engine() -> Iterator[str]:
    """One from before there were files."""

    def talk(socket: ServerConnection) -> None:
        hello = {"type": "hello", "protocol": 1, "server": "skaldcast 0.0.9", "features": ["words"]}
        socket.send(json.dumps(hello))
        socket.recv()
        socket.send(json.dumps({"type": "identified", "session": "a", "resumed": False}))
        with contextlib.suppress(ConnectionClosed):
            socket.recv()

    with serve(talk, "127.0.0.1", 0, subprotocols=[SUBPROTOCOL]) as server:  # type: ignore[list-item]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
    thread.join()


def test_an_engine_that_is_too_old_is_told_of(godot: Path, project: Path):
    with old_engine() as url, Game(godot, project, url) as game:
        game.until("connected")
        bake(game, TEXTS[:1], "ogg")
        assert game.until("baking_finished") == [0, 1]
        assert "too old" in game.heard("not_baked")[0][1]
