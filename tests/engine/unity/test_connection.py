"""Connections that are lost, and those that are not allowed."""

from tests.engine.godot.proxy import Proxy
from tests.engine.godot.running import Engine
from tests.engine.unity.building import Build
from tests.engine.unity.running import Game

LINE = "One two three four five six seven eight nine ten"


def test_a_line_goes_on_over_a_lost_connection_without_loss_or_repetition(
    built: Build, runtime: str, engine: Engine
):
    with Proxy(engine.port) as proxy, Game(built, runtime, proxy.url) as game:
        game.do("connect")
        cue_id = game.do("say", LINE)
        game.until("word_started", cue_id, "three")
        proxy.drop(refusals=3)  # more than a word's time
        game.until("disconnected")
        assert game.until("connected") == [True]
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()
        assert len(game.heard("cue_finished")) == 1
        assert len(game.heard("disconnected")) == 1


def test_a_line_whose_reply_was_lost_is_spoken_once(built: Build, runtime: str, engine: Engine):
    with Proxy(engine.port) as proxy, Game(built, runtime, proxy.url) as game:
        game.do("connect")
        game.until("connected")
        proxy.mute()
        sent = len(proxy.received)
        cue_id = game.do("say", LINE)
        proxy.wait_for_more(sent)
        proxy.drop()
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()
        last = game.do("say", "Last.")
        game.until("cue_finished", last)
        assert len(game.heard("cue_queued", cue_id)) == 1
        game.wait("accepted_done", cue_id)


def test_lines_said_without_an_engine_wait_for_it(built: Build, runtime: str):
    with Engine() as engine:
        port = engine.port
    with Game(built, runtime, f"ws://127.0.0.1:{port}") as game:
        game.do("connect")
        game.until("disconnected")
        said = [game.do("say", "First."), game.do("say", "Second.")]
        with Engine(port=port):
            for cue_id in said:
                assert game.until("cue_finished", cue_id)[1] == "finished"


def test_an_engine_that_is_started_again_is_found_again(built: Build, runtime: str):
    with Engine() as engine, Game(built, runtime, engine.url) as game:
        game.do("connect")
        cut_off = game.do("say", LINE)
        game.until("word_started", cut_off, "three")
        engine.kill()
        game.until("disconnected")
        meanwhile = game.do("say", "Meanwhile.")
        with Engine(port=engine.port):
            game.until("cue_lost", cut_off)
            assert game.until("connected") == [False]
            assert game.until("cue_finished", meanwhile)[1] == "finished"
        assert game.heard("cue_finished", cut_off) == []
        assert "session" in game.wait("ended_failed")[0]


def test_the_password_opens_and_a_wrong_one_does_not(built: Build, runtime: str):
    with Engine("--set", "bridge.password=open sesame") as engine:
        with Game(built, runtime, engine.url, "open sesame") as game:
            game.do("connect")
            game.until("connected")
        for wrong in ("wrong", ""):
            with Game(built, runtime, engine.url, wrong) as game:
                said = game.do("say", "Hello.")
                game.do("connect")
                assert game.until("refused")[0] == 4009
                game.wait("ended_failed")
                assert game.heard("connected") == game.heard("cue_queued", said) == []
        assert "skaldcast bridge password" in game.heard("refused")[0][1]


def test_no_origin_is_sent_and_no_password(built: Build, runtime: str):
    with (
        Engine("--set", "bridge.password=open sesame") as engine,
        Proxy(engine.port) as proxy,
        Game(built, runtime, proxy.url, "open sesame") as game,
    ):
        game.do("connect")
        game.until("connected")
        handshake, _, _ = proxy.received.partition(b"\r\n\r\n")
        assert b"skaldcast.v1" in handshake
        assert b"origin" not in handshake.lower()
        assert b"sesame" not in proxy.received
