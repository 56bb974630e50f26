"""Blocks of many chunks into one buffer, in playout order."""

import numpy as np
import pytest

from skaldcast.core.assembler import Assembler
from skaldcast.core.cue import Cue
from skaldcast.core.plan import ChunkState, CuePlan, PlannedChunk
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.buffer_ledger import NO_GATE
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.types import AudioFormat, Boundary, Chunk, Priority

RATE = 100
PAUSE_S = 0.5
PAUSE = round(PAUSE_S * RATE)


class Bench:
    def __init__(self, *cues: int, capacity_s: float = 100.0, pause_s: float = PAUSE_S) -> None:
        """With so many chunks for each cue."""
        self.buffer = AudioBuffer(AudioFormat(RATE), capacity_s)
        self.placed: list[PlannedChunk] = []
        self.complete: list[PlannedChunk] = []
        self.assembler = Assembler(
            self.buffer,
            lambda planned, _: self.placed.append(planned),
            lambda planned, _: self.complete.append(planned),
        )
        self.plans = [CuePlan(Cue(f"cue-{n}"), 0.0) for n in range(len(cues))]
        self.chunks: list[PlannedChunk] = []
        for plan, chunks in zip(self.plans, cues, strict=True):
            for _ in range(chunks):
                number = len(self.chunks)
                self.chunks.append(planned_chunk(plan, number, pause_s if number else 0.0))
                self.assembler.append(self.chunks[-1])
        self.assembler.set_gate()

    def make(self, number: int, *blocks: int, over: bool = True) -> None:
        """Blocks of so many frames come, of a value by which the chunk is known."""
        chunk = self.chunks[number]
        for frames in blocks:
            self.assembler.receive(chunk, np.full(frames, number + 1, np.float32))
        if over:
            chunk.state = ChunkState.MADE
        self.assembler.pump(0.0)

    def let_out(self, *numbers: int) -> None:
        for number in numbers:
            self.chunks[number].let_out_at_s = 0.0
        self.assembler.set_gate()

    def hear(self, frames: int) -> list[float]:
        samples = self.buffer.take(frames)
        self.buffer.release(self.buffer.taken)
        self.assembler.forget_heard(max(self.buffer.heard, self.buffer.cleared))
        if self.assembler.pass_holes():
            self.assembler.set_gate()
        return samples.tolist()

    def hear_all(self) -> list[tuple[float, int]]:
        """Values and how many frames of each, until nothing more comes."""
        runs: list[tuple[float, int]] = []
        while samples := self.hear(7):
            for value in samples:
                if runs and runs[-1][0] == value:
                    runs[-1] = (value, runs[-1][1] + 1)
                else:
                    runs.append((value, 1))
        return runs


def planned_chunk(plan: CuePlan, number: int, pause_s: float) -> PlannedChunk:
    return PlannedChunk(
        cue=plan,
        chunk=Chunk("Hello.", Boundary.SENTENCE, estimated_s=3.0),
        job_id=number,
        request=SynthesisRequest("Hello.", "voice"),
        priority=Priority.DEMAND,
        pause_s=pause_s,
        chunked_at_s=0.0,
    )


def test_chunks_are_put_in_order_with_their_pauses_whatever_order_they_are_made_in():
    bench = Bench(3)
    bench.make(2, 10)
    bench.make(1, 5, 5)
    assert bench.buffer.written == 0
    bench.make(0, 20)
    bench.let_out(0, 1, 2)
    assert bench.hear_all() == [(1, 20), (0, PAUSE), (2, 10), (0, PAUSE), (3, 10)]
    assert bench.complete == bench.chunks
    assert bench.plans[0].cue.audio_s == pytest.approx(1.4)


def test_blocks_are_placed_as_they_come():
    bench = Bench(1)
    bench.make(0, 10, over=False)
    assert (bench.buffer.written, bench.chunks[0].start_frame) == (10, 0)
    assert bench.chunks[0].end_frame is None
    bench.make(0, 5)
    assert bench.chunks[0].end_frame == 15


def test_frames_that_come_once_more_are_dropped():
    bench = Bench(1)
    bench.make(0, 10, over=False)
    bench.chunks[0].redone = 10
    bench.make(0, 4, 8, 3)
    bench.let_out(0)
    assert bench.hear_all() == [(1, 15)]


