"""The sequencer between a worker and a playout on a virtual clock: cues and the transport."""

import pytest

from skaldcast.core.errors import StateError
from skaldcast.core.events import (
    CueFinished,
)
from skaldcast.core.types import Outcome, Priority
from tests.core.simulated import RATE, Voice
from tests.core.simulation import LONG, Simulation, sentences, words_of


def test_cues_are_heard_whole_and_in_the_order_in_which_they_came():
    simulation = Simulation()
    texts = [sentences(range(n, n + 3)) for n in (0, 3, 6)]
    for text in texts:
        simulation.play(text)
    simulation.drain()
    assert simulation.heard_words() == words_of(" ".join(texts))
    assert list(simulation.outcomes().values()) == ["finished"] * 3


def test_the_pauses_are_those_of_the_text_and_nothing_is_padded():
    simulation = Simulation()
    simulation.play(sentences(range(4)))
    simulation.play("Another paragraph.")
    simulation.drain()
    sentence, paragraph = 0.35, 0.70
    silences = [round(gap - 1 / RATE, 3) for gap in simulation.silences()]
    assert silences == [sentence] * (len(silences) - 1) + [paragraph]
    assert simulation.playout.underrun_frames == 0


def test_a_synthesizer_without_pauses_gets_none():
    simulation = Simulation(pauses=False)
    simulation.play(LONG)
    simulation.drain()
    assert simulation.silences() == []


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "...", "—!?", "🎲🐉", "\x00\x07", "“”"])
def test_a_cue_with_nothing_to_say_finishes_at_once_and_without_audio(text: str):
    simulation = Simulation()
    cue = simulation.play(text)
    assert cue.outcome is Outcome.FINISHED
    assert (cue.audio_s, cue.started_s) == (0.0, None)
    assert simulation.worker.texts == {}


def test_a_cue_with_nothing_to_say_waits_for_those_before_it():
    simulation = Simulation()
    first, blank, last = (simulation.play(text) for text in ("One two three.", "...", "Four."))
    simulation.drain()
    finished = [e.cue_id for e in simulation.of(CueFinished) if isinstance(e, CueFinished)]
    assert finished == [first.cue_id, blank.cue_id, last.cue_id]
    assert blank.finished_s == pytest.approx(first.finished_s, abs=0.1)


def test_an_open_cue_keeps_those_behind_it_waiting_until_it_is_finished():
    simulation = Simulation()
    cue = simulation.open()
    simulation.push(cue, "Someone is speaking still. ")
    simulation.play("Then me.")
    simulation.run(5.0)
    assert simulation.heard_words() == words_of("Someone is speaking still")
    simulation.finish(cue)
    simulation.drain()
    assert simulation.heard_words()[-2:] == ["Then", "me"]


def test_text_is_not_taken_after_a_cue_is_complete_and_dropped_after_it_has_ended():
    simulation = Simulation()
    cue = simulation.play("That was all.")
    with pytest.raises(StateError, match="complete"):
        simulation.push(cue, "No, more.")
    simulation.stop()
    simulation.push(cue, "More.")
    assert cue.text == "That was all."


def test_a_text_that_broke_off_is_spoken_as_far_as_it_came_and_fails():
    simulation = Simulation()
    cue = simulation.open()
    simulation.push(cue, "It came as far as this, and then")
    simulation.sequencer.finish_text(cue, "its text broke off")
    simulation.sequencer.finish_text(cue, "too late")
    simulation.advance()
    simulation.drain()
    assert simulation.heard_words() == words_of(cue.text)
    assert (cue.outcome, cue.error) == (Outcome.FAILED, "its text broke off")


def test_skip_ends_the_cue_that_is_heard_and_keeps_what_follows_whole():
    simulation = Simulation()
    cues = [simulation.play(sentences(range(n, n + 3))) for n in (0, 3, 6)]
    simulation.run(3.0)
    simulation.skip()
    simulation.drain()
    assert [cue.outcome for cue in cues] == [Outcome.SKIPPED, Outcome.FINISHED, Outcome.FINISHED]
    follow = words_of(cues[1].text + " " + cues[2].text)
    assert simulation.heard_words()[-len(follow) :] == follow
    assert cues[0].audio_s == pytest.approx(3.0, abs=0.2)


def test_what_follows_a_skip_is_heard_at_once():
    simulation = Simulation()
    simulation.play(LONG)
    simulation.play("Next one is here.")
    for patience_s in (2.0, 0.2):
        simulation.run(patience_s)
    simulation.skip()
    at = simulation.clock.now
    simulation.drain()
    assert simulation.heard_at("Next") - at < 0.3


