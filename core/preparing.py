"""Preparing cues: their chunks are made ahead, when nothing else wants the voice, and kept. Plain.

What is prepared is cut *steadily*: by the text alone, not by how much is buffered, so that the cue
is found to be prepared when it is spoken, today or in another session.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .cue import Cue
from .plan import CuePlan, PlannedChunk
from .speech_options import Recalls, SpeechOptions
from .spoken.spoken_text import SpokenText
from .synthesis.synthesizer import Samples, SynthesisRequest
from .text.pace import Pace
from .types import Boundary, Priority, WordTime
from .utterances import UtteranceChunk, Utterances
from .voice_in_use import Part

STEADY = Pace()
"""By which steady chunks are cut, whatever the voice has been learned to be like."""
_FIRST_JOB = 1 << 40
"""Behind the numbers of all chunks that are heard."""
_LOOK_CHARACTERS = 2000
"""How much of a text is cut at a time; its first chunk lies within."""


def steady_utterances(cue: Cue, language: str, options: SpeechOptions) -> Utterances:
    """What cuts a cue so that the cut depends on its text alone."""
    staging = options.staging
    return Utterances(
        staging.parser(cue),
        staging.director(cue),
        lambda part: options.chunker(cue, part, language, STEADY),
    )


@dataclass(frozen=True, slots=True)
class SteadyChunk:
    """A chunk of a steady cut."""

    cut: UtteranceChunk
    request: SynthesisRequest | None
    """What is asked of the synthesizer; None where there is nothing to say."""
    spoken: SpokenText | None
    """What is said for its text; None likewise."""
    after: Boundary | None
    """What comes before it ended with; None at the beginning."""


class SteadyCut:
    """The chunks of a whole text, one after another, with what is asked of the synthesizer."""

    def __init__(self, cue: Cue, language: str, options: SpeechOptions) -> None:
        self._cue, self._language, self._options = cue, language, options
        self._utterances = steady_utterances(cue, language, options)
        self._text = cue.text
        self._read = 0
        self._cut: deque[UtteranceChunk] = deque()
        self._ended = False
        self._before: tuple[Boundary, Part] | None = None

    def next_said(self) -> SteadyChunk | None:
        """The next chunk; None at the end."""
        cut = self._next()
        if cut is None:
            return None
        before = self._before
        said = self._options.request(
            self._cue, self._language, cut, continues=continues(before, cut.part)
        )
        if said is not None:
            self._before = (cut.chunk.boundary, cut.part)
        elif before is not None:
            self._before = (max(before[0], cut.chunk.boundary), before[1])
        request, spoken = said or (None, None)
        return SteadyChunk(cut, request, spoken, None if before is None else before[0])

    def _next(self) -> UtteranceChunk | None:
        while not self._cut and not self._ended:
            text = self._text[self._read : self._read + _LOOK_CHARACTERS]
            self._read += len(text)
            self._ended = not text
            more = self._utterances.finish(0.0) if self._ended else self._utterances.push(text, 0.0)
            self._cut.extend(more)
        return self._cut.popleft() if self._cut else None


def continues(before: tuple[Boundary, Part] | None, part: Part) -> bool:
    """Whether a chunk goes on in a sentence that the one `before` it began."""
    return before is not None and before[0] < Boundary.SENTENCE and before[1] == part


def is_prepared(cue: Cue, language: str, options: SpeechOptions, recalls: Recalls) -> bool:
    """Whether the first chunk of a steady cut of a whole cue is there."""
    steady = SteadyCut(cue, language, options)
    while (found := steady.next_said()) is not None:
        if found.request is not None:
            return recalls(found.cut.part.voice, found.request)
    return False


@dataclass(eq=False)
class Preparation:
    """A cue that is made ahead of its time."""

    cue: Cue
    """As it will be played."""
    chunks: int = 0
    """How many of its chunks have been looked at so far."""
    made: int = 0
    """How many of them are there, those included that were there before."""
    error: str | None = None
    """Why some of it could not be made; it will be tried again when it is spoken."""
    done: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def wait_done(self) -> None:
        """Wait until all of it is there, has failed or was given up."""
        await self._ended.wait()

    def chunk_ended(self, reason: str | None) -> None:
        """A chunk of it was made, or could not be."""
        self.made += reason is None
        self.error = self.error or reason

    def end(self) -> None:
        """All of it has been looked at."""
        self.done = True
        self._ended.set()


class Preparer:
    """Gives the dispatcher a chunk to make when nothing else is to be made.

    As many preparations wait as are added; each holds its text and no audio.
    """

    def __init__(self, options: SpeechOptions, recalls: Recalls) -> None:
        self._options = options
        self._recalls = recalls
        self._waiting: deque[Preparation] = deque()
        self._cut: SteadyCut | None = None  # of the first that waits
        self._again: deque[PlannedChunk] = deque()
        self._of: dict[int, Preparation] = {}
        self._jobs = _FIRST_JOB

    def add(self, preparation: Preparation) -> None:
        """Make a cue ahead, after those that wait already."""
        self._waiting.append(preparation)

    def cancel(self, preparation: Preparation) -> None:
        """Make no more of it; what was made stays."""
        if preparation in self._waiting:
            if self._waiting[0] is preparation:
                self._cut = None
            self._waiting.remove(preparation)
            preparation.end()
        self._again = deque(p for p in self._again if self._of.get(p.job_id) is not preparation)

    def next(self, now: float) -> PlannedChunk | None:
        """The next chunk to make; None where all is there."""
        if self._again:
            return self._again.popleft()
        while self._waiting:
            preparation = self._waiting[0]
            if (planned := self._next_of(preparation, now)) is not None:
                return planned
            self._waiting.popleft()
            self._cut = None
            if preparation not in self._of.values():
                preparation.end()
        return None

    def unwanted(self) -> list[PlannedChunk]:
        """None: what was made of a preparation that was given up stays of use."""
        return []

    def put_back(self, planned: PlannedChunk) -> None:
        """Something more urgent came: it is made later."""
        self._jobs += 1  # the end of the work that was cut off, under its number, is yet to be told
        self._of[self._jobs] = self._of.pop(planned.job_id)
        planned.job_id = self._jobs
        self._again.append(planned)

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None:
        """A block of a chunk came; whoever keeps speech has it."""

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        """A chunk is there, or could not be made."""
        preparation = self._of.pop(planned.job_id)
        preparation.chunk_ended(reason)
        if preparation not in self._waiting and preparation not in self._of.values():
            preparation.end()

    def _next_of(self, preparation: Preparation, now: float) -> PlannedChunk | None:
        cue, options = preparation.cue, self._options
        language = options.languages.of(cue, complete=True, waited_s=0.0) or options.languages.own
        if self._cut is None:
            self._cut = SteadyCut(cue, language, options)
        while (found := self._cut.next_said()) is not None:
            cut, request = found.cut, found.request
            if request is None:
                continue
            preparation.chunks += 1
            voice = cut.part.voice
            if voice.model is not None and self._recalls(voice, request):
                preparation.chunk_ended(None)
                continue
            self._jobs += 1
            self._of[self._jobs] = preparation
            return PlannedChunk(
                cue=CuePlan(cue, now),
                chunk=cut.chunk,
                job_id=self._jobs,
                request=replace(request, order=self._jobs),
                priority=Priority.PREFETCH,
                pause_s=0.0,
                chunked_at_s=now,
                voice=voice,
                for_later=True,
            )
        return None
