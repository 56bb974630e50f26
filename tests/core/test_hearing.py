"""What is told of what is being heard."""

import numpy as np

from skaldcast.core.cue import Cue
from skaldcast.core.events import ChunkStarted, CueStarted, Event, WordStarted
from skaldcast.core.hearing import Hearing
from skaldcast.core.plan import ChunkState, CuePlan, PlannedChunk
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.report import Tally
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.types import AudioFormat, Boundary, Chunk, Priority, WordTime

RATE = 100


class Bench:
    """A chunk "One two." of a second, and what is told of it."""

    def __init__(self) -> None:
        self.buffer = AudioBuffer(AudioFormat(RATE), 100.0)
        self.events: list[Event] = []
        self.heard: list[float] = []
        self.plan = CuePlan(Cue("a"), 0.0)
        self.hearing = Hearing(
            self.buffer,
            Tally(),
            lambda _, at_s: self.heard.append(at_s),
            self.events.append,
            clock_0=10.0,
        )
        self.chunk = PlannedChunk(
            cue=self.plan,
            chunk=Chunk(" One two. ", Boundary.SENTENCE, start=5, estimated_s=1.0),
            job_id=1,
            request=SynthesisRequest("One two.", "voice"),
            priority=Priority.DEMAND,
            pause_s=0.0,
            chunked_at_s=11.0,
        )
        self.plan.unheard = 1

    def place(self, frames: int, *, end: bool = True, now: float = 12.0) -> None:
        self.buffer.push(np.ones(frames, np.float32))
        self.chunk.received += frames
        self.chunk.start_frame = 0
        self.hearing.placed(self.chunk, now)
        if end:
            self.chunk.end_frame = self.buffer.written
            self.hearing.complete(self.chunk, now)

    def hear(self, frames: int, at_s: float) -> None:
        self.buffer.take(frames)
        self.buffer.release(self.buffer.taken, at_s)
        self.hearing.follow(paced=True)

    @property
    def words(self) -> list[WordStarted]:
        return [event for event in self.events if isinstance(event, WordStarted)]


ONE, TWO = WordTime(0, 3, 0.0, 0.4), WordTime(4, 7, 0.5, 0.9)


def test_the_cue_its_chunk_and_its_words_begin_with_their_frames():
    bench = Bench()
    bench.hearing.take_words(bench.chunk, (ONE, TWO))
    bench.place(100)
    bench.hear(100, 14.0)
    started, chunk, one, two = bench.events
    assert (started, chunk) == (
        CueStarted(3.01, "a"),
        ChunkStarted(3.01, "a", " One two. ", 5, 1.0),
    )
    assert (one, two) == (
        WordStarted(3.01, "a", "One", 6, 0.4),
        WordStarted(3.51, "a", "two", 10, 0.9 - 0.5, 0.5),
    )
    assert bench.heard == [14.0]
    assert bench.plan.unheard == 0


def test_a_word_waits_until_its_sound_is_there():
    bench = Bench()
    bench.hearing.take_words(bench.chunk, (ONE, TWO))
    bench.place(40, end=False)
    bench.hear(40, 13.0)
    assert [event.word for event in bench.words] == ["One"]
    assert bench.hearing.next_at(13.0, playing=True) is None
    bench.place(60)
    assert bench.hearing.next_at(13.0, playing=True) == 13.0 + 0.11
    assert bench.hearing.next_at(13.5, playing=True) == 13.51
    assert bench.hearing.next_at(13.0, playing=False) is None


def test_words_that_a_synthesizer_puts_past_the_end_are_told_at_the_end():
    bench = Bench()
    bench.hearing.take_words(bench.chunk, (ONE, TWO))
    bench.place(30)
    bench.hear(30, 13.0)
    assert [(event.word, round(event.time_s, 6)) for event in bench.words] == [
        ("One", 2.71),
        ("two", 3.0),
    ]


def test_of_a_chunk_that_failed_half_way_the_rest_is_not_told():
    bench = Bench()
    bench.hearing.take_words(bench.chunk, (ONE, TWO))
    bench.chunk.state = ChunkState.FAILED
    bench.place(30)
    bench.hear(30, 13.0)
    assert [event.word for event in bench.words] == ["One"]
    assert bench.heard == [13.0]


def test_where_the_synthesizer_cannot_tell_words_are_put_in_proportion_once():
    bench = Bench()
    for _ in range(3):
        bench.hearing.take_words(bench.chunk, ())
    assert [(word.start, word.start_s) for word in bench.chunk.words] == [(0, 0.0), (4, 0.5)]


def test_words_told_again_after_a_restart_are_passed_over():
    bench = Bench()
    bench.hearing.take_words(bench.chunk, (ONE,))
    bench.hearing.take_words(bench.chunk, (ONE, TWO))
    assert bench.chunk.words == [ONE, TWO]


def test_a_chunk_without_sound_has_been_heard_when_it_is_placed_and_not_before():
    bench = Bench()
    bench.chunk.end_frame = 0
    bench.hearing.complete(bench.chunk, 70.0)
    assert bench.hearing.next_at(70.0, playing=False) == 70.0
    bench.hearing.follow(paced=True)
    assert (bench.heard, bench.events) == ([70.0], [])


def test_what_was_cleared_is_passed_though_the_reader_does_not_say_so():
    bench = Bench()
    bench.buffer.push(np.ones(50, np.float32))
    bench.buffer.clear()
    assert bench.hearing.follow(paced=True) == 50


def test_of_a_cue_that_was_taken_out_nothing_more_is_told():
    for drop in (lambda b: b.hearing.drop(b.plan), lambda b: b.hearing.clear()):
        bench = Bench()
        bench.hearing.take_words(bench.chunk, (ONE, TWO))
        bench.place(100)
        bench.hear(20, 13.0)
        drop(bench)
        bench.hear(80, 14.0)
        assert [event.word for event in bench.words] == ["One"]
        assert bench.heard == []