def test_what_follows_a_skip_and_lies_in_the_buffer_is_heard_without_its_pause():
    simulation = Simulation()
    simulation.play("The first of two cues, not very long.")
    simulation.play("Next one is here.")
    simulation.run(1.5)
    at = simulation.clock.now
    simulation.skip()
    simulation.drain()
    assert simulation.heard_at("Next") - at < 0.02
    assert simulation.cues[1].audio_s == pytest.approx(17 * 0.065)


def test_skip_without_a_cue_does_nothing():
    simulation = Simulation()
    simulation.skip()
    assert simulation.events == []


def test_stop_ends_what_is_heard_as_interrupted_and_the_rest_as_skipped():
    simulation = Simulation()
    cues = [simulation.play(LONG), simulation.play("Never heard.")]
    simulation.run(4.0)
    simulation.stop()
    heard = len(simulation.playout.frames)
    simulation.drain()
    assert [cue.outcome for cue in cues] == [Outcome.INTERRUPTED, Outcome.SKIPPED]
    assert len(simulation.playout.frames) == heard
    assert cues[0].audio_s == pytest.approx(heard / RATE)
    assert cues[1].audio_s == 0.0


def test_what_comes_after_a_stop_is_spoken():
    simulation = Simulation()
    simulation.play(LONG)
    simulation.run(2.0)
    simulation.stop()
    simulation.play("A new start.")
    simulation.drain()
    assert simulation.heard_words()[-3:] == ["A", "new", "start"]


def test_the_worker_is_told_to_drop_what_nobody_wants_any_more():
    simulation = Simulation(Voice(latency_s=2.0))
    simulation.play(LONG)
    simulation.run(0.5)
    simulation.stop()
    assert len(simulation.worker.cancelled) == 2


def test_an_interrupting_cue_is_spoken_at_once_and_those_that_waited_whole_afterwards():
    simulation = Simulation()
    heard, waiting = simulation.play(LONG), simulation.play(sentences(range(40, 44)))
    simulation.run(5.0)
    at = simulation.clock.now
    cutting = simulation.play("Beware of the dragon!", Priority.INTERRUPT)
    simulation.drain()
    assert simulation.heard_at("Beware") - at < 0.3
    assert [cue.outcome for cue in (heard, cutting, waiting)] == [
        Outcome.INTERRUPTED,
        Outcome.FINISHED,
        Outcome.FINISHED,
    ]
    after = words_of(cutting.text + " " + waiting.text)
    assert simulation.heard_words()[-len(after) :] == after


def test_a_streaming_cue_that_was_made_but_not_heard_is_spoken_whole_after_an_interrupt():
    simulation = Simulation()
    simulation.play(sentences(range(2)))
    stream = simulation.open()
    simulation.push(stream, sentences(range(2, 4)))
    simulation.run(1.0)
    simulation.play("Beware!", Priority.INTERRUPT)
    simulation.push(stream, " " + sentences(range(4, 5)))
    simulation.finish(stream)
    simulation.drain()
    assert stream.outcome is Outcome.FINISHED
    assert simulation.heard_words()[-28:] == ["Beware", *words_of(stream.text)]
    assert stream.audio_s == pytest.approx(len(stream.text) * 0.065, abs=2.0)


def test_an_interrupting_cue_gives_way_to_the_next_one():
    simulation = Simulation()
    simulation.play(LONG)
    simulation.run(1.0)
    first = simulation.play("The first to cut in, and it is long enough.", Priority.INTERRUPT)
    simulation.run(1.0)
    simulation.play("The second.", Priority.INTERRUPT)
    simulation.drain()
    assert first.outcome is Outcome.INTERRUPTED
    assert simulation.heard_words()[-2:] == ["The", "second"]


def test_a_cue_for_later_is_spoken_when_nothing_else_is_there():
    simulation = Simulation()
    simulation.play(sentences(range(2)))
    later = simulation.play("For later.", Priority.PREFETCH)
    simulation.run(1.0)
    simulation.play("Now.")
    simulation.drain()
    assert later.outcome is Outcome.FINISHED
    assert simulation.heard_words()[-3:] == ["Now", "For", "later"]


