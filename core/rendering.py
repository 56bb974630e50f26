"""Speech for others than the narration: made as samples, not played, while the narration has no
need of the voice. Plain, but for the waiting of whoever reads it.

Each rendition has one chunk in work at most, and the one that has got least is next: of many at
once each gets its share, whatever the lengths of their texts.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import numpy as np

from .cue import Cue
from .errors import StateError, SynthesisError
from .plan import CuePlan, PlannedChunk
from .preparing import SteadyCut
from .speech_options import SpeechOptions
from .synthesis.synthesizer import Samples, SynthesisRequest
from .text.pauses import SCENE_PAUSE_S, pause_after_s
from .types import Priority
from .utterances import UtteranceChunk

AHEAD_S = 10.0
"""Seconds of audio that may wait for a reader; its next chunk is made once it has read on."""
MOST = 64
"""Renditions at once; further ones are refused."""
_FIRST_JOB = 1 << 50
"""Behind the numbers of all chunks that are heard or prepared."""


class Rendition:
    """The samples of one text, as they are made: iterate over it, or `cancel` it.

    Mono float32 blocks of shape (frames,) at `sample_rate`. Iterating raises `SynthesisError`
    where a part of it could not be spoken; what had been made comes first.
    """

    def __init__(self, cue: Cue, sample_rate: int, on_change: Callable[[], None]) -> None:
        self.cue = cue
        self.sample_rate = sample_rate
        self.given = 0
        """Frames that were made so far."""
        self.ended = False
        self.work: PlannedChunk | None = None
        """Its chunk that is being made, or waits to be made once more."""
        self.steady: SteadyCut | None = None
        self._on_change = on_change
        self._error: str | None = None
        self._blocks: deque[Samples] = deque()
        self._unread = 0
        self._changed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Samples]:
        while True:
            while self._blocks:
                block = self._blocks.popleft()
                self._unread -= block.size
                self._on_change()
                yield block
            if self.ended:
                break
            self._changed.clear()
            await self._changed.wait()
        if self._error is not None:
            raise SynthesisError(self._error)

    def cancel(self) -> None:
        """Nobody wants it any more. Idempotent."""
        self.ended = True
        self._blocks.clear()
        self._changed.set()
        self._on_change()

    @property
    def is_full(self) -> bool:
        """Whether its reader has enough to read."""
        return self._unread >= AHEAD_S * self.sample_rate

    def put(self, samples: Samples) -> None:
        """More of it was made."""
        self.given += samples.size
        if samples.size and not self.ended:
            self._blocks.append(samples)
            self._unread += samples.size
            self._changed.set()

    def end(self, error: str | None = None) -> None:
        """Nothing follows."""
        self.ended = True
        self._error = self._error or error
        self._changed.set()


class Renderer:
    """Gives the dispatcher the chunks of renditions, and renditions their samples.

    `pauses` tells whether silence is put between chunks.
    """

    def __init__(self, options: SpeechOptions, *, pauses: bool) -> None:
        self._options = options
        self._pauses = pauses
        self._renditions: list[Rendition] = []
        self._of: dict[int, Rendition] = {}
        self._jobs = _FIRST_JOB

    def add(self, rendition: Rendition) -> None:
        """Make one more; raises `StateError` where there are as many as may be."""
        self._forget_ended()
        if len(self._renditions) >= MOST:
            raise StateError(f"{MOST} texts are being spoken beside the narration: try again soon")
        self._renditions.append(rendition)

    def fail(self, reason: str) -> None:
        """Nothing can be made any more."""
        for rendition in self._renditions:
            rendition.end(reason)

    # for the dispatcher

    def next(self, now: float) -> PlannedChunk | None:
        """The next chunk of the one that has got least."""
        self._forget_ended()
        for rendition in sorted(self._renditions, key=lambda r: r.given):
            if rendition in self._of.values() or rendition.is_full:
                continue
            planned = rendition.work = rendition.work or self._cut(rendition, now)
            if planned is None:
                rendition.end()
            elif planned.voice is not None and planned.voice.failed:
                rendition.end(f"the voice {planned.voice.name} cannot be had")
            elif planned.voice is None or planned.voice.loaded:
                self._of[planned.job_id] = rendition
                return planned
        return None

    def put_back(self, planned: PlannedChunk) -> None:
        """The narration came: it is made once more, from its beginning, and what was given of it
        is not given again."""
        rendition = self._of.pop(planned.job_id)
        planned.redone = max(planned.redone, planned.received)
        planned.received = 0
        self._jobs += 1  # what is on its way still, under the old number, is not taken for it
        planned.job_id = self._jobs
        rendition.work = planned

    def block(self, planned: PlannedChunk, samples: Samples) -> None:
        """A block of a chunk came."""
        rendition = self._of[planned.job_id]
        if not planned.received and not planned.redone:
            rendition.put(np.zeros(round(planned.pause_s * rendition.sample_rate), np.float32))
        new = samples[max(planned.redone - planned.received, 0) :]
        planned.received += samples.size
        rendition.put(new)

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        """A chunk is complete, or could not be made: its rendition ends with it."""
        rendition = self._of.pop(planned.job_id)
        rendition.work = None
        if reason is not None:
            rendition.end(reason)

    def _forget_ended(self) -> None:
        self._renditions = [r for r in self._renditions if not r.ended]

    def _cut(self, rendition: Rendition, now: float) -> PlannedChunk | None:
        cue, options = rendition.cue, self._options
        if rendition.steady is None:
            usual = options.languages.own
            language = options.languages.of(cue, complete=True, waited_s=0.0) or usual
            rendition.steady = SteadyCut(cue, language, options)
        found = self._voiced(rendition.steady)
        if found is None:
            return None
        cut, request, pause_s = found
        self._jobs += 1
        return PlannedChunk(
            cue=CuePlan(cue, now),
            chunk=cut.chunk,
            job_id=self._jobs,
            request=replace(request, order=self._jobs),
            priority=Priority.PREFETCH,
            pause_s=pause_s,
            chunked_at_s=now,
            voice=cut.part.voice,
            for_later=True,
        )

    def _voiced(self, steady: SteadyCut) -> tuple[UtteranceChunk, SynthesisRequest, float] | None:
        """The next chunk in which there is something to say, and the silence before it."""
        asked_s, scene = 0.0, False
        while (found := steady.next_said()) is not None:
            asked_s += found.cut.pause_s
            scene = scene or found.cut.scene
            if found.request is None:
                continue
            pause_s = 0.0
            if found.after is not None and self._pauses:
                usual_s = SCENE_PAUSE_S if scene else pause_after_s(found.after)
                pause_s = usual_s / found.request.speed
            return found.cut, found.request, max(pause_s, asked_s)
        return None
