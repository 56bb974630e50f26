"""Lines and what is told of them."""

from pathlib import Path

from tests.engine.godot.running import Engine, Game, of_cue

LINE = "Who goes there? asked Mira – twice."


def test_a_line_is_told_from_its_beginning_to_its_end(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        game.until("connected")
        cue_id = game.say(LINE)
        assert game.until("cue_finished", cue_id)[1:] == ["finished", ""]
        names = [name for name in of_cue(game.told, cue_id) if name != "cue_predicted"]
        assert names[:4] == ["cue_queued", "cue_started", "chunk_started", "word_started"]
        assert game.heard("cue_queued", cue_id) == [[cue_id, LINE]]
        for _, word, start, _ in game.heard("word_started", cue_id):
            assert LINE[start:].startswith(word)


def test_a_subtitle_grows_word_by_word_in_their_order(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        cue_id = game.say(LINE)
        game.until("cue_finished", cue_id)
        assert [text for (text,) in game.heard("subtitle")] == [
            "Who",
            "Who goes",
            "Who goes there?",
            "Who goes there? asked",
            "Who goes there? asked Mira",
            "Who goes there? asked Mira – twice.",
        ]


def test_brackets_in_a_subtitle_are_text(godot: Path, project: Path):
    with Game(godot, project) as game:
        subtitle = "get_node('/root/Driver/Subtitle')"
        game.do(f"{subtitle}.show_chunk('gate', 'a [b]c[/b] d', 7)")
        game.do(f"{subtitle}.show_word('gate', 'c', 12)")
        assert game.do(f"{subtitle}.shown_text()") == "a [b]c"


def test_a_line_may_come_in_pieces(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        game.until("connected")
        game.do("set_meta('tale', say_streaming('Mira'))")
        for piece in ("Once upon ", "a time."):
            assert game.do(f"get_meta('tale').push('{piece}')") is True
        game.do("get_meta('tale').finish()")
        (cue_id, *_) = game.until("cue_finished")
        assert game.words(cue_id) == ["Once", "upon", "a", "time"]
        assert game.do("get_meta('tale').push('More.')") is False


def test_the_transport_obeys(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        first = game.say("A long line that nobody needs to hear to its very end.")
        game.until("word_started")
        game.do("set_volume(0.5)")
        game.do("set_cast({'Mira': 'tone'})")
        game.do("pause()")
        game.until("state_changed", "paused")
        game.do("resume()")
        game.do("skip()")
        assert game.until("cue_finished", first)[1] == "skipped"
        waiting = [game.say("Another line that is long enough.") for _ in range(2)]
        game.until("cue_started", waiting[0])
        game.do("clear()")
        assert game.until("cue_finished", waiting[1])[1] == "skipped"
        game.do("stop()")
        assert game.until("cue_finished", waiting[0])[1] == "interrupted"
        assert game.heard("request_refused") == []


def test_what_is_refused_is_told_with_its_reason(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        cue_id = game.do("say('Hello.', '', {'voice': 'nobody'})")
        assert game.until("cue_refused", cue_id)[1] == 400
        assert "nobody" in game.told[-1][1][2]
        cue_id = game.do("say('x'.repeat(70000))")
        assert game.until("cue_refused", cue_id)[1] == 0


def test_a_line_with_a_known_id_is_spoken_once(godot: Path, project: Path, engine: Engine):
    with Game(godot, project, engine.url) as game:
        for _ in range(2):
            assert game.do("say('Open.', '', {'cue_id': 'gate'})") == "gate"
        game.until("cue_finished", "gate")
        last = game.say("Shut.")
        game.until("cue_finished", last)
        assert game.words("gate") == ["Open"]