def test_a_cue_for_later_that_has_begun_is_not_waited_for_for_ever():
    simulation = Simulation(Voice(real_time_factor=0.02))
    simulation.play(LONG, Priority.PREFETCH)
    simulation.run(1.0)
    simulation.play(LONG)
    simulation.drain()
    assert simulation.heard_words() == words_of(LONG) * 2


def test_a_waiting_cue_that_is_cancelled_is_not_heard_though_it_lies_in_the_buffer():
    simulation = Simulation()
    first = simulation.play("The first one here is not so very long.")
    second = simulation.play("The second.")
    third = simulation.play("And a third.")
    simulation.run(1.0)
    simulation.cancel(second)
    simulation.drain()
    assert second.outcome is Outcome.SKIPPED
    assert simulation.heard_words() == words_of(first.text + " " + third.text)
    assert simulation.sequencer.tally.holds == 0


def test_a_waiting_cue_that_is_cancelled_late_is_taken_back_from_the_device():
    simulation = Simulation(depth_s=5.0)
    simulation.play("The first one here is not so very long.")
    second = simulation.play("The second.")
    simulation.play("And a third.")
    simulation.run(2.0)
    simulation.cancel(second)
    simulation.drain()
    assert "second" not in simulation.heard_words()
    assert simulation.heard_words()[-3:] == ["And", "a", "third"]


def test_all_but_the_first_cue_can_be_cancelled_while_it_is_heard():
    simulation = Simulation()
    names = ("one", "two", "three", "four", "five", "six")
    cues = [simulation.play(f"This is number {name} of them.") for name in names]
    simulation.run(1.0)
    for cue in cues[1:]:
        simulation.cancel(cue)
    simulation.drain()
    assert simulation.heard_words() == words_of(cues[0].text)
    assert simulation.playout.underrun_frames == 0


def test_a_cue_that_is_cancelled_while_it_is_heard_ends_as_interrupted():
    simulation = Simulation()
    cue = simulation.play(LONG)
    simulation.run(2.0)
    simulation.cancel(cue)
    simulation.cancel(cue)
    assert cue.outcome is Outcome.INTERRUPTED


def test_a_cue_that_has_just_been_heard_is_finished_though_skip_comes_before_it_was_told():
    simulation = Simulation()
    first, second = simulation.play("First."), simulation.play("Second.")
    while simulation.buffer.heard < 6 * 13:
        simulation.run(0.01)
    assert first.outcome is None
    simulation.sequencer.skip(simulation.clock.now)
    simulation.drain()
    assert (first.outcome, second.outcome) == (Outcome.FINISHED, Outcome.FINISHED)


def test_pause_keeps_the_place_and_resume_goes_on_from_there():
    simulation = Simulation()
    cue = simulation.play(sentences(range(4)))
    simulation.run(3.0)
    simulation.pause()
    simulation.pause()
    heard = len(simulation.playout.frames)
    simulation.run(20.0)
    assert simulation.sequencer.paused
    assert len(simulation.playout.frames) == heard
    simulation.resume()
    simulation.resume()
    simulation.drain()
    assert simulation.heard_words() == words_of(cue.text)
    assert simulation.sequencer.tally.holds == 0


def test_a_pause_of_the_text_is_kept_although_the_user_paused_before_it():
    simulation = Simulation(Voice(latency_s=1.5, real_time_factor=0.4))
    simulation.play(sentences(range(2), words=9))
    simulation.run(2.6)
    simulation.pause()
    simulation.run(10.0)
    simulation.resume()
    simulation.drain()
    sounds = [(frame, value) for frame, value in zip(
        simulation.playout.frames, simulation.playout.values, strict=True
    )]  # fmt: skip
    assert sum(value == 0.0 for _, value in sounds) == pytest.approx(0.35 * RATE, abs=1)


def test_the_text_that_waits_is_counted_whatever_becomes_of_its_cues():
    simulation = Simulation(ready=False)
    cues = [simulation.play(LONG) for _ in range(4)]
    assert simulation.sequencer.unspoken_characters() == 4 * len(LONG)
    simulation.cancel(cues[1])
    assert simulation.sequencer.unspoken_characters() == 3 * len(LONG)
    simulation.worker_ready()
    simulation.run(3.0)
    waiting = sum(plan.pending_characters for plan in simulation.sequencer._plans)
    assert simulation.sequencer.unspoken_characters() == waiting < 3 * len(LONG)
    simulation.play("At once!", Priority.INTERRUPT)  # what waits is begun anew
    simulation.drain()
    assert simulation.sequencer.unspoken_characters() == 0
