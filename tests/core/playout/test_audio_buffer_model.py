"""The audio buffer against a model of it that is a plain list, under any order of calls."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.buffer_ledger import NO_GATE
from skaldcast.core.types import AudioFormat

CAPACITY = 10
SIZES = st.integers(0, CAPACITY + 3)
OFFSETS = st.integers(-5, CAPACITY)


class LocalBuffer(RuleBasedStateMachine):
    """Both sides in one object: the reader notices a clear at once."""

    shared = False

    def __init__(self) -> None:
        super().__init__()
        self.open()
        self.frames: list[float] = []  # all ever written, by position
        self.gate = NO_GATE
        self.finished = self.starving = False
        self.taken = self.heard = self.heard_at = self.epoch = self.cleared = self.noticed = 0
        self.peak = self.overfill = self.stale = 0
        self.underruns = self.underrun_frames = self.padded = 0

    def open(self) -> None:
        self.writer = self.reader = AudioBuffer(AudioFormat(1), CAPACITY)

    def teardown(self) -> None:
        self.reader.close()
        self.writer.close()

    def notice(self) -> None:
        if self.cleared > self.noticed:
            self.noticed = self.cleared
            self.taken = max(self.taken, self.cleared)

    def writer_acts(self) -> None:
        if not self.shared:
            self.notice()

    @property
    def buffered(self) -> int:
        return len(self.frames) - max(self.heard, self.cleared)

    @property
    def available(self) -> int:
        return max(0, min(len(self.frames), self.gate) - self.taken)

    def take_from_model(self, count: int) -> list[float]:
        count = min(count, self.available)
        self.taken += count
        return self.frames[self.taken - count : self.taken]

    @rule(size=SIZES, gate=st.none() | OFFSETS, age=st.none() | st.integers(0, 1))
    def push(self, size: int, gate: int | None, age: int | None) -> None:
        self.writer_acts()
        written = len(self.frames)
        samples = np.arange(written, written + size, dtype=np.float32) + 100 * self.epoch
        position = None if gate is None else max(0, written + gate)
        epoch = None if age is None else self.epoch - age
        rest = self.writer.push(samples, gate=position, epoch=epoch)
        if age == 1:
            self.stale += size
            assert rest.size == 0
            return
        fits = min(size, CAPACITY - (written - max(self.heard, self.noticed)))
        assert rest.tolist() == samples[fits:].tolist()
        self.frames += samples[:fits].tolist()
        self.gate = self.gate if position is None else position
        self.finished = self.finished and size == 0
        self.overfill += size - fits
        self.peak = max(self.peak, self.buffered)

    @rule(gate=st.none() | OFFSETS)
    def set_gate(self, gate: int | None) -> None:
        self.writer_acts()
        self.gate = NO_GATE if gate is None else max(0, len(self.frames) + gate)
        self.writer.set_gate(self.gate)

    @rule(finished=st.booleans())
    def finish_or_reopen(self, finished: bool) -> None:
        self.writer_acts()
        self.finished = finished
        if finished:
            self.writer.finish()
        else:
            self.writer.reopen()

    @rule(upto=st.none() | OFFSETS)
    def clear(self, upto: int | None) -> None:
        self.writer_acts()
        written = len(self.frames)
        self.epoch += 1
        if upto is None:
            mark = written
            assert self.writer.clear() == self.epoch
        else:
            mark = max(0, self.heard + upto)
            assert self.writer.clear(mark) == self.epoch
        self.cleared = max(self.cleared, min(mark, written))

    @rule(size=SIZES)
    def take(self, size: int) -> None:
        self.notice()
        assert self.reader.take(size).tolist() == self.take_from_model(size)

    @rule(size=SIZES)
    def take_naming_an_epoch(self, size: int) -> None:
        seen = self.reader.epoch
        self.notice()
        expected = self.take_from_model(size) if seen == self.epoch else []
        assert self.reader.take(size, epoch=seen).tolist() == expected

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.notice()
        self.heard = data.draw(st.integers(self.heard, self.taken))
        self.heard_at += 1
        self.reader.release(self.heard, float(self.heard_at))
        assert self.writer.position().at_s == self.heard_at

    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        self.notice()
        frame = data.draw(st.integers(self.heard, self.taken))
        self.taken = max(frame, self.noticed)
        self.reader.rewind(frame)

    @rule(size=SIZES)
    def pop_block(self, size: int) -> None:
        self.notice()
        expected = self.take_from_model(size)
        padding = size - len(expected)
        assert self.reader.pop_block(size).tolist() == expected + [0.0] * padding
        self.heard = self.taken
        at_end = self.finished and self.taken >= len(self.frames)
        if at_end or self.taken >= self.gate:
            self.padded += padding
            padding = 0
        self.underrun_frames += padding
        self.underruns += padding > 0 and not self.starving
        self.starving = padding > 0

    @rule()
    def wait(self) -> None:
        self.notice()
        self.reader.wait(0.0)
        assert not self.reader.wait(0.0)
        assert self.reader.available == self.available
        assert self.reader.at_gate == (self.taken >= self.gate)
        assert self.reader.at_end == (self.finished and self.taken >= len(self.frames))

    @precondition(lambda self: self.shared)
    @rule()
    def restart_the_reader(self) -> None:
        self.reader.close()
        self.reader = AudioBuffer.attach(self.writer.handle)
        self.taken = max(self.heard, self.noticed)
        self.starving = False
        self.notice()

    @invariant()
    def counters_agree(self) -> None:
        self.writer_acts()
        found = self.writer.statistics()
        assert (found.written, found.taken, found.heard) == (
            len(self.frames),
            self.taken,
            self.heard,
        )
        assert (found.buffered_s, found.peak_s) == (self.buffered, self.peak)
        assert (found.epoch, found.gate, found.finished) == (self.epoch, self.gate, self.finished)
        assert (found.overfill_frames, found.stale_frames) == (self.overfill, self.stale)
        assert (found.underruns, found.underrun_frames, found.padded_frames) == (
            self.underruns,
            self.underrun_frames,
            self.padded,
        )


class SharedBuffer(LocalBuffer):
    """Two objects on shared memory: the reader notices a clear with its next call."""

    shared = True

    def open(self) -> None:
        self.writer = AudioBuffer.shared(AudioFormat(1), CAPACITY)
        self.reader = AudioBuffer.attach(self.writer.handle)


TestLocalBuffer = LocalBuffer.TestCase
TestSharedBuffer = SharedBuffer.TestCase
TestLocalBuffer.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestSharedBuffer.settings = TestLocalBuffer.settings
