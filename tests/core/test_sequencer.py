"""The sequencer, between a worker and a playout on a virtual clock."""

import re
from itertools import pairwise

import pytest

from skaldcast.core.errors import StateError
from skaldcast.core.events import (
    ChunkFailed,
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    HoldEnded,
    StateChanged,
    WordStarted,
)
from skaldcast.core.sequencer import AHEAD_S
from skaldcast.core.types import Outcome, Priority
from tests.core.simulation import RATE, START_S, Simulation, Voice, sentences

LONG = sentences(range(30))
"""Two minutes."""


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def rests_of(simulation: Simulation) -> list[float]:
    """How long the device rested between its runs."""
    return [later[0] - earlier[1] for earlier, later in pairwise(simulation.playout.runs)]


# cues in their order


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


# the transport


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
    cues = [simulation.play(f"This is number {n} of them.") for n in range(6)]
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


# stalls and holds


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


# workers and what they do


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


# events


def test_events_come_in_order_with_the_times_at_which_things_were_heard():
    simulation = Simulation()
    cue = simulation.play(sentences(range(3)))
    simulation.drain()
    kinds = [type(e) for e in simulation.events if not isinstance(e, StateChanged)]
    assert kinds[:4] == [CueQueued, CueStarted, ChunkStarted, WordStarted]
    assert kinds[-1] is CueFinished
    words = [e for e in simulation.of(WordStarted) if isinstance(e, WordStarted)]
    assert [e.word for e in words] == words_of(cue.text)
    for event in words:
        assert event.time_s == pytest.approx(simulation.heard_at(event.word) - START_S, abs=0.011)
    times = [e.time_s for e in simulation.events if isinstance(e, (ChunkStarted, WordStarted))]
    assert times == sorted(times)


def test_words_are_told_at_their_places_in_the_text_of_the_cue():
    simulation = Simulation()
    text = "  \n Once\tupon a time, in a land\u00ad far away\x07there lived a co\u00adbbler. " * 4
    cue = simulation.play(text)
    simulation.drain()
    words = [e for e in simulation.of(WordStarted) if isinstance(e, WordStarted)]
    assert [e.word for e in words] == words_of(text.replace("\u00ad", ""))
    for event in words:
        assert cue.text[event.start :].replace("\u00ad", "").startswith(event.word)
    chunks = [e for e in simulation.of(ChunkStarted) if isinstance(e, ChunkStarted)]
    assert len(chunks) > 1
    for chunk in chunks:
        assert cue.text[chunk.start : chunk.start + len(chunk.text)] == chunk.text


@pytest.mark.parametrize("frames_per_character", [7, 25])
def test_every_word_is_told_though_the_voice_says_nothing_and_was_predicted_wrong(
    frames_per_character: int,
):
    simulation = Simulation(
        Voice(tells_words=False, frames_per_character=frames_per_character, block_s=0.5)
    )
    cue = simulation.play(sentences(range(4)))
    simulation.drain()
    words = [e for e in simulation.of(WordStarted) if isinstance(e, WordStarted)]
    assert [e.word for e in words] == words_of(cue.text)
    assert words[-1].time_s <= (cue.finished_s or 0.0)


def test_the_states_are_told():
    simulation = Simulation()
    simulation.play(sentences(range(12)))
    simulation.drain()
    states = [e.state for e in simulation.of(StateChanged) if isinstance(e, StateChanged)]
    assert states == ["filling", "playing", "draining", "idle"]


# figures


def test_the_time_to_first_audio_is_that_of_the_first_cue_and_the_sum_of_its_parts():
    simulation = Simulation(Voice(latency_s=0.4))
    cue = simulation.open()
    simulation.run(3.0)
    simulation.push(cue, "   ")
    simulation.run(3.0)
    accepted = simulation.clock.now
    simulation.push(cue, "Here it comes. ")
    simulation.run(9.0)
    simulation.push(cue, "And more.")
    simulation.finish(cue)
    simulation.drain()
    tally = simulation.sequencer.tally
    expected = simulation.heard_at("Here") - accepted
    assert tally.time_to_first_audio_s == pytest.approx(expected, abs=0.01)
    assert sum(tally.first_audio_parts.values()) == pytest.approx(tally.time_to_first_audio_s)
    assert set(tally.first_audio_parts) == {
        *("chunk_s", "queue_s", "synthesis_s", "prebuffer_s", "device_s")
    }
    assert tally.first_audio_parts["synthesis_s"] == pytest.approx(0.42, abs=0.03)
    assert min(tally.first_audio_parts.values()) >= 0.0