def test_a_chunk_without_audio_takes_no_place_and_no_pause():
    bench = Bench(3)
    bench.make(0, 10)
    bench.make(1)
    bench.make(2, 10)
    bench.let_out(0, 1, 2)
    assert bench.hear_all() == [(1, 10), (0, PAUSE), (3, 10)]
    assert bench.chunks[1].start_frame == bench.chunks[1].end_frame == 10


def test_a_full_buffer_keeps_audio_with_the_chunk_until_there_is_room():
    bench = Bench(2, capacity_s=0.3)
    bench.let_out(0, 1)
    bench.make(0, 50)
    bench.make(1, 20)
    assert bench.chunks[0].unplaced == 20
    heard: list[float] = []
    for _ in range(40):
        heard += bench.hear(7)
        bench.assembler.pump(0.0)
        bench.assembler.set_gate()
    assert heard == [1.0] * 50 + [0.0] * PAUSE + [2.0] * 20


@pytest.mark.parametrize(("rested_s", "pause"), [(0.0, 50), (0.2, 30), (9.0, 0)])
def test_a_rest_is_a_part_of_the_pause(rested_s: float, pause: int):
    bench = Bench(2)
    bench.make(0, 10)
    bench.let_out(0)
    bench.hear(10)
    bench.assembler.resting_since = -rested_s
    bench.make(1, 10)
    bench.let_out(1)
    assert bench.hear_all() == [*([(0.0, pause)] if pause else []), (2.0, 10)]
    assert bench.assembler.pause_s(bench.chunks[1], 0.0) == pause / RATE


def test_a_rest_in_the_middle_of_what_was_made_is_not():
    bench = Bench(2)
    bench.make(0, 10)
    bench.let_out(0)
    bench.hear(5)
    bench.assembler.resting_since = -9.0
    bench.make(1, 10)
    bench.let_out(1)
    assert bench.hear_all() == [(1, 5), (0, PAUSE), (2, 10)]


def test_the_gate_stands_at_the_end_of_what_is_let_out():
    bench = Bench(3)
    assert bench.buffer.gate == 0
    bench.make(0, 10, over=False)
    bench.let_out(0)
    assert bench.buffer.gate == NO_GATE
    bench.make(0, 5)
    bench.make(1, 10)
    bench.let_out(0)
    assert bench.buffer.gate == 15
    bench.let_out(1)
    assert bench.buffer.gate == 15 + PAUSE + 10


def test_the_gate_closes_again_when_a_chunk_that_was_let_out_half_made_is_dropped():
    bench = Bench(1, 1)
    bench.make(0, 10, over=False)
    bench.let_out(0)
    bench.assembler.drop(bench.plans[0])
    bench.make(1, 10)
    assert bench.hear_all() == []
    bench.let_out(1)
    assert bench.hear_all() == [(2, 10)]


def test_what_is_dropped_first_is_left_at_once_and_what_follows_has_no_pause():
    bench = Bench(1, 1, 1)
    for number in range(3):
        bench.make(number, 10)
    bench.let_out(0, 1, 2)
    bench.hear(4)
    assert bench.assembler.drop(bench.plans[0]) == [bench.chunks[0]]
    assert bench.hear_all() == [(2, 10), (0, PAUSE), (3, 10)]
    assert bench.plans[1].cue.audio_s == pytest.approx(0.1)


def test_what_follows_has_no_pause_though_it_was_not_made_yet():
    bench = Bench(1, 1)
    bench.make(0, 10)
    bench.assembler.drop(bench.plans[0])
    bench.make(1, 10)
    bench.let_out(1)
    assert bench.hear_all() == [(2, 10)]


def test_half_a_pause_in_a_full_buffer_goes_with_what_was_before_it():
    bench = Bench(1, 1, capacity_s=0.3)
    bench.make(0, 10)
    bench.make(1, 10)
    assert bench.buffer.written == 30
    bench.assembler.drop(bench.plans[0])
    bench.assembler.pump(0.0)
    bench.let_out(1)
    heard: list[float] = []
    for _ in range(10):
        heard += bench.hear(7)
        bench.assembler.pump(0.0)
        bench.assembler.set_gate()
    assert heard == [2.0] * 10
    assert bench.plans[1].cue.audio_s == pytest.approx(0.1)


