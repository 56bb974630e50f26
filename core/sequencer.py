"""The sequencer: cues in, in their order, one unbroken line of audio out.

It decides what is chunked, synthesised, placed and let out next, and how each cue ends. Plain:
the clock is an argument, the worker and the playout process are reached through what it is given.
"""

from collections.abc import Callable
from math import inf

from .assembler import Assembler
from .audio_tap import AudioTap
from .cue import Cue
from .dispatcher import Dispatcher
from .events import ChunkFailed, CueFinished, CueQueued, Event, SynthesisMeasured
from .gatekeeper import Gatekeeper
from .hearing import Hearing
from .holds import HoldWatch
from .plan import Backlog, CuePlan, PlannedChunk
from .planner import Planner
from .playout.audio_buffer import AudioBuffer
from .playout.prebuffer import Prebuffer, PrebufferState
from .prediction import CuePrediction, predict
from .report import Tally
from .speech_options import Recalls, SpeechOptions, recalls_nothing
from .synthesis.figures import SynthesisFigures
from .synthesis.messages import BlockMade, JobFinished, JobStarted
from .types import Outcome, Priority

AHEAD_S = 25.0
"""Audio made ahead of what is heard: outlasts any stall seen in main, and is little to redo."""
_FIGURES_EVERY_S = 1.0
_SILENT = "the voice makes no sound of it"


