"""Connections that are lost, and those that are not allowed."""

import shutil
from pathlib import Path

from tests.engine.godot.proxy import Proxy
from tests.engine.godot.running import Engine, Game, choose

LINE = "One two three four five six seven eight nine ten"


def test_a_line_goes_on_over_a_lost_connection_without_loss_or_repetition(
    godot: Path, project: Path, engine: Engine
):
    with Proxy(engine.port) as proxy, Game(godot, project, proxy.url) as game:
        cue_id = game.say(LINE)
        game.until("word_started", cue_id, "three")
        proxy.drop(refusals=3)  # more than a word's time
        game.until("disconnected")
        assert game.until("connected") == [True]
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()
        assert len(game.heard("cue_finished")) == 1
        assert len(game.heard("disconnected")) == 1


def test_a_line_whose_reply_was_lost_is_spoken_once(godot: Path, project: Path, engine: Engine):
    with Proxy(engine.port) as proxy, Game(godot, project, proxy.url) as game:
        game.until("connected")
        proxy.mute()
        sent = len(proxy.received)
        cue_id = game.say(LINE)
        proxy.wait_for_more(sent)
        proxy.drop()
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()
        last = game.say("Last.")
        game.until("cue_finished", last)
        assert len(game.heard("cue_queued", cue_id)) == 1


def test_a_game_with_a_channel_of_its_own_speaks_beside_others(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    own = Path(shutil.copytree(project, tmp_path / "own"))
    choose(own, "connection/connect_at_start=false", "connection/own_channel=true")
    with Game(godot, own, engine.url) as beside, Game(godot, project, engine.url) as other:
        long = beside.say(LINE * 8)
        beside.until("word_started", long, "two")
        short = other.say("Short.")
        assert other.until("cue_finished", short)[1] == "finished"
        assert not beside.heard("cue_finished")
        assert not other.heard("cue_started", long)
        beside.do("stop()")
        beside.until("cue_finished", long)


def test_lines_said_without_an_engine_wait_for_it(godot: Path, project: Path):
    with Engine() as engine:
        port = engine.port
    with Game(godot, project, f"ws://127.0.0.1:{port}") as game:
        game.until("disconnected")
        said = [game.say("First."), game.say("Second.")]
        with Engine(port=port):
            for cue_id in said:
                assert game.until("cue_finished", cue_id)[1] == "finished"
        assert game.heard("cue_kept") == [[cue_id] for cue_id in said]


def test_more_lines_than_can_wait_are_refused(godot: Path, project: Path):
    with Game(godot, project) as game:
        for _ in range(256):
            game.do("pause()")
        cue_id = game.say("One too many.")
        assert game.until("cue_refused", cue_id)[1] == 0


def test_a_tale_in_many_pieces_waits_as_a_few_requests(godot: Path, project: Path, engine: Engine):
    with Game(godot, project) as game:
        game.do("set_meta('tale', say_streaming())")
        assert all(game.do("get_meta('tale').push('on and ')") for _ in range(300))
        game.do(f"connect_to_engine('{engine.url}')")
        assert game.until("word_started")[1] == "on"
        game.do("get_meta('tale').finish()")
        game.do("stop()")
        assert game.until("cue_finished")[1] == "interrupted"
        assert game.heard("cue_refused") == []


def test_an_engine_that_is_started_again_is_found_again(godot: Path, project: Path):
    with Engine() as engine, Game(godot, project, engine.url) as game:
        cut_off = game.say(LINE)
        game.until("word_started", cut_off, "three")
        engine.kill()
        game.until("disconnected")
        meanwhile = game.say("Meanwhile.")
        with Engine(port=engine.port):
            game.until("cue_lost", cut_off)
            assert game.until("connected") == [False]
            assert game.until("cue_finished", meanwhile)[1] == "finished"
        assert game.heard("cue_finished", cut_off) == []


def test_the_password_opens_and_a_wrong_one_does_not(godot: Path, project: Path):
    with Engine("--set", "bridge.password=open sesame") as engine:
        with Game(godot, project, engine.url, "open sesame") as game:
            game.until("connected")
        with Game(godot, project, engine.url, "wrong") as game:
            assert game.until("refused")[0] == 4009
        with Game(godot, project, engine.url) as game:
            assert game.until("refused")[0] == 4009
            assert "skaldcast bridge password" in game.told[-1][1][1]


def test_no_origin_is_sent(godot: Path, project: Path, engine: Engine):
    with Proxy(engine.port) as proxy, Game(godot, project, proxy.url) as game:
        game.until("connected")
        handshake, _, _ = proxy.received.partition(b"\r\n\r\n")
        assert b"skaldcast.v1" in handshake
        assert b"origin" not in handshake.lower()