def test_half_a_pause_goes_with_the_chunk_that_it_was_for():
    bench = Bench(1, 1, capacity_s=0.3)
    bench.make(0, 10)
    bench.make(1, 10)
    bench.assembler.drop(bench.plans[1])
    bench.let_out(0)
    assert bench.hear_all() == [(1, 10)]
    assert list(bench.assembler.chunks) == []


def test_what_is_dropped_from_the_middle_is_leapt_over():
    bench = Bench(1, 1, 1)
    for number in range(3):
        bench.make(number, 10)
    bench.let_out(0, 1, 2)
    bench.assembler.drop(bench.plans[1])
    assert bench.hear_all() == [(1, 10), (0, PAUSE), (3, 10)]


def test_what_is_dropped_from_the_end_is_not_heard_and_what_comes_later_is():
    bench = Bench(1, 1, 1)
    bench.make(0, 10)
    bench.make(1, 10, over=False)
    bench.let_out(0, 1)
    bench.assembler.drop(bench.plans[1])
    bench.make(2, 10)
    bench.let_out(2)
    assert bench.hear_all() == [(1, 10), (0, PAUSE), (3, 10)]


def test_holes_may_lie_side_by_side_and_come_in_any_order():
    bench = Bench(1, 1, 1, 1, 1)
    for number in range(5):
        bench.make(number, 10)
    bench.let_out(0, 1, 2, 3, 4)
    for number in (3, 1, 2):
        bench.assembler.drop(bench.plans[number])
    assert bench.hear_all() == [(1, 10), (0, PAUSE), (5, 10)]


def test_a_hole_goes_with_what_was_before_it():
    bench = Bench(1, 1, 1)
    for number in range(3):
        bench.make(number, 10)
    bench.let_out(0, 1, 2)
    bench.assembler.drop(bench.plans[1])
    bench.assembler.drop(bench.plans[0])
    assert bench.hear_all() == [(3, 10)]


def test_what_the_device_has_taken_already_is_taken_back():
    bench = Bench(1, 1)
    for number in range(2):
        bench.make(number, 10)
    bench.let_out(0, 1)
    bench.buffer.take(100)
    epoch = bench.buffer.epoch
    bench.assembler.drop(bench.plans[1])
    assert bench.buffer.epoch > epoch
    bench.buffer.rewind(bench.buffer.heard)
    assert bench.hear_all() == [(1, 10)]


def test_a_cue_without_chunks_is_dropped_without_a_trace():
    bench = Bench(1, 0)
    bench.make(0, 10)
    epoch = bench.buffer.epoch
    assert bench.assembler.drop(bench.plans[1]) == []
    assert bench.buffer.epoch == epoch


def test_all_can_be_dropped_and_new_chunks_taken():
    bench = Bench(2)
    bench.make(0, 10)
    bench.let_out(0, 1)
    assert bench.assembler.drop_all() == bench.chunks
    assert bench.hear_all() == []
    bench.chunks.append(planned_chunk(bench.plans[0], 2, 0.0))
    bench.assembler.append(bench.chunks[2])
    bench.make(2, 10)
    assert bench.hear_all() == []
    bench.let_out(2)
    assert bench.hear_all() == [(3, 10)]


def test_what_is_ahead_is_what_was_made_and_what_is_expected():
    bench = Bench(3)
    assert bench.assembler.ahead_s() == 9.0
    assert bench.assembler.ahead_s(ordered=True) == 0.0
    bench.chunks[0].state = bench.chunks[1].state = ChunkState.RUNNING
    assert bench.assembler.ahead_s(ordered=True) == 6.0
    bench.make(1, 100, over=False)
    assert bench.assembler.ahead_s(ordered=True) == 6.0
    bench.make(0, 250)
    assert bench.assembler.ahead_s(ordered=True) == 2.0
    assert bench.assembler.unheard_s == pytest.approx(2.5 + PAUSE_S + 1.0)
