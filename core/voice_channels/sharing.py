"""How channels share the worker that makes speech: after the narration, by what each has left to
hear. Plain.

A channel has a `Dispatcher` of its own, whose orders wait at its `Port`. `Channels` hands them to
the narration's dispatcher, as what is made when the narration has no need of the worker.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from ..dispatcher import Dispatcher
from ..plan import PlannedChunk
from ..script.cast import Cast
from ..synthesis.messages import BlockMade, CancelJob, JobFinished, JobStarted, SynthesizeChunk
from ..synthesis.synthesizer import Samples
from ..types import Priority, WordTime

_FIRST_JOB = 1 << 30
"""Behind the numbers of all chunks of the narration, before those that are prepared."""
_ALIKE_S = 2.0
"""Channels whose audio lasts as long, in steps of this, have their turns: one that says and stops
all the time cannot keep the worker from the others."""

Made = JobStarted | BlockMade | JobFinished


class Owner(Protocol):
    """A channel, as far as the sharing needs it."""

    @property
    def speaks(self) -> bool:
        """It has cues that have not ended."""
        ...

    @property
    def ready_s(self) -> float:
        """Seconds of audio that are made and were not heard."""
        ...

    def made(self, message: Made, *, timed: bool) -> None:
        """The worker told something of a chunk; `timed`: nothing else was made beside it."""
        ...

    def worker_died(self) -> None: ...

    def recast(self) -> None: ...

    def change_cast(self, cast: Cast) -> None: ...

    def advance_soon(self) -> None: ...

    def end(self, failure: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class _Given:
    """A chunk that is with the narration's dispatcher, under a number of its own."""

    port: "Port"
    job_id: int
    """The channel's number of it."""
    stand_in: PlannedChunk


class Port:
    """Where the orders of one channel wait: at most as many as the worker makes at once, and one
    more."""

    def __init__(self, channels: "Channels", wake: Callable[[], None]) -> None:
        self.dispatcher = Dispatcher(self._take)
        """The channel's own."""
        self.owner: Owner | None = None
        self.turn = 0
        """When it was served last, in a count of all turns."""
        self.waiting: set[int] = set()
        self._channels = channels
        self._wake = wake

    def close(self) -> None:
        """The channel has ended: nothing is made for it any more. Idempotent."""
        self._channels.remove(self)
        self._wake()

    def sharers(self) -> int:
        """How many speak at the same time, this one among them."""
        return self._channels.sharers()

    def next(self) -> PlannedChunk | None:
        """The first of its chunks that waits, where its voice is there."""
        planned = self.dispatcher.chunk(min(self.waiting)) if self.waiting else None
        if planned is None or planned.voice is None or planned.recalled or planned.voice.loaded:
            return planned
        return None

    def _take(self, order: object) -> None:
        match order:
            case SynthesizeChunk(job_id=job_id):
                self.waiting.add(job_id)
            case CancelJob(job_id):
                self.waiting.discard(job_id)
                self._channels.cancel(self, job_id)
            case _:
                raise AssertionError(order)
        self._wake()


