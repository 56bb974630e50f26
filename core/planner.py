"""The planner: cuts cues into chunks when their turn is near. Plain; the clock is an argument."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from .assembler import Assembler
from .cue import Cue
from .dispatcher import Dispatcher
from .languages import Languages
from .plan import CuePlan, PlannedChunk, is_voiced, speakable
from .report import Tally
from .staging import Staging
from .synthesis.synthesizer import TARGET_LUFS, SynthesisRequest
from .text.chunker import Chunker
from .text.pauses import pause_after_s
from .types import Boundary, Priority
from .utterances import UtteranceChunk, Utterances
from .voice_in_use import Part, VoiceInUse

_SPEEDS = (0.5, 2.0)
"""Beyond them voices break, whatever narrator, character and script ask for together."""
_CHUNKS_AHEAD = 3
"""Chunks waiting for the worker: late enough that the chunker knows the margin of the moment."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How cues are spoken unless they say otherwise."""

    staging: Staging
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
        assembler: Assembler,
        dispatcher: Dispatcher,
        tally: Tally,
        *,
        pauses: bool = True,
    ) -> None:
        self._options = options
        self._pauses = pauses
        self._assembler = assembler
        self._dispatcher = dispatcher
        self._tally = tally
        self._jobs = 0
        self._last_boundary: Boundary | None = None  # None: what comes is heard at once
        self._last_plan: CuePlan | None = None
        self._last_part: Part | None = None
        self._asked_pause_s = 0.0  # by a chunk in which there was nothing to say

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
                plan.begin(self._utterances(plan.cue, language, ahead_s), language)
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
        self._asked_pause_s = 0.0

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
                language = self._spoken_in(planned.cue.language, narrator)
                planned.request = replace(planned.request, voice=narrator.name, language=language)

    def _utterances(self, cue: Cue, language: str, ahead_s: Callable[[], float]) -> Utterances:
        staging = self._options.staging
        return Utterances(
            staging.parser(cue),
            lambda piece: staging.part(cue, piece),
            lambda part: self._chunker(cue, part, language, ahead_s()),
        )

    def _chunker(self, cue: Cue, part: Part, language: str, ahead_s: float) -> Chunker:
        voice = part.voice
        waiting = [p for p in self._assembler.chunks if not p.over]
        work_s = sum(self._work_s(p) for p in waiting)
        return Chunker(
            self._options.profile,
            pace=voice.pace(self._speed(cue, part) / self._options.speed),
            lead_s=max(ahead_s - work_s, 0.0),
            language=language,
            most_characters=voice.most_characters(self._spoken_in(language, voice)),
        )

    def _spoken_in(self, language: str, voice: VoiceInUse) -> str:
        """What a cue in `language` is spoken in: the narrator's voice was asked when it came."""
        narrates = voice is self._options.staging.narrator
        return language if narrates else voice.language_for(language)

    def _work_s(self, planned: PlannedChunk) -> float:
        voice = planned.voice or self._options.staging.narrator
        return voice.pace().synthesis_s(planned.chunk.estimated_s)

    def _speed(self, cue: Cue, part: Part) -> float:
        slowest, fastest = _SPEEDS
        return min(max(self._options.speed * cue.speed * part.speed, slowest), fastest)

    def _plan(self, plan: CuePlan, cut: UtteranceChunk, now: float) -> None:
        before, cue, chunk, part = self._last_boundary, plan.cue, cut.chunk, cut.part
        asked_s = self._asked_pause_s + cut.pause_s
        text = speakable(chunk.text)
        if not is_voiced(text):
            self._last_boundary = None if before is None else max(before, chunk.boundary)
            self._asked_pause_s = asked_s
            return
        self._asked_pause_s = 0.0
        speed = self._speed(cue, part)
        pause_s = 0.0 if before is None or not self._pauses else pause_after_s(before) / speed
        self._jobs += 1
        planned = PlannedChunk(
            cue=plan,
            chunk=chunk,
            job_id=self._jobs,
            request=SynthesisRequest(
                text=text,
                voice=part.voice.name,
                speed=speed,
                seed=self._options.seed,
                language=self._spoken_in(plan.language, part.voice),
                loudness_lufs=self._options.loudness_lufs + part.gain_db,
                continues=self._continues(part),
                order=self._jobs,
            ),
            priority=_priority(cue),
            pause_s=max(pause_s, asked_s),
            chunked_at_s=now,
            voice=part.voice,
            offsets=cut.offsets,
            teaches=self._teaches(plan, part.voice, speed),
        )
        self._last_boundary, self._last_plan, self._last_part = chunk.boundary, plan, part
        plan.unheard += 1
        self._tally.chunks += 1
        self._assembler.append(planned)
        self._dispatcher.queue.push(planned.priority, planned)

    def _teaches(self, plan: CuePlan, voice: VoiceInUse, speed: float) -> bool:
        """A speed or a language of its own would teach a wrong speaking rate."""
        usual = voice.languages[0]
        if voice is self._options.staging.narrator:
            usual = self._options.languages.main
        spoken = self._spoken_in(plan.language, voice)
        return speed == self._options.speed and spoken == usual

    def _continues(self, part: Part) -> bool:
        before = self._last_boundary
        return before is not None and before < Boundary.SENTENCE and part == self._last_part


def _priority(cue: Cue) -> Priority:
    """Of what is going to be heard. A cue for later has its turn now, or nothing would be planned
    of it: were it to give way to chunks behind it, they would wait for it for ever."""
    return min(cue.priority, Priority.DEMAND)
