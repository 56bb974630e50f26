"""The voice in the game's own mixer, as it came over a bus there."""

from pathlib import Path

import pytest

from tests.engine.godot.heard import CHARACTER_S, TONE_HZ, Heard, read_sound, take_sound
from tests.engine.godot.proxy import Proxy
from tests.engine.godot.running import Engine, Game

LINE = "One two three four five six seven"
DRIVER = "get_node('/root/Driver')"
CLICK_S = 0.002
"""Nobody hears that less is missing, and nothing here makes gaps so short."""
AWAY_S = 7.0
"""The engine keeps 30 s of sound, of which 25 or more lie ahead of what is heard, and it keeps them
for 10 s for a game that is away."""


def wait(game: Game, seconds: float) -> None:
    """Let time pass in the game."""
    game.do(f"{DRIVER}.tell_after({seconds})")
    game.until("time_has_passed")


def speech_s(text: str) -> float:
    return len(text) * CHARACTER_S


def is_unbroken(heard: Heard) -> bool:
    """Whether it is one tone, with no frame lost, none repeated and none of silence."""
    slowest, fastest = heard.tone_hz
    return heard.silence_s < CLICK_S and TONE_HZ - 2 < slowest <= fastest < TONE_HZ + 2


def tail(whole: Path, before: Path) -> Path:
    """What was heard after what had been heard before."""
    path = whole.with_suffix(".tail")
    path.write_bytes(whole.read_bytes()[before.stat().st_size :])
    return path


@pytest.mark.parametrize("kind", ["SkaldcastPlayer", "SkaldcastPlayer2D", "SkaldcastPlayer3D"])
def test_a_line_is_heard_whole_and_told_as_it_is_heard(
    godot: Path, project: Path, engine: Engine, tmp_path: Path, kind: str
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('{kind}')")
        cue_id = game.say(LINE)
        assert game.until("cue_finished", cue_id)[1] == "finished"
        heard = take_sound(game, tmp_path / "heard")
        assert is_unbroken(heard)
        assert heard.speech_s == pytest.approx(speech_s(LINE), abs=CLICK_S)
        assert game.words(cue_id) == LINE.split()


def test_a_word_is_told_when_the_mixer_has_played_what_comes_before_it(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say(LINE)
        start = game.until("word_started", cue_id, "six")[2]
        assert take_sound(game, tmp_path / "heard").speech_s >= start * CHARACTER_S - CLICK_S
        game.do("stop()")
        game.until("cue_finished", cue_id)


def test_a_line_goes_on_over_a_lost_connection_without_a_gap_or_a_repetition(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Proxy(engine.port) as proxy, Game(godot, project, proxy.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say(LINE)
        game.until("word_started", cue_id, "two")
        proxy.drop(refusals=1)
        game.until("disconnected")
        assert game.until("connected") == [True]
        game.until("cue_finished", cue_id)
        heard = take_sound(game, tmp_path / "heard")
        assert is_unbroken(heard)
        assert heard.speech_s == pytest.approx(speech_s(LINE), abs=CLICK_S)
        assert game.words(cue_id) == LINE.split()


def test_what_was_sent_ahead_is_not_heard_after_a_skip(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        skipped = game.say(f"{LINE}, {LINE}, {LINE}.")
        following = game.say("Next.")
        game.until("word_started", skipped, "two")
        game.do("skip()")
        assert game.until("cue_finished", skipped)[1] == "skipped"
        game.until("cue_finished", following)
        heard = take_sound(game, tmp_path / "whole")
        # Between the two there may be silence. Of the first, a word and less than the line it
        # stands in; three such lines had been sent.
        first_s = heard.speech_s - heard.silence_s - speech_s("Next.")
        assert speech_s("One") < first_s < speech_s(LINE)
        assert "seven" not in game.words(skipped)


def test_a_pause_holds_the_sound_and_loses_nothing_of_it(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say(LINE)
        game.until("word_started", cue_id, "two")
        game.do("pause()")
        game.until("state_changed", "paused")
        game.do("resume()")
        game.until("cue_finished", cue_id)
        heard = take_sound(game, tmp_path / "heard")
        sounding_s = heard.speech_s - heard.silence_s
        assert sounding_s == pytest.approx(speech_s(LINE), abs=0.02)  # its fades
        assert game.words(cue_id) == LINE.split()


def test_a_paused_tree_holds_the_voice_of_an_engine_without_a_device(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say(LINE)
        game.until("word_started", cue_id, "two")
        game.do("get_tree().set_pause(true)")
        wait(game, 0.3)  # for what was on its way
        held = len(game.words(cue_id))
        wait(game, 0.7)  # two words would be heard
        assert len(game.words(cue_id)) <= held + 1  # one was on its way
        game.do("get_tree().set_pause(false)")
        game.until("cue_finished", cue_id)
        heard = take_sound(game, tmp_path / "heard")
        assert heard.speech_s - heard.silence_s == pytest.approx(speech_s(LINE), abs=0.02)
        assert game.words(cue_id) == LINE.split()


@pytest.mark.parametrize("rate", [24000, 48000])
def test_the_sound_may_come_as_whole_numbers(
    godot: Path, project: Path, engine: Engine, tmp_path: Path, rate: int
):
    with Game(godot, project) as game:
        game.do(f"connect_to_engine('{engine.url}')")
        game.do(f"get('_sound').choose({rate}, 's16', 1.0)")
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say("One two three.")
        game.until("cue_finished", cue_id)
        heard = take_sound(game, tmp_path / "heard")
        # At another rate than the voice's the engine keeps the last 0.1 s back for as long.
        silence_s = heard.silence_s if rate != 24000 else 0.0
        assert heard.speech_s - silence_s == pytest.approx(speech_s("One two three."), abs=CLICK_S)


def test_a_player_that_is_taken_away_does_not_hold_the_lines(
    godot: Path, project: Path, engine: Engine
):
    with Game(godot, project, engine.url) as game:
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        cue_id = game.say(LINE)
        game.until("word_started", cue_id, "two")
        game.do(f"{DRIVER}.get_node('Player').free()")
        assert game.until("cue_finished", cue_id)[1] == "finished"
        assert game.words(cue_id) == LINE.split()


def test_sound_that_was_lost_is_told_and_the_voice_goes_on(
    godot: Path, project: Path, engine: Engine, tmp_path: Path
):
    with Proxy(engine.port) as proxy, Game(godot, project) as game:
        game.do(f"connect_to_engine('{proxy.url}')")
        game.do("get('_sound').choose(24000, 'f32', 1.0)")  # of 30 s that are kept it has 1 or 2
        game.do(f"{DRIVER}.add_player('SkaldcastPlayer')")
        long = game.say(f"{LINE}, " * 20)
        game.until("word_started", long, "two")
        proxy.hold()
        proxy.drop()
        game.until("disconnected")
        wait(game, AWAY_S)
        proxy.let_through()
        assert game.until("connected") == [True]
        (lost_s,) = game.until("sound_lost")
        assert 0 < lost_s < speech_s(LINE) * 20
        game.until("word_started", long)  # it goes on
        game.do("stop()")
        game.until("cue_finished", long)
        wait(game, 0.5)  # until its fade is heard
        take_sound(game, tmp_path / "before")
        following = game.say(LINE)
        assert game.until("cue_finished", following)[1] == "finished"
        take_sound(game, tmp_path / "after")
        heard = read_sound(tail(tmp_path / "after", tmp_path / "before"))
        assert is_unbroken(heard)
        assert heard.speech_s == pytest.approx(speech_s(LINE), abs=CLICK_S)
