"""A narration on a virtual clock: a trace of what is made when, and a run of the prebuffer on it.

The clairvoyant, who knows every arrival, has as its least start delay the least D such that
playout begun D after the first text meets every block in time: the maximum over blocks of
(arrival - seconds of audio before it). No start delay should pay for a source that stalls, and
"what is there is spoken at once" forbids it; so only blocks before the trace's first source stall
count, a stall being a moment when the worker has nothing to make because text is missing.
`past_stalls` counts them all. D is finite in every trace.
"""

import itertools
import time
from dataclasses import dataclass, field, replace
from typing import Final

from skaldcast.core.playout.prebuffer import (
    ChunkOutlook,
    Decision,
    Outlook,
    Prebuffer,
    SynthesisStage,
)
from skaldcast.core.synthesis.voice_profile import SynthesisTimer, VoiceProfile
from skaldcast.core.types import Boundary

EPSILON: Final = 1e-9


@dataclass(slots=True)
class Made:
    """One chunk of a trace, with what becomes of it."""

    characters: int
    boundary: Boundary
    text_at: float
    """When its text is known."""
    blocks: list[float]
    """Seconds of audio in each block."""
    work: list[float]
    """Seconds of work for each block; the first includes the chunk's latency."""
    pause_s: float = 0.0
    """Silence that the engine puts before it; a wait there counts as pause."""
    taken_at: float = 0.0
    arrivals: list[float] = field(default_factory=list[float])

    @property
    def audio_s(self) -> float:
        return sum(self.blocks)


@dataclass(slots=True)
class Trace:
    """A text with its voice."""

    chunks: list[Made]
    profile: VoiceProfile
    kind: str

    def make(self) -> None:
        """One worker makes the chunks in order."""
        free_at = 0.0
        for chunk in self.chunks:
            free_at = chunk.taken_at = max(free_at, chunk.text_at)
            for work in chunk.work:
                free_at += work
                chunk.arrivals.append(free_at)

    def least_delay(self, *, past_stalls: bool = False) -> float:
        """The clairvoyant's start delay after the first text."""
        delay, before, free_at = 0.0, 0.0, 0.0
        for chunk in self.chunks:
            if chunk.taken_at > free_at + EPSILON and not past_stalls:
                break
            before += chunk.pause_s
            for arrival, audio in zip(chunk.arrivals, chunk.blocks, strict=True):
                delay = max(delay, arrival - before)
                before += audio
            free_at = chunk.arrivals[-1]
        return delay


def observe(profile: VoiceProfile, made: Made) -> None:
    """Let the profile see how a chunk was made."""
    timer = SynthesisTimer(made.taken_at)
    for when, audio_s in zip(made.arrivals, made.blocks, strict=True):
        timer.block(when, audio_s)
    observation = timer.observation(made.characters)
    assert observation
    profile.observe(observation)


@dataclass(slots=True)
class Result:
    """What one run of the policy came to."""

    kind: str
    delay_s: float
    least_s: float
    least_past_stalls_s: float
    underruns: int = 0
    underrun_s: float = 0.0
    holds: int = 0
    hold_s: float = 0.0
    least_hold_s: float = 0.0
    weak_holds: int = 0
    """Holds at a boundary weaker than a sentence end."""
    updates: int = 0
    update_s: float = 0.0


class Eager(Prebuffer):
    """What to be measured against: lets out each chunk as soon as any of it is there."""

    def update(self, outlook: Outlook) -> Decision:
        decision = super().update(outlook)
        there = itertools.takewhile(lambda chunk: chunk.audio_s > 0.0, outlook.chunks)
        let_out = max(decision.let_out, sum(1 for _ in there))
        return replace(decision, let_out=let_out, reevaluate_at=None)


