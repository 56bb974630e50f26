"""Lines said through a real engine, and what is told of them."""

from tests.engine.godot.running import Engine
from tests.engine.unity.building import Build
from tests.engine.unity.running import Game

LINE = "Who – 😀 goes there?"


def test_lines_are_told_from_their_beginning_to_their_end(
    built: Build, runtime: str, engine: Engine
):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        cues = [game.do("say", f"{number}. {LINE}") for number in range(3)]
        for cue_id in cues:
            assert game.until("cue_finished", cue_id) == [cue_id, "finished"]
            for task in ("accepted_done", "ended_done"):
                game.wait(task, cue_id)
        for number, cue_id in enumerate(cues):
            text = f"{number}. {LINE}"
            assert game.heard("cue_queued", cue_id) == [[cue_id, text]]
            names = [name for name, values in game.told if values[:1] == [cue_id]]
            kept = [n for n in names if n not in ("cue_predicted", "accepted_done", "result")]
            assert kept[:4] == ["cue_queued", "cue_started", "chunk_started", "word_started"]
            assert [kept.count(n) for n in ("cue_queued", "cue_started", "cue_finished")] == [1] * 3
            for _, word, start in game.heard("word_started", cue_id):
                assert text[start:].startswith(word)


def test_a_line_may_come_in_pieces(built: Build, runtime: str, engine: Engine):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        cue_id = game.do("stream")
        for piece in ("Once 😀 up", "on ", "a time."):
            assert game.do("push", piece) is True
        game.do("complete")
        assert game.until("cue_finished", cue_id)[1] == "finished"
        assert [word for word in game.words(cue_id) if word.isalpha()] == [
            "Once",
            "upon",
            "a",
            "time",
        ]
        assert game.do("push", "More.") is False


def test_the_transport_obeys(built: Build, runtime: str, engine: Engine):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        first = game.do("say", "A long line that nobody needs to hear to its very end.")
        game.until("word_started")
        game.do("set_volume", 0.5)
        game.do("set_cast", "Mira", "tone")
        game.do("pause")
        game.until("state_changed", "paused")
        game.do("get_state")
        assert game.wait("get_state_done") == ["paused"]
        game.do("resume")
        game.do("skip")
        assert game.until("cue_finished", first)[1] == "skipped"
        waiting = [game.do("say", "Another line that is long enough.") for _ in range(2)]
        game.until("cue_started", waiting[0])
        game.do("clear")
        assert game.until("cue_finished", waiting[1])[1] == "skipped"
        game.do("stop")
        assert game.until("cue_finished", waiting[0])[1] == "interrupted"
        game.do("list_voices")
        assert ":" in game.wait("list_voices_done")[0]
        assert not [name for name, _ in game.told if name.endswith("_failed")]


def test_what_is_refused_is_told_with_its_reason(built: Build, runtime: str, engine: Engine):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        cue_id = game.do("say", "Hello.", None, "nobody")
        assert "nobody" in game.wait("cue_refused", cue_id)[1]
        assert "nobody" in game.wait("ended_failed")[0]
        cue_id = game.do("say", "x" * 70_000)
        assert "too long" in game.wait("cue_refused", cue_id)[1]
        game.do("set_volume", 7.0)
        assert "volume" in game.wait("set_volume_failed")[0]


def test_a_line_with_a_known_id_is_spoken_once(built: Build, runtime: str, engine: Engine):
    name = f"gate-{runtime}"
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        assert [game.do("say", "Open.", name) for _ in range(2)] == [name] * 2
        game.until("cue_finished", name)
        assert game.do("say", "Open.", name) == name
        last = game.do("say", "Shut.")
        game.until("cue_finished", last)
        assert game.words(name) == ["Open"]


def test_only_the_events_that_were_chosen_come(built: Build, runtime: str, engine: Engine):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        game.do("subscribe", "cue_finished", "audio_level")
        assert game.wait("subscribe_done") == [2]
        game.do("say", "Hello there.")
        game.until("cue_finished")
        told = {name for name, _ in game.told}
        assert told & {"cue_started", "word_started", "state_changed"} == set()
        assert "audio_level" in told
