"""The planner: cuts cues into chunks when their turn is near. Plain; the clock is an argument."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .assembler import Assembler
from .cue import Cue
from .dispatcher import Dispatcher
from .languages import Languages
from .plan import CuePlan, PlannedChunk, is_voiced, speakable
from .report import Tally
from .synthesis.synthesizer import TARGET_LUFS, SynthesisRequest
from .synthesis.voice_profile import VoiceProfile
from .text.chunker import Chunker
from .text.pace import Pace
from .text.pauses import pause_after_s
from .types import Boundary, Chunk, Priority

_CHUNKS_AHEAD = 3
"""Chunks waiting for the worker: late enough that the chunker knows the margin of the moment."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How cues are spoken unless they say otherwise."""

    voice: str
    """A voice of the synthesizer in use."""
    profile: str = "cinematic"
    speed: float = 1.0
    seed: int = 0
    loudness_lufs: float = TARGET_LUFS
    languages: Languages = field(default_factory=Languages)


class Planner:
    """Gives chunks to the assembler and to the dispatcher's queue, never more than it has room
    for: text waits with its cue. `pauses`: whether silence is put between chunks."""

    def __init__(
        self,
        options: SpeechOptions,
        profile: VoiceProfile,
        assembler: Assembler,
        dispatcher: Dispatcher,
        tally: Tally,
        *,
        pauses: bool = True,
    ) -> None:
        self._options = options
        self._pauses = pauses
        self._profile = profile
        self._assembler = assembler
        self._dispatcher = dispatcher
        self._tally = tally
        self._jobs = 0
        self._last_boundary: Boundary | None = None  # None: what comes is heard at once
        self._last_plan: CuePlan | None = None

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
                plan.begin(self._chunker(plan.cue, language, ahead_s()), language)
            while not plan.all_chunked:
                chunk = plan.next_chunk(now, ahead_s) if self._has_room else None
                if chunk is None and not plan.all_chunked:
                    return
                if chunk is not None:
                    self._plan(plan, chunk, now)

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
        self._last_boundary = self._last_plan = None

    def forget(self, plan: CuePlan) -> None:
        """A cue's chunks were dropped: what comes next follows what is left."""
        if not self._assembler.chunks:
            self.cut()
        elif self._last_plan is plan:
            self._last_boundary, self._last_plan = Boundary.PARAGRAPH, None

    def _chunker(self, cue: Cue, language: str, ahead_s: float) -> Chunker:
        pace = self._pace(cue)
        waiting = [p for p in self._assembler.chunks if not p.over]
        work_s = sum(pace.synthesis_s(p.chunk.estimated_s) for p in waiting)
        return Chunker(
            self._options.profile,
            pace=pace,
            lead_s=max(ahead_s - work_s, 0.0),
            language=language,
            most_characters=self._options.languages.most_characters(language),
            least_characters=self._options.languages.least_characters(language),
        )

    def _pace(self, cue: Cue) -> Pace:
        pace = self._profile.pace()
        if cue.speed == 1.0:
            return pace
        return replace(pace, seconds_per_character=pace.seconds_per_character / cue.speed)

    def _plan(self, plan: CuePlan, chunk: Chunk, now: float) -> None:
        before, cue = self._last_boundary, plan.cue
        text = speakable(chunk.text)
        if not is_voiced(text):
            self._last_boundary = None if before is None else max(before, chunk.boundary)
            return
        speed = self._options.speed * cue.speed
        pause_s = 0.0 if before is None or not self._pauses else pause_after_s(before) / speed
        self._jobs += 1
        planned = PlannedChunk(
            cue=plan,
            chunk=chunk,
            job_id=self._jobs,
            request=SynthesisRequest(
                text=text,
                voice=cue.voice or self._options.voice,
                speed=speed,
                seed=self._options.seed,
                language=plan.language,
                loudness_lufs=self._options.loudness_lufs,
                continues=before is not None and before < Boundary.SENTENCE,
                order=self._jobs,
            ),
            priority=_priority(cue),
            pause_s=pause_s,
            chunked_at_s=now,
        )
        self._last_boundary, self._last_plan = chunk.boundary, plan
        plan.unheard += 1
        self._tally.chunks += 1
        self._assembler.append(planned)
        self._dispatcher.queue.push(planned.priority, planned)


def _priority(cue: Cue) -> Priority:
    """Of what is going to be heard. A cue for later has its turn now, or nothing would be planned
    of it: were it to give way to chunks behind it, they would wait for it for ever."""
    return min(cue.priority, Priority.DEMAND)
