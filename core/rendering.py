"""Speech for others than the narration: made as samples, not played, while the narration has no
need of the voice. Plain, but for the waiting of whoever reads it.

Each rendition has one chunk in work at most, and the one that has got least is next: of many at
once each gets its share, whatever the lengths of their texts.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import numpy as np

from .cue import Cue
from .errors import StateError, SynthesisError
from .plan import CuePlan, PlannedChunk, WrittenWord
from .preparing import SteadyChunk, SteadyCut
from .speech_options import SpeechOptions
from .synthesis.synthesizer import Samples, SynthesisRequest
from .synthesis.word_times import proportional_words
from .text.pauses import SCENE_PAUSE_S, pause_after_s
from .types import Priority, WordTime

AHEAD_S = 10.0
"""Seconds of audio that may wait for a reader; its next chunk is made once it has read on."""
MOST = 64
"""Renditions at once; further ones are refused."""
_MOST_UNSAID = 50
"""Chunks without a word that are looked through in one go: a text of dots must not hold main."""
_FIRST_JOB = 1 << 50
"""Behind the numbers of all chunks that are heard or prepared."""


class Rendition:
    """The samples of one text, as they are made: iterate over it, or `cancel` it.

    Mono float32 blocks of shape (frames,) at `sample_rate`. Iterating raises `SynthesisError`
    where a part of it could not be spoken; what had been made comes first. `options` says how it is
    spoken, where not as the narration is. With `keeps_words` the times of its words are kept.
    """

    def __init__(
        self,
        cue: Cue,
        sample_rate: int,
        on_change: Callable[[], None],
        *,
        options: SpeechOptions | None = None,
        keeps_words: bool = False,
    ) -> None:
        self.cue = cue
        self.options = options
        self.frames = 0
        """Frames that were made so far."""
        self.keeps_words = keeps_words
        self._words: list[WrittenWord] = []
        self.sample_rate = sample_rate
        self.share = 0
        """Frames that were made so far, counted from what the others had got when it came."""
        self.ended = False
        self.work: PlannedChunk | None = None
        """Its chunk that is being made, or waits to be made once more."""
        self.steady: SteadyCut | None = None
        self.cut_whole = False
        """There are no more chunks in its text."""
        self.asked_s = 0.0
        """Silence asked for by chunks in which there was nothing to say."""
        self.scene = False
        """A new scene begins, by such a chunk."""
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

    def take_words(self) -> list[WrittenWord]:
        """The words whose times became known since the last call, in their order, each from the
        beginning of the rendition; no later than the end of their audio, or a chunk after it."""
        taken, self._words = self._words, []
        return taken

    def cancel(self) -> None:
        """Nobody wants it any more. Idempotent."""
        self.ended = True
        self._blocks.clear()
        self._changed.set()
        self._on_change()

    def look_again(self) -> None:
        """Have the renderer asked once more, when others have had their turn."""
        self._on_change()

    @property
    def is_full(self) -> bool:
        """Whether its reader has enough to read."""
        return self._unread >= AHEAD_S * self.sample_rate

    def put(self, samples: Samples) -> None:
        """More of it was made."""
        self.share += samples.size
        self.frames += samples.size
        if samples.size and not self.ended:
            self._blocks.append(samples)
            self._unread += samples.size
            self._changed.set()

    def put_words(self, planned: PlannedChunk) -> None:
        """A chunk is complete: the words of it, whose times stay within its audio."""
        begin, rate = planned.start_frame, self.sample_rate
        if not self.keeps_words or begin is None:
            return
        planned.words = planned.words or list(
            proportional_words(planned.request.text, planned.received / rate)
        )
        for index in range(len(planned.words)):
            if (word := planned.written_word(index)) is not None:
                inside_s = min(max(word.start_s, 0.0), planned.received / rate)
                self._words.append(replace(word, start_s=begin / rate + inside_s))

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
        self._of: dict[PlannedChunk, Rendition] = {}
        self._jobs = _FIRST_JOB

    def add(self, rendition: Rendition) -> None:
        """Make one more; raises `StateError` where there are as many as may be."""
        self._forget_ended()
        if len(self._renditions) >= MOST:
            raise StateError(f"{MOST} texts are being spoken beside the narration: try again soon")
        # Many that come one after another must not keep a long one waiting for ever.
        rendition.share = min((r.share for r in self._renditions), default=0)
        self._renditions.append(rendition)

    def fail(self, reason: str) -> None:
        """Nothing can be made any more."""
        for rendition in self._renditions:
            rendition.end(reason)

    # for the dispatcher

    def next(self, now: float) -> PlannedChunk | None:
        """The next chunk of the one that has got least."""
        self._forget_ended()
        for rendition in sorted(self._renditions, key=lambda r: r.share):
            if rendition in self._of.values() or rendition.is_full:
                continue
            self._look_for_work(rendition, now)
            planned = rendition.work
            if planned is None:
                continue
            if planned.voice is not None and planned.voice.failed:
                rendition.end(f"the voice {planned.voice.name} cannot be had")
            elif planned.voice is None or planned.voice.loaded:
                self._of[planned] = rendition
                return planned
        return None

    def unwanted(self) -> list[PlannedChunk]:
        """Chunks in work whose renditions were cancelled; the dispatcher forgets them."""
        gone = [planned for planned, rendition in self._of.items() if rendition.ended]
        for planned in gone:
            del self._of[planned]
        return gone

    def put_back(self, planned: PlannedChunk) -> None:
        """The narration came: it is made once more, from its beginning, and what was given of it
        is not given again."""
        rendition = self._of.pop(planned)
        planned.redone = max(planned.redone, planned.received)
        planned.received = 0
        self._jobs += 1  # what is on its way still, under the old number, is not taken for it
        planned.job_id = self._jobs
        rendition.work = planned

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None:
        """A block of a chunk came."""
        rendition = self._of[planned]
        if not planned.received and not planned.redone:
            rendition.put(np.zeros(round(planned.pause_s * rendition.sample_rate), np.float32))
            planned.start_frame = rendition.frames
        planned.add_words(words)
        new = samples[max(planned.redone - planned.received, 0) :]
        planned.received += samples.size
        rendition.put(new)

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        """A chunk is complete, or could not be made: its rendition ends with it then, and where it
        was the last."""
        rendition = self._of.pop(planned)
        rendition.work = None
        if reason is not None:
            rendition.end(reason)
        else:
            rendition.put_words(planned)
            self._look_for_work(rendition, planned.chunked_at_s)

    def _forget_ended(self) -> None:
        self._renditions = [r for r in self._renditions if not r.ended]

    def _look_for_work(self, rendition: Rendition, now: float) -> None:
        """Cut its next chunk, where it has none; it ends where there is no more to cut."""
        if rendition.work is None and not rendition.ended:
            rendition.work = self._cut(rendition, now)
            if rendition.work is None and rendition.cut_whole:
                rendition.end()

    def _cut(self, rendition: Rendition, now: float) -> PlannedChunk | None:
        cue, options = rendition.cue, rendition.options or self._options
        if rendition.steady is None:
            usual = options.languages.own
            language = options.languages.of(cue, complete=True, waited_s=0.0) or usual
            rendition.steady = SteadyCut(cue, language, options)
        found = self._voiced(rendition, rendition.steady)
        if found is None:
            return None
        said, request, pause_s = found
        cut = said.cut
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
            spoken=said.spoken,
            offsets=cut.offsets,
            for_later=True,
        )

    def _voiced(
        self, rendition: Rendition, steady: SteadyCut
    ) -> tuple[SteadyChunk, SynthesisRequest, float] | None:
        """The next chunk in which there is something to say, and the silence before it; None where
        there is none, or none was found yet: then it is looked for again."""
        for _ in range(_MOST_UNSAID):
            found = steady.next_said()
            if found is None:
                rendition.cut_whole = True
                return None
            rendition.asked_s += found.cut.pause_s
            rendition.scene = rendition.scene or found.cut.scene
            if found.request is None:
                continue
            pause_s = 0.0
            if found.after is not None and self._pauses:
                usual_s = SCENE_PAUSE_S if rendition.scene else pause_after_s(found.after)
                pause_s = usual_s / found.request.speed
            pause_s = max(pause_s, rendition.asked_s)
            rendition.asked_s, rendition.scene = 0.0, False
            return found, found.request, pause_s
        rendition.look_again()
        return None
