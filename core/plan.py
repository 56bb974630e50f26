"""What is to be spoken: cues in their order, and the chunks they were cut into. Plain."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

from .cue import Cue
from .errors import StateError
from .spoken.spoken_text import SpokenText, plain
from .synthesis.synthesizer import Samples, SynthesisRequest
from .types import Chunk, Outcome, Priority, WordTime
from .utterances import Offsets, UtteranceChunk, Utterances, cue_offset
from .voice_in_use import VoiceInUse

_FEED_CHARACTERS = 2000
"""Given to the chunker at a time, so that a line of 10 MB is cut as it is spoken."""


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """A word as it stands in the text, and when it is spoken."""

    word: str
    start: int
    """Where it begins in the cue's text, in characters."""
    start_s: float
    """Seconds from the chunk's beginning."""
    duration_s: float


class ChunkState(Enum):
    """Where a chunk is on its way to the audio buffer."""

    WAITING = "waiting"
    RUNNING = "running"
    MADE = "made"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class PlannedChunk:
    """A chunk on its way from text to the audio buffer. Frames are those of the audio buffer."""

    cue: "CuePlan"
    chunk: Chunk
    job_id: int
    request: SynthesisRequest
    priority: Priority
    pause_s: float
    """Silence that is due before it, by what the chunk before ended with."""
    chunked_at_s: float
    voice: VoiceInUse | None = None
    """What speaks it; None is the narrator's voice."""
    spoken: SpokenText | None = None
    """What is said for the chunk's text; None where it is said as it is written."""
    offsets: Offsets = ()
    """Where stretches of the chunk's text stand in the cue's; empty where it is one stretch."""
    teaches: bool = False
    """Its voice's pace can be learned from it."""
    for_later: bool = False
    """It is prepared, to be kept: it is not heard now."""
    recalled: bool = False
    """Its speech was made before and is kept: it comes at once."""
    state: ChunkState = ChunkState.WAITING
    attempts: int = 0
    started_at_s: float | None = None
    first_block_at_s: float | None = None
    last_block_at_s: float | None = None
    blocks_received: int = 0
    blocks: deque[Samples] = field(default_factory=deque[Samples])
    """Audio that the audio buffer has not taken yet."""
    unplaced: int = 0
    """Frames in `blocks`."""
    words: list[WordTime] = field(default_factory=list[WordTime])
    begun: bool = False
    """Its beginning is on the timeline."""
    words_placed: int = 0
    """How many of `words` are."""
    received: int = 0
    """Frames that came in all."""
    redone: int = 0
    """Frames that came before and are dropped now that the chunk is made once more."""
    first_frame: int | None = None
    """Where its pause begins, once known."""
    start_frame: int | None = None
    """Where its own audio begins, once known."""
    end_frame: int | None = None
    """Just past its last frame, once all of it is there."""
    let_out_at_s: float | None = None
    """When playout was allowed to play it; None while it is held back."""

    @property
    def over(self) -> bool:
        """Nothing more will come from the synthesizer."""
        return self.state in (ChunkState.MADE, ChunkState.FAILED)

    def cue_offset(self, offset: int) -> int:
        """Where in the cue's text the character stands that is at `offset` of the chunk's."""
        return cue_offset(self.chunk, self.offsets, offset)

    def written(self, word: WordTime) -> tuple[int, int]:
        """The stretch of the chunk's text that a spoken word stands for."""
        spoken = self.spoken or plain(self.chunk.text)
        return spoken.written_span(word.start, word.end)

    def add_words(self, words: Iterable[WordTime]) -> None:
        """A block's word times, those told before a restart passed over."""
        told = self.words[-1].end if self.words else 0
        self.words += [word for word in words if word.start >= told]

    def written_word(self, index: int) -> WrittenWord | None:
        """The written word that a spoken one of `words` begins; None where one before it did: many
        may stand for one ("2d6+3")."""
        word = self.words[index]
        start, end = self.written(word)
        if index and self.written(self.words[index - 1]) == (start, end):
            return None
        end_s = word.end_s
        for later in islice(self.words, index + 1, None):
            if self.written(later) != (start, end):
                break
            end_s = later.end_s
        return WrittenWord(
            self.chunk.text[start:end], self.cue_offset(start), word.start_s, end_s - word.start_s
        )

    def ahead_s(self, sample_rate: int) -> float:
        """Seconds of audio that it still brings to the audio buffer, as far as known."""
        ahead_s = self.unplaced / sample_rate
        if not self.over:
            ahead_s += max(self.chunk.estimated_s - self.received / sample_rate, 0.0)
        return ahead_s


