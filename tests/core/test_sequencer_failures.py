"""The sequencer where workers die, hang and fail."""

from dataclasses import replace

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.events import (
    ChunkFailed,
    WordStarted,
)
from skaldcast.core.rendering import Renderer, Rendition
from skaldcast.core.speech_options import SpeechOptions
from skaldcast.core.staging import Staging
from skaldcast.core.types import Outcome
from skaldcast.core.voice_in_use import VoiceInUse
from tests.core.simulated import RATE, Voice
from tests.core.simulation import LONG, Simulation, sentences, words_of


def test_a_worker_that_dies_in_the_middle_of_a_chunk_repeats_and_loses_no_frame():
    simulation = Simulation(Voice(real_time_factor=0.5))
    cue = simulation.play(sentences(range(6)))
    for _ in range(3):
        simulation.run(3.9)
        simulation.worker.kill()
    simulation.drain()
    assert simulation.worker.deaths == 3
    assert simulation.heard_text().replace("|", "").replace(" ", "") == cue.text.replace(" ", "")
    assert cue.audio_s == pytest.approx(len(simulation.playout.frames) / RATE)


def test_a_chunk_that_kills_the_worker_twice_is_left_out_and_the_rest_is_spoken():
    simulation = Simulation(Voice(deadly=frozenset({"w2x0", "W2x0"})))
    cue = simulation.play(sentences(range(5)))
    after = simulation.play("What follows.")
    simulation.drain()
    (failure,) = simulation.of(ChunkFailed)
    assert isinstance(failure, ChunkFailed)
    assert "W2x0" in failure.text
    assert "twice" in failure.reason
    lost = words_of(failure.text)
    heard = simulation.heard_words()
    rest = [word for word in words_of(cue.text + after.text) if word not in lost]
    assert [word for word in heard if word in rest] == rest
    assert simulation.worker.deaths == 2
    assert (cue.outcome, after.outcome) == (Outcome.FAILED, Outcome.FINISHED)
    assert cue.error is not None
    assert "twice" in cue.error


def test_a_neighbour_of_a_deadly_chunk_is_not_given_up_with_it():
    simulation = Simulation(Voice(capacity=3, deadly=frozenset({"w1x4"}), real_time_factor=0.8))
    simulation.play(sentences(range(8)))
    simulation.drain()
    assert simulation.worker.most_at_once == 3
    (failure,) = simulation.of(ChunkFailed)
    assert isinstance(failure, ChunkFailed)
    assert "w1x4" in failure.text


def test_a_worker_that_hangs_is_ended_and_the_rest_is_spoken():
    simulation = Simulation(Voice(hanging=frozenset({"w1x4"})))
    cue = simulation.play(sentences(range(5)))
    simulation.drain()
    assert simulation.worker.deaths == 2
    assert cue.outcome is Outcome.FAILED
    assert "w4x8" in simulation.heard_words()


@pytest.mark.parametrize("capacity", [1, 2, 3])
@pytest.mark.parametrize("kind", ["deadly", "hanging"])
@pytest.mark.parametrize("ahead_s", [0.0, 0.06, 0.2])
def test_what_poisons_the_worker_beside_the_narration_costs_it_no_chunk(
    capacity: int, kind: str, ahead_s: float
):
    poisonous = frozenset({"hemlock", "wolfsbane"})
    voice = Voice(capacity=capacity, real_time_factor=0.5)
    simulation = Simulation(replace(voice, **{kind: poisonous}))
    options = SpeechOptions(Staging(VoiceInUse("simulated", simulation.profile)))
    simulation.sequencer.dispatcher.later = renderer = Renderer(options, pauses=True)
    texts = ("A cup of hemlock, they say.", "There is wolfsbane in it.", "And a third one.")
    renditions = [rendition(text) for text in texts]
    for each in renditions:
        renderer.add(each)
    simulation.advance()
    simulation.run(ahead_s)
    cue = simulation.play(sentences(range(6)))
    simulation.drain()
    assert simulation.of(ChunkFailed) == []
    assert cue.outcome is Outcome.FINISHED
    assert [w for w in simulation.heard_words() if w in words_of(cue.text)] == words_of(cue.text)
    simulation.run(300.0)
    assert [each.ended for each in renditions] == [True] * 3
    assert [each.share > 0 for each in renditions][2]
    assert simulation.worker.deaths <= 5


def rendition(text: str) -> Rendition:
    cue = Cue("beside")
    cue.add_text(text)
    return Rendition(cue, RATE, lambda: None)


def test_a_chunk_that_fails_or_makes_no_sound_is_reported_and_its_words_are_not_told():
    voice = Voice(broken=frozenset({"w1x4"}), mute=frozenset({"w3x4"}))
    simulation = Simulation(voice)
    cue = simulation.play(sentences(range(6)))
    simulation.drain()
    failures = [e for e in simulation.of(ChunkFailed) if isinstance(e, ChunkFailed)]
    assert [e.reason for e in failures] == ["broken", "the voice makes no sound of it"]
    assert cue.outcome is Outcome.FAILED
    assert cue.finished_s is not None
    assert cue.started_s is not None
    said = [e.word for e in simulation.of(WordStarted) if isinstance(e, WordStarted)]
    assert "w3x4" not in said
    assert "w1x8" not in said


def test_a_cue_whose_only_chunk_fails_ends_after_it_was_queued_though_others_were_heard_before():
    simulation = Simulation(Voice(broken=frozenset({"broken"}), block_s=0.0, mute=frozenset("x")))
    simulation.play("One.")
    simulation.drain()
    simulation.run(60.0)
    cue = simulation.play("x.")
    simulation.drain()
    assert cue.outcome is Outcome.FAILED
    assert cue.finished_s is not None
    assert cue.finished_s >= cue.queued_s


def test_without_a_worker_cues_wait():
    simulation = Simulation(ready=False)
    simulation.play("Not yet.")
    simulation.run(3.0)
    assert simulation.worker.texts == {}
    simulation.worker_ready()
    simulation.drain()
    assert simulation.heard_words() == ["Not", "yet"]


def test_when_the_narration_becomes_impossible_all_cues_fail_and_say_why():
    simulation = Simulation()
    cues = [simulation.play(LONG), simulation.play("Next.")]
    simulation.run(2.0)
    simulation.sequencer.fail("the voice is gone", simulation.clock.now)
    simulation.advance()
    heard = len(simulation.playout.frames)
    simulation.drain()
    assert {(cue.outcome, cue.error) for cue in cues} == {(Outcome.FAILED, "the voice is gone")}
    assert len(simulation.playout.frames) == heard


def test_a_cue_of_its_own_speed_teaches_nothing_and_is_made_at_that_speed():
    simulation = Simulation()
    simulation.play("Twice as fast as the others are.", speed=2.0)
    simulation.play("With another voice.", voice="other")
    simulation.drain()
    assert simulation.profile.observed == 0
    assert simulation.cues[0].audio_s == pytest.approx(32 * 6 / RATE)
    before = simulation.sequencer.prebuffer.pace
    simulation.play("And now one that teaches.")
    simulation.drain()
    assert simulation.profile.observed == 1
    assert before != simulation.sequencer.prebuffer.pace == simulation.sequencer.dispatcher.pace