def test_the_real_time_factor_is_that_of_the_speech_made():
    simulation = Simulation(Voice(latency_s=0.0, real_time_factor=0.25))
    simulation.play(sentences(range(4)))
    simulation.drain()
    tally = simulation.sequencer.tally
    assert tally.synthesis_s / tally.made_s == pytest.approx(0.25, abs=0.01)


# bounds


def test_a_line_of_ten_megabytes_is_cut_as_it_is_spoken():
    simulation = Simulation(Voice(real_time_factor=0.0, latency_s=0.0))
    text = "Many a word was said of it, and few of them were true. " * 182_000
    simulation.play(text)
    simulation.run(120.0)
    sequencer = simulation.sequencer
    assert sequencer.unspoken_characters() > len(text) - 2000 - 60 / 0.05 - 120 / 0.05
    assert simulation.most_queued <= 3
    ahead_s = sum(p.unplaced + p.received for p in sequencer._assembler.chunks) / RATE  # pyright: ignore[reportPrivateUsage]
    assert ahead_s < AHEAD_S + 3 * 8.0 + 1.0
    simulation.stop()


def test_a_slow_speaker_whose_chunks_are_a_few_characters_does_not_overfill_the_queue():
    simulation = Simulation(Voice(real_time_factor=0.01, frames_per_character=400))
    cue = simulation.play("go to it " * 300)
    for _ in range(40):
        simulation.run(5.0)
    assert simulation.profile.pace().seconds_per_character > 1.0
    simulation.play("and on we go " * 1000)
    simulation.run(60.0)
    assert simulation.most_queued <= 4
    assert cue.outcome is None
    simulation.stop()


def test_ten_thousand_cues_are_taken_and_dropped_in_no_time():
    simulation = Simulation(Voice(real_time_factor=0.0))
    for n in range(10_000):
        cue = simulation._cue(Priority.DEMAND, 1.0, None)  # pyright: ignore[reportPrivateUsage]
        simulation.sequencer.add(cue, simulation.clock.now, f"This is {n}.")
        simulation.sequencer.finish_text(cue)
    simulation.advance()
    simulation.run(10.0)
    assert simulation.sequencer.waiting > 9_900
    simulation.stop()
    assert simulation.sequencer.idle


@pytest.mark.parametrize(
    "text",
    [
        "A sentence. ",
        "Hello there. And",
        "It was late, very late, but the old woman who",
        "Dr.",
        " ",
    ],
)
def test_main_sleeps_while_a_source_stalls(text: str):
    simulation = Simulation()
    simulation.push(simulation.open(), text)
    simulation.run(60.0)
    assert simulation.advances < 60


@pytest.mark.parametrize("voice", [Voice(latency_s=100.0), Voice(restart_s=100.0)])
def test_main_sleeps_while_a_worker_takes_its_time(voice: Voice):
    simulation = Simulation(voice)
    simulation.push(simulation.open(), LONG)
    simulation.run(1.0)
    if voice.restart_s > 1.0:
        simulation.worker.kill()
    simulation.run(25.0)
    before = simulation.advances
    simulation.run(50.0)
    assert simulation.advances - before < 10


def test_main_wakes_some_times_a_second_while_sound_is_playing():
    simulation = Simulation()
    simulation.play(LONG)
    simulation.run(60.0)
    assert simulation.advances < 60 * 20


def test_a_worker_that_hangs_is_ended_once_each_time():
    simulation = Simulation(Voice(hanging=frozenset({"hang"}), restart_s=20.0))
    simulation.play("It will hang.")
    simulation.drain()
    assert simulation.worker.deaths == 2
    assert simulation.advances < 60