class Sequencer:
    """Owns the cues, the chunks planned from them and what is known of the playout.

    Call `advance` after anything happened and when the time that it returned has come. `clock_0`
    is the engine's start: events carry seconds since then. `paced` tells whether the output plays
    in real time; a file takes all it gets. `pauses` tells whether silence is put between chunks.
    """

    def __init__(
        self,
        buffer: AudioBuffer,
        dispatcher: Dispatcher,
        prebuffer: Prebuffer,
        options: SpeechOptions,
        emit: Callable[[Event], None],
        clock_0: float,
        *,
        paced: bool = True,
        pauses: bool = True,
        recalls: Recalls = recalls_nothing,
    ) -> None:
        self.buffer = buffer
        self.dispatcher = dispatcher
        self.prebuffer = prebuffer
        self.narrator = options.staging.narrator
        self.tally = Tally()
        self._options = options
        self._emit = emit
        self._clock_0 = clock_0
        self._paced = paced
        self._hearing = Hearing(buffer, self.tally, self._end_heard_cue, emit, clock_0)
        self._holds = HoldWatch(self.tally, emit, clock_0)
        self._assembler = Assembler(buffer, self._hearing.placed, self._hearing.complete)
        self._gatekeeper = Gatekeeper(
            prebuffer, self._assembler, buffer.sample_rate, self.tally, emit, clock_0, paced=paced
        )
        self._planner = Planner(
            options, self._assembler, dispatcher, self.tally, pauses=pauses, recalls=recalls
        )
        self._plans: list[CuePlan] = []
        self._backlog = Backlog()
        self._plan_of: dict[Cue, CuePlan] = {}
        self._paused = False
        self._playing = False
        self._figures_told_at = -inf
        self._sharers = 1
        self._learn()

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` what becomes of the sound."""
        self._hearing.taps.append(tap)
        self._assembler.add_tap(tap)

    # cues

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in order."""
        return [plan.cue for plan in self._plans]

    @property
    def waiting(self) -> int:
        """How many cues have not ended."""
        return len(self._plans)

    @property
    def idle(self) -> bool:
        return not self._plans

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def state(self) -> PrebufferState:
        return self._gatekeeper.state

    @property
    def margin_s(self) -> float:
        """As `Decision.margin_s`, at the last decision."""
        return self._gatekeeper.margin_s

    def unspoken_characters(self) -> int:
        """Text that has come and was not chunked yet."""
        return self._backlog.characters

    def predict(self, cue: Cue) -> CuePrediction | None:
        """When a cue will be heard and how long it will last; None where it has ended."""
        return predict(cue, self._plans, self._assembler.chunks, self.narrator.pace(), self.buffer)

    def add(self, cue: Cue, now: float, text: str = "") -> None:
        """Take a cue and its first text. One that interrupts goes first, one for later last."""
        plan = CuePlan(cue, now, self._backlog)
        cue.queued_s = now - self._clock_0
        self.tally.cues[cue.cue_id] = cue
        self.follow()
        if cue.priority is Priority.INTERRUPT:
            self._make_way(now)
            self._plans.insert(0, plan)
        else:
            self._plans.insert(self._place_of(cue.priority), plan)
        self._plan_of[cue] = plan
        self._take_text(plan, text, now)
        self._emit(CueQueued(cue.queued_s, cue.cue_id, cue.text))

    def push_text(self, cue: Cue, text: str, now: float) -> None:
        """More text of a cue has come; text for one that has ended is dropped. Raises
        `StateError` where its text was complete."""
        if (plan := self._plan_of.get(cue)) is not None:
            self._take_text(plan, text, now)

    def finish_text(self, cue: Cue, broken: str | None = None) -> None:
        """A cue's text is complete, or broke off and why: the cue then fails once all that had
        come has been heard."""
        plan = self._plan_of.get(cue)
        if plan is None or plan.text_finished:
            return
        plan.text_finished = cue.complete = True
        if broken is not None:
            plan.failed = True
            cue.error = cue.error or broken

    def skip(self, now: float) -> None:
        """End the first cue; the next one follows at once."""
        first = self._plans[0] if self._plans else None
        self.follow()
        if first is not None and first.cue in self._plan_of:  # else it has just been heard
            self._drop(first, Outcome.SKIPPED, now)

    def cancel(self, cue: Cue, now: float) -> None:
        """Take back a cue: one that is being heard ends as interrupted, else as skipped."""
        self.follow()
        if (plan := self._plan_of.get(cue)) is not None:
            self._drop(plan, plan.outcome_of_cut, now)

    def stop(self, now: float) -> None:
        """End all cues: what was being heard as interrupted, the rest as skipped."""
        self.follow()
        self._clear_all(now)
        for plan in self._plans[:]:
            self._end(plan, plan.outcome_of_cut, now)

    def clear(self, now: float) -> None:
        """Take back all cues of which nothing has been heard."""
        self.follow()
        for plan in self._plans[::-1]:
            if plan.cue.started_s is None:
                self._drop(plan, Outcome.SKIPPED, now)

    def fail(self, reason: str, now: float) -> None:
        """The narration cannot go on: all cues end as failed."""
        self._clear_all(now)
        for plan in self._plans[:]:
            plan.cue.error = reason
            self._end(plan, Outcome.FAILED, now)

    def pause(self, now: float) -> None:
        """Let nothing more out; idempotent."""
        if not self._paused:
            self._paused = True
            self._holds.sound(now, 0.0)
            self.prebuffer.pause()

    def resume(self) -> None:
        """Go on; idempotent."""
        if self._paused:
            self._paused = False
            self.prebuffer.resume()

    def job_started(self, message: JobStarted, *, timed: bool = True) -> None:
        """The worker has begun a chunk; `timed`: it makes no other beside it."""
        self.dispatcher.started(
            message.job_id, message.at_s, recalled=message.recalled, timed=timed
        )

    def block_made(self, message: BlockMade) -> None:
        planned = self.dispatcher.block(
            message.job_id, message.at_s, message.samples, self.buffer.sample_rate, message.words
        )
        if planned is not None:
            self._assembler.receive(planned, message.samples)
            self._hearing.take_words(planned, message.words)

    def job_finished(self, message: JobFinished) -> None:
        delivery = self.dispatcher.finished(message.job_id, message.at_s, message.reason)
        if delivery is None:
            return
        planned = delivery.planned
        reason = message.reason or (None if planned.received else _SILENT)
        if reason is not None:
            self._chunk_failed(planned, reason, message.at_s)
            return
        self.tally.synthesis_s += delivery.synthesis_s
        self.tally.made_s += planned.received / self.buffer.sample_rate
        if delivery.observation is not None and planned.teaches:
            (planned.voice or self.narrator).profile.observe(delivery.observation)
            self._learn()

    def measured(self, figures: SynthesisFigures, now: float) -> None:
        """The synthesizer measured its work; told on at most once a second."""
        self.tally.synthesizer_figures = figures
        if now >= self._figures_told_at + _FIGURES_EVERY_S:
            self._figures_told_at = now
            self._emit(SynthesisMeasured(now - self._clock_0, figures))

    def worker_died(self, now: float) -> None:
        """What it had not finished is made again."""
        for planned in self.dispatcher.worker_died():
            self._chunk_failed(planned, "the synthesis process died on it twice", now)

    def recast(self) -> None:
        """A voice cannot be had: the narrator's speaks for it."""
        self._planner.recast()

    def share(self, sharers: int) -> None:
        """So many have the worker together: each gets its part of the speed."""
        if sharers != self._sharers:
            self._sharers = sharers
            self._learn()

    def _learn(self) -> None:
        self.prebuffer.pace = self.dispatcher.pace = self.narrator.pace().shared(self._sharers)

    # the playout

    def run_started(self, at_s: float) -> None:
        """Sound began to leave the device."""
        self._playing = True
        self._assembler.resting_since = None
        owed_s = 0.0
        if self._assembler.chunks:
            first = self._assembler.chunks[0]
            owed_s = first.pause_s - self._assembler.pause_s(first, at_s)
        self._holds.sound(at_s, owed_s)

    def run_ended(self, at_s: float) -> None:
        """The device rests."""
        self.follow()
        self._playing = False
        if not self._paced:
            return
        self._assembler.resting_since = at_s
        accepted_s = self._plans[0].cue.accepted_s if self._plans else None
        if self._paused or accepted_s is None or self._clock_0 + accepted_s > at_s:
            return
        chunks = self._assembler.chunks
        begun = chunks[0].first_frame if chunks else None
        if begun is None or begun >= self._assembler.position:  # else the output was lost
            self._holds.rest(at_s)

    # all together

    def advance(self, now: float) -> float | None:
        """Do all that can be done; returns when to call again, if nothing happens before."""
        self.follow()
        if self._assembler.pass_holes():
            self._holds.cut(now)
        self._planner.plan_ahead(self._plans, now, self._assembler.unheard_s)
        self.dispatcher.dispatch(now, self._wants_audio, lambda: self._assembler.unheard_s)
        self._assembler.pump(now)
        again = self._gatekeeper.let_out(self._plans, now, playing=self._playing)
        self._end_silent_cues(now)
        times = (
            again,
            self._hearing.next_at(now, playing=self._playing),
            self.dispatcher.hangs_at(),
            self._planner.deadline(self._plans, now),
        )
        return min((t for t in times if t is not None), default=None)

    def follow(self) -> None:
        """Tell of all that has been heard by now."""
        self._assembler.forget_heard(self._hearing.follow(paced=self._paced))

    def _wants_audio(self) -> bool:
        return self._assembler.unheard_s + self._assembler.ahead_s(ordered=True) < AHEAD_S

    def _take_text(self, plan: CuePlan, text: str, now: float) -> None:
        plan.push(text, now)
        if plan.cue.accepted_s is None and text.strip():
            plan.cue.accepted_s = now - self._clock_0

    def _chunk_failed(self, planned: PlannedChunk, reason: str, at_s: float) -> None:
        cue = planned.cue.cue
        planned.cue.failed = True
        cue.error = f"left out {planned.request.text!r}: {reason}"
        self._emit(ChunkFailed(at_s - self._clock_0, cue.cue_id, planned.chunk.text, reason))

    # how cues end

    def _end_heard_cue(self, plan: CuePlan, at_s: float) -> None:
        if plan.all_chunked and plan.unheard == 0:
            self._end(plan, Outcome.FAILED if plan.failed else Outcome.FINISHED, at_s)

    def _end_silent_cues(self, now: float) -> None:
        """End cues in which there was nothing to say, in their order."""
        while self._plans and self._plans[0].all_chunked and self._plans[0].unheard == 0:
            self._end_heard_cue(self._plans[0], now)

    def _end(self, plan: CuePlan, outcome: Outcome, at_s: float) -> None:
        self._plans.remove(plan)
        plan.forget_text()
        del self._plan_of[plan.cue]
        if outcome is not Outcome.FINISHED:
            heard = 0
            if plan.first_frame is not None:
                heard = max(self.buffer.heard - plan.first_frame, 0)
            plan.cue.audio_s = min(plan.cue.audio_s, heard / self.buffer.sample_rate)
        plan.cue.end(outcome, at_s - self._clock_0)
        self.tally.ended(plan.cue)
        self._emit(CueFinished(at_s - self._clock_0, plan.cue.cue_id, outcome))
        if not self._plans:
            self._holds.forget()

    def _drop(self, plan: CuePlan, outcome: Outcome, now: float) -> None:
        """End one cue and take its audio out; what follows it stays."""
        if plan is self._plans[0]:
            self._holds.cut(now)
        self._withdraw(plan)
        self._end(plan, outcome, now)

    def _withdraw(self, plan: CuePlan) -> None:
        """Take out what has been planned and made of a cue."""
        self.dispatcher.queue.drop(lambda planned: planned.cue is plan)
        for planned in self._assembler.drop(plan):
            self.dispatcher.forget(planned)
        self._hearing.drop(plan)
        self._planner.forget(plan)

    def _place_of(self, priority: Priority) -> int:
        """Where a cue of this priority goes; cues for later that are not being heard make way."""
        index = len(self._plans)
        if priority is Priority.PREFETCH:
            return index
        while index and self._gives_way(self._plans[index - 1]):
            index -= 1
            if self._plans[index].started:
                self._withdraw(self._plans[index])
                self._plans[index].restart()
        return index

    def _gives_way(self, plan: CuePlan) -> bool:
        return plan.cue.priority is Priority.PREFETCH and plan.cue.started_s is None

    def _make_way(self, now: float) -> None:
        """A cue cuts in: what is being heard ends, what waits is begun anew afterwards."""
        self._clear_all(now)
        if self._plans and self._plans[0].cue.started_s is not None:
            self._end(self._plans[0], Outcome.INTERRUPTED, now)
        for plan in self._plans:
            plan.restart()

    def _clear_all(self, now: float) -> None:
        for planned in self._assembler.drop_all():
            self.dispatcher.forget(planned)
        self.dispatcher.queue.raise_epoch()
        self.prebuffer.clear()
        self._hearing.clear()
        self._holds.cut(now)
        self._planner.cut()
