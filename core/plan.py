"""What is to be spoken: cues in their order, and the chunks they were cut into. Plain."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from .cue import Cue
from .synthesis.synthesizer import Samples, SynthesisRequest
from .text.chunker import Chunker
from .types import Chunk, WordTime

_FEED_CHARACTERS = 2000
"""Given to the chunker at a time, so that a line of 10 MB is cut as it is spoken."""


class ChunkState(Enum):
    """Where a chunk is on its way to the audio buffer."""

    WAITING = "waiting"
    RUNNING = "running"
    MADE = "made"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class PlannedChunk:
    """A chunk on its way from text to the audio buffer."""

    cue: "CuePlan"
    chunk: Chunk
    job_id: int
    request: SynthesisRequest
    pause_s: float
    """Silence before it, by what the chunk before ended with."""
    chunked_at_s: float
    state: ChunkState = ChunkState.WAITING
    attempts: int = 0
    started_at_s: float | None = None
    first_block_at_s: float | None = None
    last_block_at_s: float | None = None
    blocks_received: int = 0
    blocks: deque[Samples] = field(default_factory=deque[Samples])
    """Audio that the audio buffer has not taken yet."""
    words: list[WordTime] = field(default_factory=list[WordTime])
    received: int = 0
    """Frames that came in all."""
    redone: int = 0
    """Frames that came before and are dropped now that the chunk is made once more."""
    start_frame: int | None = None
    """Its first frame in the audio buffer, once known."""
    end_frame: int | None = None
    """Just past its last frame in the audio buffer, once all of it is there."""
    let_out_at_s: float | None = None
    """When playout was allowed to play it; None while it is held back."""

    @property
    def over(self) -> bool:
        """Nothing more will come from the synthesizer."""
        return self.state in (ChunkState.MADE, ChunkState.FAILED)


def speakable(text: str) -> str:
    """`text` as a synthesizer takes it: control characters become spaces, outer ones go."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def is_voiced(text: str) -> bool:
    """Whether there is anything to say in it: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)


class CuePlan:
    """A cue's text on its way through the chunker."""

    def __init__(self, cue: Cue) -> None:
        self.cue = cue
        self.text_finished = False
        self.all_chunked = False
        self.unheard = 0
        """Chunks that have not been heard, failed or been dropped."""
        self.chunks_failed = 0
        self.first_frame: int | None = None
        """Where its audio begins in the audio buffer, once known."""
        self._pending: deque[str] = deque()
        self._chunker: Chunker | None = None

    @property
    def started(self) -> bool:
        """Whether chunking has begun."""
        return self._chunker is not None

    @property
    def pending_characters(self) -> int:
        return sum(map(len, self._pending))

    @property
    def waits_for_text(self) -> bool:
        """All that came has been given to the chunker, and more may come."""
        return not self._pending and not self.text_finished

    def push(self, text: str) -> None:
        """More text of the cue has come."""
        self.cue.add_text(text)
        self._pending.append(text)

    def begin(self, chunker: Chunker) -> None:
        """Chunk its text from the start with `chunker`."""
        self._chunker = chunker

    def restart(self) -> None:
        """Forget what was chunked: it is spoken anew from its first word, later."""
        self._chunker = None
        self._pending = deque([self.cue.text])
        self.all_chunked = False
        self.unheard = 0
        self.first_frame = None
        self.cue.audio_s = 0.0

    def next_chunks(self, now: float) -> list[Chunk]:
        """Feed the chunker until it lets something go, all has been fed, or the text is over."""
        assert self._chunker is not None
        while self._pending:
            piece = self._pending.popleft()
            if len(piece) > _FEED_CHARACTERS:
                self._pending.appendleft(piece[_FEED_CHARACTERS:])
            if chunks := self._chunker.push(piece[:_FEED_CHARACTERS], now):
                return chunks
        if self.text_finished and not self.all_chunked:
            self.all_chunked = True
            return self._chunker.finish()
        return []

    def release(self, now: float, buffered_s: float) -> list[Chunk]:
        """What the chunker lets go because the source has stalled."""
        if self._chunker is None or not self.waits_for_text:
            return []
        return self._chunker.release(now, buffered_s=buffered_s)

    def deadline(self) -> float | None:
        """When `release` may next let something go."""
        if self._chunker is None or not self.waits_for_text:
            return None
        return self._chunker.deadline()


def audio_ahead_s(chunks: Iterable[PlannedChunk], sample_rate: int) -> float:
    """Seconds of audio that these chunks still bring to the audio buffer, as far as known."""
    total = 0.0
    for planned in chunks:
        if planned.over:
            total += sum(block.size for block in planned.blocks) / sample_rate
        else:
            total += max(planned.chunk.estimated_s - planned.received / sample_rate, 0.0)
            total += sum(block.size for block in planned.blocks) / sample_rate
    return total
