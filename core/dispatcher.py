"""The dispatcher: which planned chunk is with the synthesis worker, and what becomes of it when
the worker dies. Plain, no I/O; the clock is an argument."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .plan import ChunkState, PlannedChunk
from .synthesis.messages import CancelJob, SynthesizeChunk
from .synthesis.queue import SynthesisQueue
from .synthesis.synthesizer import Samples
from .synthesis.voice_profile import Observation, SynthesisTimer
from .text.pace import Pace
from .types import WordTime

MAX_ATTEMPTS = 2
"""A chunk that kills the worker so often is reported failed and left out."""
HANG_S = 30.0
"""A worker silent for so long on a chunk hangs. Kokoro on a busy machine takes 10 s for one."""
_HANG_FACTOR = 4.0
"""A slow voice may be silent for so many times what its chunk was predicted to take."""
_DIED = "the synthesis process died on it twice"
_SAFETY = 2.0
"""What is heard waits for other work only where it could wait for so many times as long,"""
_SPARE_S = 3.0
"""and some seconds more."""


class Later(Protocol):
    """What has chunks that are not heard now: `Preparer`, `Renderer`."""

    def next(self, now: float) -> PlannedChunk | None: ...

    def unwanted(self) -> list[PlannedChunk]: ...

    def put_back(self, planned: PlannedChunk) -> None: ...

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None: ...

    def finished(self, planned: PlannedChunk, reason: str | None) -> None: ...


class InTurn:
    """Several of them as one: the first that has a chunk gives it."""

    def __init__(self, *parts: Later) -> None:
        self._parts = parts
        self._given: dict[PlannedChunk, Later] = {}

    def next(self, now: float) -> PlannedChunk | None:
        for part in self._parts:
            if (planned := part.next(now)) is not None:
                self._given[planned] = part
                return planned
        return None

    def unwanted(self) -> list[PlannedChunk]:
        gone = [planned for part in self._parts for planned in part.unwanted()]
        for planned in gone:
            del self._given[planned]
        return gone

    def put_back(self, planned: PlannedChunk) -> None:
        self._given.pop(planned).put_back(planned)

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None:
        self._given[planned].block(planned, samples, words)

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        self._given.pop(planned).finished(planned, reason)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job that ended."""

    planned: PlannedChunk
    synthesis_s: float
    """The worker's time on it, less what was told of a chunk beside it."""
    observation: Observation | None
    """What can be learned from it; None where it made no audio, or was begun twice."""


@dataclass(slots=True)
class _Job:
    planned: PlannedChunk
    started_at_s: float | None = None
    timer: SynthesisTimer | None = None


