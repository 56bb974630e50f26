"""The sequencer: cues in, in their order, one unbroken line of audio out.

It decides what is chunked, synthesised, placed and let out next, and how each cue ends. Plain:
the clock is an argument, the worker and the playout process are reached through what it is given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .assembler import Assembler
from .cue import Cue
from .dispatcher import Dispatcher
from .events import (
    ChunkFailed,
    CueFinished,
    CueQueued,
    Event,
    HoldEnded,
    StateChanged,
)
from .hearing import Hearing
from .outlook import outlook_of
from .plan import ChunkState, CuePlan, PlannedChunk, audio_ahead_s, is_voiced, speakable
from .playout.audio_buffer import AudioBuffer
from .playout.prebuffer import Prebuffer, PrebufferState
from .report import Tally
from .synthesis.messages import BlockMade, JobFinished, JobStarted
from .synthesis.synthesizer import SynthesisRequest
from .synthesis.voice_profile import VoiceProfile
from .text.chunker import Chunker
from .text.pauses import pause_after_s
from .types import Boundary, Chunk, Outcome, Priority

AHEAD_S = 25.0
"""Audio made ahead of what is heard: outlasts any stall seen in main, and is little to redo."""
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
    language: str = "en"


class Sequencer:
    """Owns the cues, the chunks planned from them and what is known of the playout.

    Call `advance` after anything happened and when the time that it returned has come. `clock_0`
    is the engine's start: events carry seconds since then.
    """

    def __init__(
        self,
        buffer: AudioBuffer,
        dispatcher: Dispatcher,
        prebuffer: Prebuffer,
        profile: VoiceProfile,
        options: SpeechOptions,
        emit: Callable[[Event], None],
        clock_0: float,
    ) -> None:
        self.buffer = buffer
        self.dispatcher = dispatcher
        self.prebuffer = prebuffer
        self.profile = profile
        self.tally = Tally()
        self.pauses = True
        """Whether pauses are put between chunks (the synthesizer says)."""
        self.paced = True
        """Whether the output plays in real time; a file takes all it gets."""
        self.state = PrebufferState.IDLE
        self.margin_s = 0.0
        self._options = options
        self._emit = emit
        self._clock_0 = clock_0
        self._hearing = Hearing(buffer, self.tally, self._end_heard_cue, emit, clock_0)
        self._assembler = Assembler(buffer, self._hearing.placed, self._hearing.complete)
        self._plans: list[CuePlan] = []
        self._jobs = 0
        self._last_boundary = Boundary.PARAGRAPH
        self._paused = False
        self._playing = False
        self._rested: float | None = None  # since when the device rests, though there is more
        self._source_quiet_since: float | None = None
        self._assembler.resting_since = clock_0 - 3600.0

    # cues

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in order."""
        return [plan.cue for plan in self._plans]

    @property
    def idle(self) -> bool:
        return not self._plans

    @property
    def paused(self) -> bool:
        return self._paused

    def unspoken_characters(self) -> int:
        """Text that has come and was not chunked yet."""
        return sum(plan.pending_characters for plan in self._plans)

    def add(self, cue: Cue, now: float) -> None:
        """Take a cue; one that interrupts goes first."""
        plan = CuePlan(cue)
        cue.queued_s = now - self._clock_0
        self.tally.cues.append(cue)
        if cue.priority is Priority.INTERRUPT:
            self._make_way(now)
            self._plans.insert(0, plan)
        else:
            self._plans.append(plan)
        self._emit(CueQueued(cue.queued_s, cue.cue_id, cue.text))

    def push_text(self, cue: Cue, text: str, now: float) -> None:
        """More text of a cue has come; text for one that has ended is dropped."""
        if (plan := self._plan_of(cue)) is None:
            return
        if cue.accepted_s is None and text.strip():
            cue.accepted_s = now - self._clock_0
        self._source_quiet_since = now
        plan.push(text)

    def finish_text(self, cue: Cue) -> None:
        """A cue's text is complete."""
        if (plan := self._plan_of(cue)) is not None:
            plan.text_finished = True

    def skip(self, now: float) -> None:
        """End the first cue; the next one follows at once."""
        if self._plans:
            self._drop(self._plans[0], Outcome.SKIPPED, now)

    def cancel(self, cue: Cue, now: float) -> None:
        """Take back a cue, spoken already or not."""
        if (plan := self._plan_of(cue)) is not None:
            self._drop(plan, Outcome.INTERRUPTED if cue.started_s else Outcome.SKIPPED, now)

    def stop(self, now: float) -> None:
        """End all cues: what was being heard as interrupted, the rest as skipped."""
        self._clear_all()
        plans, self._plans = self._plans, []
        for plan in plans:
            begun = plan.cue.started_s is not None
            self._end(plan, Outcome.INTERRUPTED if begun else Outcome.SKIPPED, now)

    def fail(self, reason: str, now: float) -> None:
        """The narration cannot go on: all cues end as failed."""
        plans, self._plans = self._plans, []
        for plan in plans:
            plan.cue.error = reason
            self._end(plan, Outcome.FAILED, now)

    def pause(self) -> None:
        """Let nothing more out; idempotent."""
        if not self._paused:
            self._paused = True
            self.prebuffer.pause()

    def resume(self) -> None:
        """Go on; idempotent."""
        if self._paused:
            self._paused = False
            self.prebuffer.resume()

    # the worker

    def job_started(self, message: JobStarted) -> None:
        self.dispatcher.started(message.job_id, message.at_s)

    def block_made(self, message: BlockMade) -> None:
        audio_s = message.samples.size / self.buffer.sample_rate
        planned = self.dispatcher.block(message.job_id, message.at_s, audio_s)
        if planned is None:
            return
        redoing = planned.redone > 0
        self._assembler.receive(planned, message.samples)
        if not redoing:
            self._hearing.take_words(planned, message.words)

    def job_finished(self, message: JobFinished) -> None:
        delivery = self.dispatcher.finished(message.job_id, message.at_s, message.reason)
        if delivery is None:
            return
        planned = delivery.planned
        if message.reason is not None:
            self._chunk_failed(planned, message.reason, message.at_s)
            return
        self.tally.synthesis_s += delivery.synthesis_s
        # A cue with a speed of its own would teach a wrong speaking rate.
        if delivery.observation is not None and planned.cue.cue.speed == 1.0:
            self.profile.observe(delivery.observation)
            self.prebuffer.pace = self.profile.pace()

    def worker_died(self, now: float) -> None:
        """What it had not finished is made again."""
        for planned in self.dispatcher.worker_died():
            self._chunk_failed(planned, "the synthesis process died on it twice", now)

    # the playout

    def run_started(self, at_s: float) -> None:
        """Sound began to leave the device."""
        self._playing = True
        self._assembler.resting_since = None
        if self._rested is not None:
            pause_s = self._assembler.chunks[0].pause_s if self._assembler.chunks else 0.0
            waited_s = at_s - self._rested - pause_s
            self._rested = None
            if waited_s > 0:
                self.tally.holds += 1
                self.tally.hold_s += waited_s
                self._emit(HoldEnded(at_s - self._clock_0, waited_s))

    def run_ended(self, at_s: float) -> None:
        """The device rests."""
        self._playing = False
        self._assembler.resting_since = at_s
        begun = bool(self._plans) and self._plans[0].cue.started_s is not None
        self._rested = at_s if begun and not self._paused else None

    # all together

    def advance(self, now: float) -> float | None:
        """Do all that can be done; returns when to call again, if nothing happens before."""
        self._follow()
        self._plan_chunks(now)
        self.dispatcher.dispatch(now, self._wants_audio)
        self._assembler.pump(now)
        again = self._let_out(now)
        self._end_silent_cues(now)
        times = (
            again,
            self._hearing.next_at() if self._playing else None,
            self.dispatcher.hangs_at(),
            self._text_deadline(),
        )
        return min((t for t in times if t is not None), default=None)

    def _tell_state(self, state: PrebufferState, now: float) -> None:
        if state is not self.state:
            self.state = state
            self._emit(StateChanged(now - self._clock_0, state.value))

    def _follow(self) -> None:
        heard = self._hearing.follow(paced=self.paced)
        self._assembler.forget_heard(heard)

    def _text_deadline(self) -> float | None:
        plan = next((p for p in self._plans if not p.all_chunked), None)
        return plan.deadline() if plan else None

    def _wants_audio(self) -> bool:
        ordered = [p for p in self._assembler.chunks if p.state is not ChunkState.WAITING]
        ahead_s = audio_ahead_s(ordered, self.buffer.sample_rate)
        return self.buffer.buffered_s + ahead_s < AHEAD_S

    def _plan_chunks(self, now: float) -> None:
        while self.dispatcher.ready and len(self.dispatcher.queue) < _CHUNKS_AHEAD:
            plan = next((p for p in self._plans if not p.all_chunked), None)
            if plan is None:
                return
            if not plan.started:
                plan.begin(self._chunker())
            chunks = plan.next_chunks(now) or plan.release(now, self._speech_ahead_s())
            for chunk in chunks:
                self._plan_chunk(plan, chunk, now)
            if not chunks and not plan.all_chunked:
                return

    def _speech_ahead_s(self) -> float:
        ahead_s = audio_ahead_s(self._assembler.chunks, self.buffer.sample_rate)
        return self.buffer.buffered_s + ahead_s

    def _chunker(self) -> Chunker:
        pace = self.profile.pace()
        waiting = [p for p in self._assembler.chunks if not p.over]
        work_s = sum(pace.synthesis_s(p.chunk.estimated_s) for p in waiting)
        lead_s = max(self._speech_ahead_s() - work_s, 0.0)
        return Chunker(
            self._options.profile, pace=pace, lead_s=lead_s, language=self._options.language
        )

    def _plan_chunk(self, plan: CuePlan, chunk: Chunk, now: float) -> None:
        text = speakable(chunk.text)
        if not is_voiced(text):
            self._last_boundary = max(self._last_boundary, chunk.boundary)
            return
        cue = plan.cue
        self._jobs += 1
        planned = PlannedChunk(
            cue=plan,
            chunk=chunk,
            job_id=self._jobs,
            request=SynthesisRequest(
                text=text,
                voice=cue.voice or self._options.voice,
                speed=self._speed(cue),
                seed=self._options.seed,
                language=self._options.language,
                continues=self._last_boundary < Boundary.SENTENCE,
            ),
            pause_s=pause_after_s(self._last_boundary) / self._speed(cue) if self.pauses else 0.0,
            chunked_at_s=now,
        )
        self._last_boundary = chunk.boundary
        plan.unheard += 1
        self.tally.chunks += 1
        self._assembler.append(planned)
        self.dispatcher.queue.push(cue.priority, planned)

    def _speed(self, cue: Cue) -> float:
        return self._options.speed * cue.speed

    def _let_out(self, now: float) -> float | None:
        """Move the gate; returns when the prebuffer wants to be asked again."""
        chunks = self._assembler.chunks
        if not self.paced:
            count, again = len(chunks), None
        else:
            plan = next((p for p in self._plans if not p.all_chunked), None)
            quiet = self._source_quiet_since if plan and plan.waits_for_text else None
            outlook = outlook_of(
                chunks, self.buffer, now, text_ended=plan is None, quiet_since=quiet
            )
            decision = self.prebuffer.update(outlook)
            count, again = decision.let_out, decision.reevaluate_at
            if self._playing:
                self.tally.margin_min_s = min(self.tally.margin_min_s, decision.margin_s)
            self.margin_s = decision.margin_s
            self._tell_state(decision.state, now)
        for planned in list(chunks)[:count]:
            if planned.let_out_at_s is None:
                planned.let_out_at_s = now
        self._assembler.set_gate()
        return again

    def _chunk_failed(self, planned: PlannedChunk, reason: str, at_s: float) -> None:
        cue = planned.cue.cue
        planned.cue.chunks_failed += 1
        cue.error = f"left out {planned.request.text!r}: {reason}"
        self._emit(ChunkFailed(at_s - self._clock_0, cue.cue_id, planned.chunk.text, reason))

    # how cues end

    def _plan_of(self, cue: Cue) -> CuePlan | None:
        return next((plan for plan in self._plans if plan.cue is cue), None)

    def _end_heard_cue(self, plan: CuePlan, at_s: float) -> None:
        if plan.all_chunked and plan.unheard == 0 and plan in self._plans:
            self._plans.remove(plan)
            self._end(plan, Outcome.FAILED if plan.chunks_failed else Outcome.FINISHED, at_s)

    def _end_silent_cues(self, now: float) -> None:
        """End cues in which there was nothing to say, in their order."""
        while self._plans and self._plans[0].all_chunked and self._plans[0].unheard == 0:
            self._end_heard_cue(self._plans[0], now)

    def _end(self, plan: CuePlan, outcome: Outcome, at_s: float) -> None:
        if outcome is not Outcome.FINISHED:
            heard = self.buffer.position().frame - (plan.first_frame or 0)
            heard_s = max(heard, 0) / self.buffer.sample_rate
            plan.cue.audio_s = min(plan.cue.audio_s, heard_s)
        plan.cue.end(outcome, at_s - self._clock_0)
        self._emit(CueFinished(at_s - self._clock_0, plan.cue.cue_id, outcome))

    def _drop(self, plan: CuePlan, outcome: Outcome, now: float) -> None:
        """End one cue and take its audio out; what follows it stays."""
        self._plans.remove(plan)
        self.dispatcher.queue.drop(lambda planned: planned.cue is plan)
        gone = self._assembler.drop(lambda planned: planned.cue is plan)
        for planned in gone:
            self.dispatcher.forget(planned)
        if any(planned.start_frame is not None for planned in gone):
            kept = (p.start_frame for p in self._assembler.chunks if p.start_frame is not None)
            upto = next(kept, self.buffer.written)
            self.buffer.clear(upto)
            self._hearing.clear(upto)
        self._rested = None
        self._end(plan, outcome, now)

    def _make_way(self, now: float) -> None:
        """A cue cuts in: what is being heard ends, what waits is begun anew afterwards."""
        self._clear_all()
        if self._plans and self._plans[0].cue.started_s is not None:
            self._end(self._plans.pop(0), Outcome.INTERRUPTED, now)
        for plan in self._plans:
            plan.restart()

    def _clear_all(self) -> None:
        for planned in self._assembler.drop(lambda _: True):
            self.dispatcher.forget(planned)
        self.dispatcher.queue.raise_epoch()
        self.dispatcher.queue.drop(lambda _: True)
        self.buffer.clear()
        self.prebuffer.clear()
        self._hearing.clear()
        self._rested = None
        self._last_boundary = Boundary.PARAGRAPH
