"""The planner: cuts cues into chunks when their turn is near. Plain; the clock is an argument."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from .assembler import Assembler
from .cue import Cue
from .dispatcher import Dispatcher
from .plan import CuePlan, PlannedChunk
from .preparing import continues, is_prepared, steady_utterances
from .report import Tally
from .speech_options import Recalls, SpeechOptions, recalls_nothing
from .spoken.spoken_text import SpokenText
from .text.chunker import Chunker
from .text.pauses import SCENE_PAUSE_S, pause_after_s
from .types import Boundary, Chunk, Priority
from .utterances import UtteranceChunk, Utterances
from .voice_in_use import Part

_CHUNKS_AHEAD = 3
"""Chunks waiting for the worker: late enough that the chunker knows the margin of the moment."""

_INLINE = re.compile(r"\[([^\]]*)\]\(/[^)]*/\)")
"""A word with its pronunciation beside it, which is not said twice."""


class Planner:
    """Gives chunks to the assembler and to the dispatcher's queue, never more than it has room
    for: text waits with its cue. `pauses`: whether silence is put between chunks."""

    def __init__(
        self,
        options: SpeechOptions,
        assembler: Assembler,
        dispatcher: Dispatcher,
        tally: Tally,
        *,
        pauses: bool = True,
        recalls: Recalls = recalls_nothing,
    ) -> None:
        self._options = options
        self._pauses = pauses
        self._assembler = assembler
        self._dispatcher = dispatcher
        self._tally = tally
        self._recalls = recalls
        self._jobs = 0
        self._last_boundary: Boundary | None = None  # None: what comes is heard at once
        self._last_plan: CuePlan | None = None
        self._last_part: Part | None = None
        self._asked_pause_s = 0.0  # by a chunk in which there was nothing to say
        self._new_scene = False  # begun by such a chunk

    @property
    def _has_room(self) -> bool:
        return self._dispatcher.ready and len(self._dispatcher.queue) < _CHUNKS_AHEAD

    def plan_ahead(self, plans: Iterable[CuePlan], now: float, unheard_s: float) -> None:
        """Cut chunks off the first cues, `unheard_s` seconds being in the audio buffer."""

        def ahead_s() -> float:
            return unheard_s + self._assembler.ahead_s()

        for plan in plans:
            if not plan.all_chunked and self._has_room and not plan.started:
                language = self._language(plan, now)
                if language is None:
                    return
                plan.begin(self._utterances(plan, language, ahead_s), language)
            while not plan.all_chunked:
                cut = plan.next_chunk(now, ahead_s) if self._has_room else None
                if cut is None and not plan.all_chunked:
                    return
                if cut is not None:
                    self._plan(plan, cut, now)

    def _language(self, plan: CuePlan, now: float) -> str | None:
        began_s = plan.text_began_at
        waited_s = 0.0 if began_s is None else now - began_s
        return self._options.languages.of(plan.cue, complete=plan.text_finished, waited_s=waited_s)

    def deadline(self, plans: Iterable[CuePlan], now: float) -> float | None:
        """When `plan_ahead` may find more to do though no text has come."""
        plan = next((p for p in plans if not p.all_chunked), None)
        if plan is None or not self._has_room:
            return None
        began_s = plan.text_began_at
        if not plan.started and began_s is not None and self._language(plan, now) is None:
            return self._options.languages.again_at(began_s, now)
        return plan.deadline()

    def cut(self) -> None:
        """All that was planned is dropped: what comes next is heard at once."""
        self._last_boundary = self._last_plan = self._last_part = None
        self._asked_pause_s, self._new_scene = 0.0, False

    def forget(self, plan: CuePlan) -> None:
        """A cue's chunks were dropped: what comes next follows what is left."""
        if not self._assembler.chunks:
            self.cut()
        elif self._last_plan is plan:
            self._last_boundary, self._last_plan = Boundary.PARAGRAPH, None

    def recast(self) -> None:
        """A voice has failed: what it has not spoken yet is spoken by the narrator's."""
        narrator = self._options.staging.narrator
        for planned in self._assembler.chunks:
            if planned.voice is not None and planned.voice.failed and not planned.over:
                planned.voice, planned.teaches = narrator, False
                language = self._options.language_of(planned.cue.language, narrator)
                # Said anew: the voice may have taken names in a form that the narrator's does not.
                planned.spoken = self._options.say(planned.chunk.text, language, narrator)
                planned.request = replace(
                    planned.request,
                    text=planned.spoken.text,
                    voice=narrator.name,
                    language=language,
                )
                planned.recalled = self._recalls(narrator, planned.request)

    def _utterances(self, plan: CuePlan, language: str, ahead_s: Callable[[], float]) -> Utterances:
        """Cut as it was prepared, else by what is buffered."""
        cue, options = plan.cue, self._options
        if (
            plan.text_finished
            and not cue.begin
            and is_prepared(cue, language, options, self._recalls)
        ):
            return steady_utterances(cue, language, options)

        def chunker(part: Part) -> Chunker:
            work_s = sum(self._work_s(p) for p in self._assembler.chunks if not p.over)
            lead_s = max(ahead_s() - work_s, 0.0)
            return options.chunker(cue, part, language, part.voice.pace(), lead_s)

        staging = options.staging
        return Utterances(staging.parser(cue), staging.director(cue), chunker, begin=cue.begin)

    def _work_s(self, planned: PlannedChunk) -> float:
        voice = planned.voice or self._options.staging.narrator
        return voice.pace().synthesis_s(planned.chunk.estimated_s)

    def _plan(self, plan: CuePlan, cut: UtteranceChunk, now: float) -> None:
        before, chunk, part = self._last_boundary, cut.chunk, cut.part
        asked_s = self._asked_pause_s + cut.pause_s
        scene = self._new_scene or cut.scene
        said = self._options.request(
            plan.cue, plan.language, cut, continues=self._continues(part), order=self._jobs + 1
        )
        if said is None:
            self._last_boundary = None if before is None else max(before, chunk.boundary)
            self._asked_pause_s, self._new_scene = asked_s, scene
            return
        request, spoken = said
        self._asked_pause_s, self._new_scene = 0.0, False
        pause_s = 0.0
        if before is not None and self._pauses:
            pause_s = (SCENE_PAUSE_S if scene else pause_after_s(before)) / request.speed
        self._jobs += 1
        planned = PlannedChunk(
            cue=plan,
            chunk=_as_long_as(chunk, spoken),
            job_id=self._jobs,
            request=request,
            priority=_priority(plan.cue),
            pause_s=max(pause_s, asked_s),
            chunked_at_s=now,
            voice=part.voice,
            spoken=spoken,
            offsets=cut.offsets,
            teaches=self._options.teaches(plan.language, part.voice, request),
            recalled=self._recalls(part.voice, request),
        )
        self._last_boundary, self._last_plan, self._last_part = chunk.boundary, plan, part
        plan.unheard += 1
        self._tally.chunks += 1
        self._assembler.append(planned)
        self._dispatcher.queue.push(planned.priority, planned)

    def _continues(self, part: Part) -> bool:
        before, last = self._last_boundary, self._last_part
        return continues(None if before is None or last is None else (before, last), part)


def _as_long_as(chunk: Chunk, spoken: SpokenText) -> Chunk:
    """A chunk with the duration of what is said for its text: numbers are longer than written."""
    written, said = len(chunk.text.strip()), len(_INLINE.sub(r"\1", spoken.text))
    if written in (0, said):
        return chunk
    return replace(chunk, estimated_s=chunk.estimated_s * said / written)


def _priority(cue: Cue) -> Priority:
    """Of what is going to be heard. A cue for later has its turn now, or nothing would be planned
    of it: were it to give way to chunks behind it, they would wait for it for ever."""
    return min(cue.priority, Priority.DEMAND)
