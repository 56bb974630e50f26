"""What the sequencer does while text or speech is waited for, and what counts as a hold."""

from itertools import pairwise

import pytest

from skaldcast.core.events import (
    HoldEnded,
)
from skaldcast.core.types import Outcome, Priority
from tests.core.simulated import RATE, Voice
from tests.core.simulation import LONG, Simulation, sentences, words_of


def rests_of(simulation: Simulation) -> list[float]:
    """How long the device rested between its runs."""
    return [later[0] - earlier[1] for earlier, later in pairwise(simulation.playout.runs)]


def test_a_stall_inside_a_sentence_is_one_hold_at_a_clause_and_no_underrun():
    simulation = Simulation()
    cue = simulation.open()
    simulation.push(cue, "The door was open, the lamp was lit, but the old woman who had")
    simulation.run(8.0)
    assert simulation.heard_words() == words_of("The door was open the lamp was lit")
    simulation.push(cue, " lived there was gone. ")
    simulation.finish(cue)
    simulation.drain()
    assert simulation.heard_words() == words_of(cue.text)
    assert simulation.sequencer.tally.holds == 1
    (hold,) = simulation.of(HoldEnded)
    assert isinstance(hold, HoldEnded)
    assert simulation.sequencer.tally.hold_s == pytest.approx(hold.duration_s)
    (rest,) = rests_of(simulation)
    assert hold.duration_s <= rest
    assert hold.duration_s > rest - 0.2
    assert simulation.playout.underrun_frames == 0


def test_a_finished_sentence_is_heard_soon_though_nothing_follows_it():
    simulation = Simulation()
    cue = simulation.open()
    simulation.push(cue, "She stopped and listened.")
    at = simulation.clock.now
    simulation.run(6.0)
    assert simulation.heard_at("She") - at < 0.5
    assert simulation.heard_words() == words_of(cue.text)


@pytest.mark.parametrize("latency_s", [0.2, 9.0])
def test_a_slow_voice_waits_at_pauses_and_every_wait_is_counted(latency_s: float):
    simulation = Simulation(Voice(real_time_factor=1.5, latency_s=latency_s))
    simulation.play(sentences(range(6)))
    simulation.drain()
    rests = rests_of(simulation)
    tally = simulation.sequencer.tally
    assert rests
    assert tally.holds == len(rests)
    silences = simulation.silences()
    waited_s = sum(silences) - (0.35 + 1 / RATE) * len(silences)
    assert tally.hold_s == pytest.approx(waited_s, abs=0.01 * len(rests))
    assert simulation.playout.underrun_frames == 0


def test_a_wait_between_two_cues_that_were_both_there_is_a_hold():
    simulation = Simulation(Voice(latency_s=6.0))
    simulation.play("Short.")
    simulation.play("The next.")
    simulation.drain()
    assert simulation.sequencer.tally.holds == 1


def test_idle_time_between_two_cues_is_no_hold():
    simulation = Simulation()
    simulation.play("One thing.")
    simulation.drain()
    simulation.run(5.0)
    simulation.play("Another thing.")
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0
    assert simulation.of(HoldEnded) == []


def test_a_stream_that_ends_after_a_stall_without_another_word_has_not_been_waited_for():
    simulation = Simulation()
    stream = simulation.open()
    simulation.push(stream, "One thing. ")
    simulation.run(5.0)
    simulation.finish(stream)
    assert stream.outcome is Outcome.FINISHED
    simulation.run(5.0)
    simulation.play("Another thing.")
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0


def test_a_rest_that_is_told_after_the_next_cue_has_come_is_no_hold():
    simulation = Simulation()
    simulation.play("One thing.")
    simulation.drain()
    rested_at = simulation.clock.now
    simulation.run(0.01)
    simulation.play("Another thing.")
    simulation.sequencer.run_ended(rested_at)
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0


def test_short_sentences_follow_each_other_without_a_rest():
    simulation = Simulation()
    for _ in range(40):
        simulation.play("One of us.")
    simulation.drain()
    assert len(simulation.playout.runs) == 1


@pytest.mark.parametrize("policy", ["adaptive", "fixed"])
def test_what_has_come_is_spoken_though_the_source_stalls_and_it_is_little(policy: str):
    simulation = Simulation(policy=policy)
    simulation.push(simulation.open(), "A word or two.")
    at = simulation.clock.now
    simulation.run(3.0)
    assert simulation.heard_at("A word") - at < 0.6


def test_the_time_until_a_stream_begins_to_write_is_no_hold():
    simulation = Simulation()
    simulation.play("One thing.")
    stream = simulation.open()
    simulation.run(6.0)
    simulation.push(stream, "Another thing.")
    simulation.finish(stream)
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0


@pytest.mark.parametrize("action", ["skip", "interrupt"])
def test_the_silence_after_a_cut_is_no_hold(action: str):
    simulation = Simulation(Voice(latency_s=0.5))
    simulation.play(LONG)
    simulation.play(sentences(range(40, 43)))
    simulation.run(3.0)
    if action == "skip":
        simulation.skip()
    else:
        simulation.play("Beware of the dragon in there!", Priority.INTERRUPT)
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0


def test_a_playout_that_dies_inside_speech_is_no_hold():
    simulation = Simulation()
    simulation.play(sentences(range(2)))
    simulation.run(2.0)
    simulation.crash_playout(away_s=0.5)
    simulation.drain()
    assert simulation.sequencer.tally.holds == 0
    assert simulation.heard_words() == words_of(sentences(range(2)))


def test_a_hold_that_the_user_pauses_in_is_counted_up_to_there():
    simulation = Simulation()
    cue = simulation.open()
    simulation.push(cue, "It was a sentence. ")
    simulation.run(4.0)
    simulation.pause()
    held_s = simulation.sequencer.tally.hold_s
    simulation.run(50.0)
    simulation.resume()
    simulation.push(cue, "And another.")
    simulation.finish(cue)
    simulation.drain()
    assert 2.0 < held_s < 4.0
    assert (simulation.sequencer.tally.holds, simulation.sequencer.tally.hold_s) == (1, held_s)


def test_a_file_has_its_pauses_whole_however_long_its_source_took():
    simulation = Simulation(paced=False)
    for text in ("One.", "Two.", "Three."):
        simulation.play(text)
        simulation.run(10.0)
    assert len(simulation.playout.values) == 14 * 13 + 2 * 0.7 * RATE
    assert simulation.sequencer.tally.holds == 0