class Channels:
    """A part of what the narration's dispatcher makes later (`dispatcher.Later`)."""

    def __init__(self) -> None:
        self.narration: Dispatcher | None = None
        """The dispatcher that the worker obeys, once the narrator's voice is loaded."""
        self._ports: list[Port] = []
        self._given: dict[int, _Given] = {}
        self._unwanted: list[PlannedChunk] = []
        self._jobs = count(_FIRST_JOB)
        self._turns = count(1)
        self._capacity = 0

    def __len__(self) -> int:
        return len(self._ports)

    def open(self, wake: Callable[[], None]) -> Port:
        """A further channel; `wake` is called where there is more to make."""
        port = Port(self, wake)
        port.dispatcher.worker_ready(self._capacity)
        self._ports.append(port)
        return port

    def remove(self, port: Port) -> None:
        """A channel has ended, and has taken back its chunks."""
        if port in self._ports:
            self._ports.remove(port)

    def sharers(self) -> int:
        """How many speak: the channels, and the narration where it has something to be made."""
        speaking = sum(port.owner is not None and port.owner.speaks for port in self._ports)
        return speaking + (self.narration is not None and self.narration.serves)

    def cancel(self, port: Port, job_id: int) -> None:
        """A channel does not want one of its chunks any more."""
        for number, given in list(self._given.items()):
            if given.port is port and given.job_id == job_id:
                del self._given[number]
                self._unwanted.append(given.stand_in)

    # what happens

    def worker_ready(self, capacity: int) -> None:
        """The narrator's voice is loaded."""
        self._capacity = capacity
        for port in self._ports:
            port.dispatcher.worker_ready(capacity)
        self.advance_soon()

    def advance_soon(self) -> None:
        """Have all channels look for what they can do."""
        for owner in self._owners:
            owner.advance_soon()

    def made(self, message: Made) -> None:
        """The worker told something: a channel is told where it is of its chunk."""
        given = self._given.get(message.job_id)
        if given is None or given.port.owner is None:
            return
        first = self.narration.first_job if self.narration is not None else None
        timed = first == message.job_id
        given.port.owner.made(replace(message, job_id=given.job_id), timed=timed)

    def worker_died(self) -> None:
        """What was not finished is ordered anew."""
        self._capacity = 0
        self._given.clear()
        self._unwanted.clear()
        for port in self._ports:
            port.waiting.clear()
        for owner in self._owners:
            owner.worker_died()

    def recast(self) -> None:
        """A voice cannot be had."""
        for owner in self._owners:
            owner.recast()

    def set_cast(self, cast: Cast) -> None:
        """Another cast, for the cues that begin from now on."""
        for owner in self._owners:
            owner.change_cast(cast)

    def end(self, failure: str | None) -> None:
        """Nothing can be made any more: cues fail, or are taken back where there is no failure."""
        for owner in self._owners:
            owner.end(failure)

    @property
    def _owners(self) -> list[Owner]:
        return [port.owner for port in self._ports if port.owner is not None]

    # for the narration's dispatcher

    def next(self, now: float) -> PlannedChunk | None:
        """The next chunk of the channel whose audio lasts shortest."""
        ports = ((port, planned) for port in self._ports if (planned := port.next()) is not None)
        chosen = min(ports, key=lambda row: _need(row[0]), default=None)
        if chosen is None:
            return None
        port, planned = chosen
        port.turn = next(self._turns)
        port.waiting.discard(planned.job_id)
        number = next(self._jobs)
        stand_in = PlannedChunk(
            cue=planned.cue,
            chunk=planned.chunk,
            job_id=number,
            request=replace(planned.request, order=number),
            priority=Priority.PREFETCH,
            pause_s=0.0,
            chunked_at_s=now,
            voice=planned.voice,
            for_later=True,
            recalled=planned.recalled,
            attempts=planned.attempts,
        )
        self._given[number] = _Given(port, planned.job_id, stand_in)
        return stand_in

    def unwanted(self) -> list[PlannedChunk]:
        """Chunks in work that were taken back."""
        gone, self._unwanted = self._unwanted, []
        return gone

    def put_back(self, planned: PlannedChunk) -> None:
        """The narration came: it is made once more, under another number."""
        given = self._given.pop(planned.job_id, None)
        if given is not None:
            given.port.dispatcher.makes_again(given.job_id)
            given.port.waiting.add(given.job_id)

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None:
        """The channel has it by `made`."""

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        """A chunk is complete; what became of it the channel has by `made`."""
        self._given.pop(planned.job_id, None)


def _need(port: Port) -> tuple[int, int]:
    ready_s = port.owner.ready_s if port.owner is not None else 0.0
    return int(ready_s / _ALIKE_S), port.turn
