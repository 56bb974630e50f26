"""The assembler: blocks of many chunks, in playout order, into the audio buffer. Plain.

It puts the pauses between chunks, moves the gate that playout may not pass, and knows which frame
belongs to which chunk.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from .audio_tap import AudioTap
from .plan import ChunkState, CuePlan, PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .playout.buffer_ledger import NO_GATE
from .synthesis.synthesizer import Samples


@dataclass(frozen=True, slots=True)
class _Hole:
    """Frames in the audio buffer that nobody wants any more, with wanted ones before them."""

    begin: int
    end: int


class Assembler:
    """Takes blocks as they come, in any order of chunks, and pushes them in playout order.

    `on_placed` is told (with the time) when more of a chunk has its place in the audio buffer, and
    `on_complete` when its last frame has. What the audio buffer does not take stays with the
    chunk: the sequencer asks `ahead_s` before it orders more.
    """

    def __init__(
        self,
        buffer: AudioBuffer,
        on_placed: Callable[[PlannedChunk, float], None],
        on_complete: Callable[[PlannedChunk, float], None],
    ) -> None:
        self._buffer = buffer
        self._rate = buffer.sample_rate
        self._on_placed = on_placed
        self._on_complete = on_complete
        self.chunks: deque[PlannedChunk] = deque()
        """Planned and not wholly heard, in playout order."""
        self.resting_since: float | None = None
        """Since when the device has been silent, where it is: with nothing left to hear before
        it, a pause is shorter by that."""
        self.position = 0
        """All frames before this one have been heard or dropped, as far as was told."""
        self._placed = 0  # how many of `chunks` are complete in the audio buffer
        self._pause: Samples = np.zeros(0, np.float32)  # what is left of one that is being placed
        self._blocked = False  # the audio buffer is full
        self._holes: deque[_Hole] = deque()
        self._taps: list[AudioTap] = []

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` what becomes of the frames from now on."""
        self._taps.append(tap)
        tap.let_out(self._buffer.gate)
        tap.passed(self.position)

    @property
    def unheard_s(self) -> float:
        """Seconds of audio in the audio buffer that have not been heard."""
        return (self._buffer.written - self.position) / self._rate

    def ahead_s(self, *, ordered: bool = False) -> float:
        """Seconds of audio still to be placed, as far as known; `ordered`: only of those chunks
        that the worker has been given."""
        coming = islice(self.chunks, self._placed, None)
        if ordered:
            coming = (p for p in coming if p.state is not ChunkState.WAITING or p.blocks)
        return sum(planned.ahead_s(self._rate) for planned in coming)

    def append(self, planned: PlannedChunk) -> None:
        """Take a chunk, to be heard after those that are here already."""
        self.chunks.append(planned)

    def receive(self, planned: PlannedChunk, samples: Samples) -> None:
        """A block of a chunk has come; frames that came before a restart are dropped."""
        if planned.redone:
            dropped = min(planned.redone, samples.size)
            planned.redone -= dropped
            samples = samples[dropped:]
        if samples.size:
            planned.received += samples.size
            planned.unplaced += samples.size
            planned.blocks.append(samples)

    def pump(self, now: float) -> None:
        """Push what can be pushed."""
        self._blocked = False
        while self._placed < len(self.chunks):
            planned = self.chunks[self._placed]
            self._place(planned, now)
            if planned.blocks or not planned.over:
                return
            planned.end_frame = self._buffer.written
            if planned.first_frame is None:
                planned.first_frame = planned.start_frame = planned.end_frame
            self._placed += 1
            # Before the next one is pushed: it may have to be held back, and playout must not get
            # at its frames through a gate that stands open for the one that was being made.
            self.set_gate()
            self._on_complete(planned, now)

    def _place(self, planned: PlannedChunk, now: float) -> None:
        """Push what there is of a chunk, its pause first."""
        if not planned.blocks:
            return
        if planned.start_frame is None:
            self._place_pause(planned, now)
        if planned.start_frame is not None:
            # In one piece: each push rings the bell of the playout process.
            blocks = planned.blocks
            samples = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
            rest = self._push(planned, samples)
            planned.unplaced = rest.size
            planned.blocks = deque((rest,) if rest.size else ())
            self._on_placed(planned, now)

    def _place_pause(self, planned: PlannedChunk, now: float) -> None:
        if planned.first_frame is None:
            self._pause = np.zeros(round(self.pause_s(planned, now) * self._rate), np.float32)
            planned.first_frame = self._buffer.written
            if planned.cue.first_frame is None:
                planned.cue.first_frame = planned.first_frame
        if self._pause.size:
            self._pause = self._push(planned, self._pause)
        if not self._blocked:
            planned.start_frame = self._buffer.written

    def pause_s(self, planned: PlannedChunk, now: float) -> float:
        """Seconds of silence that are put before a chunk, by what is known now."""
        if planned.start_frame is not None and planned.first_frame is not None:
            return (planned.start_frame - planned.first_frame) / self._rate
        if self.resting_since is None or self.position < self._buffer.written:
            return planned.pause_s
        return max(planned.pause_s - (now - self.resting_since), 0.0)

    def _push(self, planned: PlannedChunk, samples: Samples) -> Samples:
        begin = self._buffer.written
        rest = self._buffer.push(samples)
        taken = samples.size - rest.size
        planned.cue.cue.audio_s += taken / self._rate
        for tap in self._taps:
            tap.pushed(begin, samples[:taken])
        self._blocked = rest.size > 0
        return rest

    def set_gate(self) -> None:
        """Let playout go as far as the chunks that are let out reach."""
        gate = self._gate()
        if self._holes:
            gate = min(gate, self._holes[0].begin)
        if gate != self._buffer.gate:
            self._buffer.set_gate(gate)
            for tap in self._taps:
                tap.let_out(gate)

    def _gate(self) -> int:
        after: PlannedChunk | None = None
        for planned in reversed(self.chunks):
            if planned.let_out_at_s is not None:
                if planned.end_frame is None:
                    return NO_GATE
                break
            after = planned
        # Where the first one begins that is held back: what lies before it has been let out.
        if after is None or after.first_frame is None:
            return self._buffer.written
        return after.first_frame

    def forget_heard(self, position: int) -> None:
        """All before `position` has been heard: take the chunks that lie there off the list."""
        self.position = max(position, self.position)
        for tap in self._taps:
            tap.passed(self.position)
        while self._placed and (end := self.chunks[0].end_frame) is not None and end <= position:
            self.chunks.popleft()
            self._placed -= 1

    def drop(self, plan: CuePlan) -> list[PlannedChunk]:
        """Take a cue's chunks off the list and their audio out; returns them.

        Audio that is to be heard next goes at once, what follows it is heard instead. With other
        audio before it, playout stops short of it and `pass_holes` leaps over it.
        """
        gone = [planned for planned in self.chunks if planned.cue is plan]
        if not gone:
            return gone
        kept = deque(planned for planned in self.chunks if planned.cue is not plan)
        first = next((i for i, planned in enumerate(self.chunks) if planned.cue is plan), 0)
        self.chunks = kept
        self._placed -= sum(planned.end_frame is not None for planned in gone)
        begin = gone[0].first_frame
        following = kept[first] if first < len(kept) else None
        if first == 0:
            self._begin_with(following, cut=begin is not None)
        elif begin is not None:
            next_frame = following.first_frame if following is not None else None
            self._make_hole(begin, self._buffer.written if next_frame is None else next_frame)
        return gone

    def _begin_with(self, following: PlannedChunk | None, *, cut: bool) -> None:
        """What was to be heard next has gone: `following` is heard at once, without its pause."""
        upto = self._buffer.written
        if following is not None:
            begin = following.first_frame
            following.pause_s = 0.0
            if following.start_frame is not None:
                upto = following.start_frame
            if begin is not None:  # its pause, or a part of it, is there
                following.cue.cue.audio_s -= (upto - begin) / self._rate
                following.first_frame = following.cue.first_frame = following.start_frame
        if cut:
            self.clear(upto)
        self.set_gate()

    def _make_hole(self, begin: int, end: int) -> None:
        self._holes.append(_Hole(begin, end))
        self._holes = deque(sorted(self._holes, key=lambda hole: hole.begin))
        self.set_gate()
        if self._buffer.taken > begin:  # the device has it already: it takes anew what is wanted
            self._buffer.clear(self.position)

    def pass_holes(self) -> bool:
        """Leap over what nobody wants, once all before it has been heard; true where it did."""
        passed = False
        while self._holes and self.position >= self._holes[0].begin:
            self.clear(self._holes[0].end)
            passed = True
        return passed

    def clear(self, upto: int) -> None:
        """Drop what has not been heard before the frame `upto`."""
        self._holes = deque(hole for hole in self._holes if hole.end > upto)
        self._buffer.clear(upto)
        for tap in self._taps:
            tap.cleared(self.position, upto)
        self.position = max(self.position, upto)

    def drop_all(self) -> list[PlannedChunk]:
        """Take all chunks off the list and all audio out; returns the chunks."""
        gone = list(self.chunks)
        self.chunks.clear()
        self._placed = 0
        self.clear(self._buffer.written)
        self.set_gate()
        return gone
