"""The assembler: blocks of many chunks, in playout order, into the audio buffer. Plain.

It puts the pauses between chunks, moves the gate that playout may not pass, and knows which frame
belongs to which chunk.
"""

from collections import deque
from collections.abc import Callable

import numpy as np

from .plan import ChunkState, PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .playout.buffer_ledger import NO_GATE
from .synthesis.synthesizer import Samples
from .types import WordTime

_NO_WORDS: tuple[WordTime, ...] = ()


class Assembler:
    """Takes blocks as they come, in any order of chunks, and pushes them in playout order.

    `on_placed` is told when a chunk's first frame has its place in the audio buffer, and
    `on_complete` when its last one has. What the audio buffer does not take stays with the chunk:
    the dispatcher asks `unplaced_s` before it orders more.
    """

    def __init__(
        self,
        buffer: AudioBuffer,
        on_placed: Callable[[PlannedChunk], None],
        on_complete: Callable[[PlannedChunk], None],
    ) -> None:
        self._buffer = buffer
        self._rate = buffer.sample_rate
        self._on_placed = on_placed
        self._on_complete = on_complete
        self.chunks: deque[PlannedChunk] = deque()
        """Planned and not wholly heard, in playout order."""
        self._placed = 0  # how many of `chunks` are complete in the audio buffer
        self._pause: Samples | None = None  # what is left of the pause before the current chunk
        self.resting_since: float | None = None
        """Since when the device has been silent, where it has: a wait counts as pause."""
        self.blocked = False
        """The audio buffer is full; `pump` again when there is room."""

    def append(self, planned: PlannedChunk) -> None:
        self.chunks.append(planned)

    def receive(self, planned: PlannedChunk, samples: Samples) -> None:
        """A block of a chunk has come; frames that came before a restart are dropped."""
        if planned.redone:
            dropped = min(planned.redone, samples.size)
            planned.redone -= dropped
            samples = samples[dropped:]
        if samples.size:
            planned.received += samples.size
            planned.blocks.append(samples)

    def pump(self, now: float) -> None:
        """Push what can be pushed."""
        self.blocked = False
        while self._placed < len(self.chunks) and not self.blocked:
            planned = self.chunks[self._placed]
            if planned.blocks and planned.start_frame is None:
                self._place_pause(planned, now)
            while planned.blocks and not self.blocked:
                self._place_block(planned)
            if self.blocked or planned.blocks or not planned.over:
                return
            planned.end_frame = self._buffer.written
            if planned.start_frame is None:
                planned.start_frame = planned.end_frame
            self._placed += 1
            self._on_complete(planned)

    def _place_pause(self, planned: PlannedChunk, now: float) -> None:
        if self._pause is None:
            waited_s = now - self.resting_since if self.resting_since is not None else 0.0
            frames = round(max(planned.pause_s - waited_s, 0.0) * self._rate)
            self._pause = np.zeros(frames, np.float32)
        self._pause = self._push(planned, self._pause)
        if not self.blocked:
            self._pause = None
            planned.start_frame = self._buffer.written
            self._on_placed(planned)

    def _place_block(self, planned: PlannedChunk) -> None:
        if planned.start_frame is None:
            return
        rest = self._push(planned, planned.blocks[0])
        if rest.size:
            planned.blocks[0] = rest
        else:
            planned.blocks.popleft()

    def _push(self, planned: PlannedChunk, samples: Samples) -> Samples:
        rest = self._buffer.push(samples)
        planned.cue.cue.audio_s += (samples.size - rest.size) / self._rate
        self.blocked = rest.size > 0
        return rest

    def set_gate(self) -> None:
        """Let playout go as far as the chunks that are let out reach."""
        gate = None
        for planned in self.chunks:
            if planned.let_out_at_s is None:
                break
            gate = planned.end_frame if planned.end_frame is not None else NO_GATE
        if gate is not None and gate != self._buffer.gate:
            self._buffer.set_gate(gate)

    def forget_heard(self, heard: int) -> list[PlannedChunk]:
        """Take the chunks that have wholly been heard off the list and return them."""
        gone: list[PlannedChunk] = []
        while self._placed and (end := self.chunks[0].end_frame) is not None and end <= heard:
            gone.append(self.chunks.popleft())
            self._placed -= 1
        return gone

    def drop(self, dropped: Callable[[PlannedChunk], bool]) -> list[PlannedChunk]:
        """Take chunks off the list, wherever they are; returns them. The caller clears the audio
        buffer where their audio lies."""
        gone = [planned for planned in self.chunks if dropped(planned)]
        if self._placed < len(self.chunks) and dropped(self.chunks[self._placed]):
            self._pause = None
        self._placed -= sum(planned.end_frame is not None for planned in gone)
        self.chunks = deque(planned for planned in self.chunks if not dropped(planned))
        return gone

    def unplaced_s(self) -> float:
        """Seconds of audio that the audio buffer has not taken yet."""
        waiting = (block.size for planned in self.chunks for block in planned.blocks)
        return sum(waiting) / self._rate

    def waiting(self) -> list[PlannedChunk]:
        """Chunks that nothing has been made of."""
        return [planned for planned in self.chunks if planned.state is ChunkState.WAITING]