class Dispatcher:
    """Keeps the worker busy: `capacity` chunks in work and one that waits there, so that it never
    idles for the length of a message."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self.queue: SynthesisQueue[PlannedChunk] = SynthesisQueue()
        self.later: Later | None = None
        """What is made when nothing that is to be heard waits."""
        self.pace = Pace()
        """How long chunks are predicted to take."""
        self._send = send
        self._capacity = 0
        self._jobs: dict[int, _Job] = {}
        self._leaving: dict[int, PlannedChunk | None] = {}
        """What was forgotten while the worker was at it, by job, until the worker lets go of it;
        None where it told of its start only then."""
        self._heard_from_worker_s = 0.0
        self._work_counted_to_s = 0.0

    @property
    def ready(self) -> bool:
        """A voice is loaded."""
        return self._capacity > 0

    def worker_ready(self, capacity: int) -> None:
        self._capacity = capacity

    @property
    def serves(self) -> bool:
        """Something that is to be heard waits or is in work."""
        return len(self.queue) > 0 or any(not j.planned.for_later for j in self._jobs.values())

    @property
    def first_job(self) -> int | None:
        """The number of the job in work that is heard first."""
        return min(self._jobs, default=None)

    def chunk(self, job_id: int) -> PlannedChunk | None:
        """The chunk of a job in work."""
        job = self._jobs.get(job_id)
        return None if job is None else job.planned

    def makes_again(self, job_id: int) -> None:
        """A job is begun once more, from its beginning: what came of it is dropped then."""
        if (job := self._jobs.get(job_id)) is not None:
            job.timer = job.started_at_s = None
            job.planned.redone = job.planned.received
            job.planned.blocks_received = 0

    def dispatch(
        self,
        now: float,
        wanted: Callable[[], bool],
        spare_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Send chunks to the worker as long as it has places and audio is `wanted`; what is for
        later takes the places that are left. It gives way unless what is heard can wait for it:
        `spare_s` seconds of that are there."""
        for planned in self.later.unwanted() if self.later is not None else ():
            self.forget(planned)
        planned = self._next(wanted)
        if planned is not None and self._wants_room(planned):
            self._make_way(planned, spare_s)
            planned = self._next(wanted)
        while planned is not None and len(self._jobs) <= self._capacity:
            self.queue.pop()
            self._order(planned, now)
            planned = self._next(wanted)
        if self.later is not None:
            self._dispatch_later(self.later, now)

    def _dispatch_later(self, later: Later, now: float) -> None:
        while len(self._jobs) < self._capacity and not (self._leaving or self._tried_alone()):
            planned = later.next(now)
            if planned is None:
                return
            if planned.attempts >= MAX_ATTEMPTS:  # the last time when it had given way already
                later.finished(planned, _DIED)
                continue
            if self._waits_for_voice(planned) or (planned.attempts and self._jobs):
                later.put_back(planned)
                return
            self._order(planned, now)

    def _next(self, wanted: Callable[[], bool]) -> PlannedChunk | None:
        """The chunk that is to be sent next, where it may be now."""
        planned = self.queue.peek() if self._capacity else None
        if planned is None or not self._goes_with_others(planned) or not wanted():
            return None
        return None if self._waits_for_voice(planned) else planned

    def _waits_for_voice(self, planned: PlannedChunk) -> bool:
        """A worker that loads a voice is not to be taken for one that hangs on a chunk."""
        voice = planned.voice
        return voice is not None and not (voice.loaded or planned.recalled)

    def _wants_room(self, planned: PlannedChunk) -> bool:
        return len(self._jobs) >= self._capacity or self._must_be_alone(planned)

    def _must_be_alone(self, planned: PlannedChunk) -> bool:
        """Whether what is for later must go: one of the two may be what the worker died on."""
        return bool(planned.attempts) or self._tried_alone()

    def _tried_alone(self) -> bool:
        return any(job.planned.attempts for job in self._jobs.values())

    def _make_way(self, urgent: PlannedChunk, spare_s: Callable[[], float]) -> None:
        """What is for later is made later; but work that is thrown away each time costs both."""
        later = [job for job in self._jobs.values() if job.planned.for_later]
        work_s = sum(self._predicted_s(job.planned) for job in later) + self._predicted_s(urgent)
        spare = bool(later) and spare_s() >= _SAFETY * work_s + _SPARE_S
        if spare and not self._must_be_alone(urgent):
            return
        for job in later:
            if self.later is not None:
                self.forget(job.planned)
                self.later.put_back(job.planned)

    def _order(self, planned: PlannedChunk, now: float) -> None:
        if not (self._jobs or self._leaving):
            self._heard_from_worker_s = now
        planned.state = ChunkState.RUNNING
        self._jobs[planned.job_id] = _Job(planned)
        synthesizer = "" if planned.voice is None else planned.voice.synthesizer
        self._send(SynthesizeChunk(planned.job_id, planned.request, synthesizer))

    def _goes_with_others(self, planned: PlannedChunk) -> bool:
        """What was in work when the worker died is tried alone: so the next death shows which
        chunk it was, and no neighbour is given up with it. What was cancelled is a neighbour until
        the worker lets go of it."""
        if planned.attempts and self._leaving:
            return False
        others = [job.planned for job in self._jobs.values() if not job.planned.for_later]
        return not others or not (planned.attempts or any(other.attempts for other in others))

    def started(
        self, job_id: int, at_s: float, *, recalled: bool = False, timed: bool = True
    ) -> None:
        """The synthesizer took a chunk, or it was `recalled`: that tells nothing of speed, and
        neither does one that is not `timed`: others are made beside it."""
        self._heard_from_worker_s = at_s
        if job := self._jobs.get(job_id):
            job.started_at_s = job.planned.started_at_s = at_s
            job.planned.recalled = recalled
            # Beside a chunk that is heard earlier it is made second: that tells nothing of speed.
            if job_id == min(self._jobs) and timed and not recalled:
                job.timer = SynthesisTimer(at_s)
        elif not recalled:
            self._leaving[job_id] = None

    def block(
        self,
        job_id: int,
        at_s: float,
        samples: Samples,
        rate: int,
        words: Sequence[WordTime] = (),
    ) -> PlannedChunk | None:
        """A block came; returns its chunk, or None where it is not to be heard."""
        self._heard_from_worker_s = at_s
        job = self._jobs.get(job_id)
        if job is None:
            return None
        if job.planned.for_later:
            if self.later is not None:
                self.later.block(job.planned, samples, words)
            return None
        if job.timer is not None:
            job.timer.block(at_s, samples.size / rate)
        planned = job.planned
        if planned.first_block_at_s is None:
            planned.first_block_at_s = at_s
        planned.last_block_at_s = at_s
        planned.blocks_received += 1
        return planned

    def finished(self, job_id: int, at_s: float, reason: str | None) -> Delivery | None:
        """A job ended; returns what it measured, or None where nobody wants it any more."""
        self._heard_from_worker_s = at_s
        self._leaving.pop(job_id, None)
        job = self._jobs.pop(job_id, None)
        if job is None:
            return None
        planned = job.planned
        if planned.for_later and self.later is not None:
            self.later.finished(planned, reason)
            return None
        planned.state = ChunkState.FAILED if reason else ChunkState.MADE
        seen = None
        if reason is None and job.timer is not None and planned.attempts == 0:
            seen = job.timer.observation(len(planned.request.text))
        # Of chunks that are made side by side each moment counts once.
        since_s = max(job.started_at_s or at_s, self._work_counted_to_s)
        self._work_counted_to_s = max(at_s, self._work_counted_to_s)
        return Delivery(planned, max(at_s - since_s, 0.0), seen)

    def forget(self, planned: PlannedChunk) -> None:
        """Nobody wants this chunk any more."""
        job = self._jobs.pop(planned.job_id, None)
        if job is None:
            return
        if job.started_at_s is not None and not planned.recalled:
            self._leaving[planned.job_id] = planned
        self._send(CancelJob(planned.job_id))

    def worker_died(self) -> list[PlannedChunk]:
        """Put what was with the worker back into the queue, in order, to be made again; returns
        the chunks that are given up because they were in work each time it died."""
        given_up: list[PlannedChunk] = []
        self._capacity = 0
        for planned in self._leaving.values():
            if planned is not None:
                planned.attempts += 1
        self._leaving.clear()
        for _, job in sorted(self._jobs.items(), reverse=True):
            planned = job.planned
            if job.started_at_s is not None:
                planned.attempts += 1
            if planned.for_later and self.later is not None:
                self._end_later(self.later, planned)
                continue
            if planned.attempts >= MAX_ATTEMPTS:
                planned.state = ChunkState.FAILED
                given_up.append(planned)
                continue
            planned.state = ChunkState.WAITING
            planned.started_at_s = planned.first_block_at_s = planned.last_block_at_s = None
            planned.redone = planned.received
            planned.blocks_received = 0
            self.queue.push_back(planned.priority, planned)
        self._jobs.clear()
        return given_up[::-1]

    def _end_later(self, later: Later, planned: PlannedChunk) -> None:
        if planned.attempts >= MAX_ATTEMPTS:
            later.finished(planned, _DIED)
        else:
            later.put_back(planned)

    def hangs_at(self) -> float | None:
        """When the worker will have to be taken for hung, unless it is heard from."""
        if not (self._jobs or self._leaving):
            return None
        leaving = (planned for planned in self._leaving.values() if planned is not None)
        at_work = [*(job.planned for job in self._jobs.values()), *leaving]
        predicted_s = max((self._predicted_s(planned) for planned in at_work), default=0.0)
        return self._heard_from_worker_s + max(HANG_S, _HANG_FACTOR * predicted_s)

    def _predicted_s(self, planned: PlannedChunk) -> float:
        pace = self.pace if planned.voice is None else planned.voice.pace()
        return pace.synthesis_s(planned.chunk.estimated_s)

    def hang_noticed(self, now: float) -> None:
        """The worker is being ended: its death will be told, by and by."""
        self._heard_from_worker_s = now