class Run:
    """Plays one trace on a virtual clock, doing what the prebuffer says."""

    def __init__(self, trace: Trace, prebuffer: Prebuffer, *, timed: bool = False) -> None:
        self.trace = trace
        self.prebuffer = prebuffer
        self.timed = timed
        self.now = 0.0
        self.known: list[ChunkOutlook] = []
        self.gate = 0  # chunks let out
        self.playing = 0  # index of the chunk at the playhead
        self.position_s = 0.0  # of the playhead in it
        self.started_at: float | None = None
        self.waiting = True
        self.rests_since = 0.0
        self.retry_at: float | None = None
        self.result = Result(
            trace.kind, 0.0, trace.least_delay(), trace.least_delay(past_stalls=True)
        )

    def play(self) -> Result:
        self.prebuffer.pace = self.trace.profile.pace()
        events = self._events()
        next_event = 0
        while self.playing < len(self.trace.chunks):
            at = events[next_event][0] if next_event < len(events) else float("inf")
            edge = self._gate_reached_at()
            due = self.retry_at if self.retry_at is not None else float("inf")
            when = min(at, edge, due)
            assert when < float("inf"), "nothing would ever happen again"
            self._advance(when)
            while next_event < len(events) and events[next_event][0] <= when:
                self._apply(events[next_event])
                next_event += 1
            if self.playing < len(self.trace.chunks):
                self._decide()
        self._finish()
        return self.result

    def _events(self) -> list[tuple[float, int, int, int]]:
        """(when, what, chunk, block): text comes (0), a worker takes it (1), a block comes (2)."""
        events: list[tuple[float, int, int, int]] = []
        for i, chunk in enumerate(self.trace.chunks):
            events.append((chunk.text_at, 0, i, 0))
            events.append((chunk.taken_at, 1, i, 0))
            events += [(when, 2, i, k) for k, when in enumerate(chunk.arrivals)]
        events.sort(key=lambda e: (e[0], e[2], e[1]))
        return events

    def _apply(self, event: tuple[float, int, int, int]) -> None:
        when, kind, index, block = event
        made = self.trace.chunks[index]
        if kind == 0:
            expected_s = self.prebuffer.pace.duration_s(made.characters)
            self.known.append(
                ChunkOutlook(made.boundary, expected_s + made.pause_s, pause_s=made.pause_s)
            )
            return
        chunk = self.known[index]
        if kind == 1:
            chunk.stage, chunk.running_since = SynthesisStage.RUNNING, when
            return
        if block == 0:
            self._place_pause(index, when)
            chunk.first_block_at = when
        chunk.audio_s += made.blocks[block]
        chunk.blocks += 1
        chunk.last_block_at = when
        if chunk.blocks == len(made.blocks):
            chunk.stage, chunk.complete = SynthesisStage.DONE, True
            chunk.expected_s = chunk.audio_s
            self._learn(made)

    def _learn(self, made: Made) -> None:
        observe(self.trace.profile, made)
        self.prebuffer.pace = self.trace.profile.pace()

    def _place_pause(self, index: int, when: float) -> None:
        """The silence before a chunk comes with its first block; a wait counts as pause."""
        chunk = self.known[index]
        rested_s = when - self.rests_since if index == self.playing and self.waiting else 0.0
        left_s = max(0.0, chunk.pause_s - rested_s)
        chunk.expected_s += left_s - chunk.pause_s
        chunk.audio_s = chunk.pause_s = left_s

    def _gate_reached_at(self) -> float:
        """When the playhead comes to the gate, if nothing else comes."""
        if self.playing >= self.gate:
            return float("inf")
        left = -self.position_s
        for chunk in self.known[self.playing : self.gate]:
            if not chunk.complete:
                return float("inf")
            left += chunk.audio_s
        return self.now + max(0.0, left)

    def _advance(self, when: float) -> None:
        left = when - self.now
        self.now = when
        while self.playing < self.gate:
            chunk = self.known[self.playing]
            step = min(left, chunk.audio_s - self.position_s)
            self.position_s += step
            left -= step
            if self.position_s < chunk.audio_s - EPSILON:
                return
            if not chunk.complete:
                if left > EPSILON:
                    self.result.underruns += 1
                    self.result.underrun_s += left
                return
            self.playing += 1
            self.position_s = 0.0
        if not self.waiting:
            self.waiting = True
            self.rests_since = when - left

    def _end_wait(self) -> None:
        waited_s = self.now - self.rests_since
        self.waiting = False
        if self.started_at is None:
            self.started_at = self.now
            return
        waited_s -= self.trace.chunks[self.playing].pause_s
        if waited_s > EPSILON:
            self.result.holds += 1
            self.result.hold_s += waited_s
            if self.known[self.playing - 1].boundary < Boundary.SENTENCE:
                self.result.weak_holds += 1

    def _decide(self) -> None:
        ended = len(self.known) == len(self.trace.chunks)
        chunks = self.known[self.playing :]
        buffered_s = sum(c.audio_s for c in chunks) - self.position_s
        outlook = Outlook(self.now, buffered_s, chunks, text_ended=ended)
        if self.timed:
            began = time.perf_counter()
            decision = self.prebuffer.update(outlook)
            self.result.update_s += time.perf_counter() - began
        else:
            decision = self.prebuffer.update(outlook)
        self.result.updates += 1
        self.retry_at = decision.reevaluate_at
        assert self.retry_at is None or self.retry_at > self.now
        assert self.playing + decision.let_out >= self.gate, "the gate went back"
        self.gate = self.playing + decision.let_out
        for chunk in chunks[: decision.let_out]:
            chunk.let_out = True
        if decision.let_out and self.waiting:
            self._end_wait()

    def _finish(self) -> None:
        assert self.started_at is not None
        result = self.result
        result.delay_s = self.started_at
        result.least_hold_s = max(0.0, result.least_past_stalls_s - self.started_at)
