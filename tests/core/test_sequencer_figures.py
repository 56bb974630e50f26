"""What the sequencer tells, measures and keeps within bounds."""

import pytest

from skaldcast.core.events import (
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    StateChanged,
    SynthesisMeasured,
    WordStarted,
)
from skaldcast.core.sequencer import AHEAD_S
from skaldcast.core.synthesis.figures import SynthesisFigures
from skaldcast.core.types import Priority
from tests.core.simulated import RATE, START_S, Voice
from tests.core.simulation import LONG, Simulation, sentences, words_of


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


def test_what_the_synthesizer_measured_is_told_at_most_once_a_second():
    simulation = Simulation()
    for index in range(5):
        figures = SynthesisFigures(index, 0.1, 0.3, 0.2, 0.4, 0.9)
        simulation.sequencer.measured(figures, START_S + 0.4 * index)
    told = [e for e in simulation.of(SynthesisMeasured) if isinstance(e, SynthesisMeasured)]
    assert [(e.time_s, e.figures.chunks) for e in told] == [
        (0.0, 0),
        (pytest.approx(1.2), 3),
    ]
    assert simulation.sequencer.tally.synthesizer_figures is not None
    assert simulation.sequencer.tally.synthesizer_figures.chunks == 4


def test_words_are_told_at_their_places_in_the_text_of_the_cue():
    simulation = Simulation()
    text = "  \n Once\tupon a time, in a land\u00ad far away\x07there lived a co\u00adbbler. " * 4
    cue = simulation.play(text)
    simulation.drain()
    words = [e for e in simulation.of(WordStarted) if isinstance(e, WordStarted)]
    assert [e.word.replace("\u00ad", "") for e in words] == words_of(text.replace("\u00ad", ""))
    for event in words:
        assert cue.text[event.start :].startswith(event.word)
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