def is_voiced(text: str) -> bool:
    """Whether there is anything to say in it: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)


@dataclass(slots=True)
class Backlog:
    """How much text waits in all cues together: a sum that is asked for at every piece of text."""

    characters: int = 0


class CuePlan:
    """A cue's text on its way into chunks; `backlog` is told of what waits."""

    def __init__(self, cue: Cue, now: float, backlog: Backlog | None = None) -> None:
        self.cue = cue
        self._backlog = backlog or Backlog()
        self.text_finished = False
        self.text_came_at = now
        """When text of it came last, or the cue itself."""
        self.text_began_at: float | None = None
        """When the first text of it came; None before."""
        self.language = ""
        """What it is spoken in (BCP 47), known once chunking has begun."""
        self.failed = False
        """A part of it could not be spoken, or its text broke off."""
        self.unheard = 0
        """Chunks that have not been heard, failed or been dropped."""
        self.first_frame: int | None = None
        """Where its audio begins in the audio buffer, once known."""
        self.pending_characters = 0
        """Text that has not been read for chunks yet."""
        self._given_out = 0  # how far its text has been given out in chunks
        self._pending: deque[str] = deque()
        self._fed = 0  # characters of the first pending piece that have been read
        # Chunks whose turn has not come; one feed's at most.
        self._cut: deque[UtteranceChunk] = deque()
        self._utterances: Utterances | None = None
        self._closed = False

    @property
    def started(self) -> bool:
        """Whether chunking has begun."""
        return self._utterances is not None

    @property
    def outcome_of_cut(self) -> Outcome:
        """How the cue ends where it is taken back now."""
        return Outcome.SKIPPED if self.cue.started_s is None else Outcome.INTERRUPTED

    @property
    def all_chunked(self) -> bool:
        """All of its text has been given out in chunks."""
        return self._closed and not self._cut

    @property
    def characters_left(self) -> int:
        """Text that has come and was not given out in chunks."""
        return max(len(self.cue.text) - max(self._given_out, self.cue.begin), 0)

    @property
    def waits_for_text(self) -> bool:
        """All that came has been given out, as far as it can be, and more may come."""
        return not (self._pending or self._cut or self.text_finished)

    def push(self, text: str, now: float) -> None:
        """More text of the cue has come; raises `StateError` where it was complete already."""
        if self.text_finished:
            raise StateError(f"the text of cue {self.cue.cue_id} is complete: play another cue")
        if not text:
            return
        self.text_came_at = now
        if self.text_began_at is None:
            self.text_began_at = now
        self.cue.add_text(text)
        self._pending.append(text)
        self._count(len(text))

    def begin(self, utterances: Utterances, language: str) -> None:
        """Chunk its text, in `language`, from the start by `utterances`."""
        self._utterances = utterances
        self.language = language

    def restart(self) -> None:
        """Forget what was chunked: it is spoken anew from its first word, later."""
        self._utterances = None
        self._given_out = 0
        self._pending = deque(filter(None, [self.cue.text]))
        self._fed = 0
        self._count(len(self.cue.text) - self.pending_characters)
        self._cut.clear()
        self._closed = False
        self.unheard = 0
        self.first_frame = None
        self.cue.audio_s = 0.0

    def next_chunk(self, now: float, ahead_s: Callable[[], float]) -> UtteranceChunk | None:
        """The next chunk, where there is one: by its text, its end, or because the source has
        stalled with `ahead_s` seconds of audio still to be heard."""
        assert self._utterances is not None
        while not self._cut and (self._pending or self.text_finished) and not self._closed:
            self._cut.extend(self._feed(self._utterances))
        if self.waits_for_text:
            self._cut.extend(self._utterances.release(now, buffered_s=ahead_s()))
        if not self._cut:
            return None
        cut = self._cut.popleft()
        self._given_out = cut.end
        return cut

    def _feed(self, utterances: Utterances) -> list[UtteranceChunk]:
        if not self._pending:
            self._closed = True
            return utterances.finish(self.text_came_at)
        piece = self._pending[0]
        fed = piece[self._fed : self._fed + _FEED_CHARACTERS]
        self._fed += len(fed)
        self._count(-len(fed))
        if self._fed == len(piece):
            self._pending.popleft()
            self._fed = 0
        return utterances.push(fed, self.text_came_at)

    def forget_text(self) -> None:
        """What waits of it will not be spoken."""
        self._count(-self.pending_characters)

    def _count(self, characters: int) -> None:
        self.pending_characters += characters
        self._backlog.characters += characters

    def deadline(self) -> float | None:
        """When it may next let something go though no text has come."""
        if self._utterances is None or not self.waits_for_text:
            return None
        return self._utterances.deadline()
