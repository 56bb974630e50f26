"""The decoding loop: the one thread that owns decoder and vocoder, and serves all chunks.

Worker threads give it chunks (`speak`) and read their audio; it gives slots to those that are
heard first, goes from step to step, and vocodes what is due while the next step is in work. It
does no other I/O. The lock protects what threads hand over: the inbox and the counts.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Condition, Thread

from ...clock import monotonic_s
from ...errors import SynthesizerError
from ..figures import SynthesisFigures
from ..synthesizer import Cancellation, Samples
from .decoder import Decoder, Prompt, Sequence
from .device import Arrival, Lane, is_broken, is_out_of_memory
from .loop_meter import LoopMeter
from .orders import Order
from .slots import SlotBoard
from .takes import Take
from .vocoder import Vocoder, VocoderStream, samples
from .windows import StepSizes

_log = logging.getLogger(__name__)

_LEAD_WINDOWS = 2
"""Pieces of the first chunk, with the usual sizes 1.5 s, that come before those of others."""


@dataclass(eq=False, slots=True)
class _Job:
    """A chunk in the loop."""

    order: Order
    take: Take
    audio: SimpleQueue[Samples | SynthesizerError | None]
    """To the worker thread. As short as a chunk: windows of 28 s of audio at most."""
    came_at_s: float
    slot_at_s: float | None = None
    """When it first got a slot."""
    heard_of: bool = False
    """Audio of it has come."""
    cancelled: bool = False
    sequence: Sequence | None = None
    stream: VocoderStream | None = None
    arrivals: deque[Arrival] = field(default_factory=deque[Arrival])
    windows: int = 0
    """How many pieces of audio have been made of it, or are on their way."""
    decoded: bool = False
    """No more arrivals will be added."""


class DecodingLoop:
    """Runs from `start` to `close`. As many chunks are in it as there are worker threads."""

    def __init__(
        self,
        decoder: Decoder,
        vocoder: Vocoder,
        lane: Lane,
        sample_rate: int,
        *,
        sizes: StepSizes | None = None,
        retries: int = 2,
        clock: Callable[[], float] = monotonic_s,
        on_broken: Callable[[], None] | None = None,
    ) -> None:
        """`lane` is the decoder's. `on_broken` is called, in the loop's thread, where the device
        will answer this process no more; chunks in work fail once it returns."""
        self._decoder, self._vocoder, self._lane = decoder, vocoder, lane
        self._sample_rate = sample_rate
        self._sizes = sizes or StepSizes()
        self._retries = retries
        self._changed = Condition()
        self._inbox: list[_Job] = []
        self._counts: Counter[str] = Counter()
        self._clock = clock
        self._on_broken = on_broken
        self._meter = LoopMeter()  # the thread's alone
        self._figures: SynthesisFigures | None = None
        self._board: SlotBoard[_Job] = SlotBoard()
        self._by_sequence: dict[Sequence, _Job] = {}
        self._closing = False
        self._thread = Thread(target=self._run, name="xtts decoding", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread; what is being spoken ends. Idempotent."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    # from the worker threads

    def speak(self, order: Order, cancellation: Cancellation) -> Iterator[Samples]:
        """The audio of a chunk as it comes, float32 (frames,), not levelled and not trimmed.

        Raises `SynthesizerError`. Ends soon after `cancellation`; its slot is free at once.
        """
        audio: SimpleQueue[Samples | SynthesizerError | None] = SimpleQueue()
        take = Take(
            order.seed, order.expectation, self._sample_rate, self._retries, audio.put, self._count
        )
        job = _Job(order, take, audio, self._clock())
        self._put(job)
        cancellation.on_cancel(lambda: self._cancel(job))
        try:
            while (piece := audio.get()) is not None:
                if isinstance(piece, SynthesizerError):
                    raise piece
                yield piece
        finally:
            self._cancel(job)  # whoever reads no further wants no more

    def take_counts(self) -> dict[str, int]:
        """What has been counted since the last call, by name."""
        with self._changed:
            counts, self._counts = dict(self._counts), Counter()
        return counts

    def figures(self) -> SynthesisFigures | None:
        """What was measured since the last `measure_anew`; None while nothing was."""
        return self._figures

    def measure_anew(self) -> None:
        """Forget what was measured; nothing must be in work."""
        self._meter, self._figures = LoopMeter(), None

    def _put(self, job: _Job) -> None:
        with self._changed:
            if self._closing:
                raise SynthesizerError("the XTTS model was closed; load the voice again")
            self._inbox.append(job)
            self._changed.notify()

    def _cancel(self, job: _Job) -> None:
        with self._changed:
            job.cancelled = True
            self._changed.notify()

    def _count(self, name: str) -> None:
        with self._changed:
            self._counts[name] += 1

    # the thread

    def _run(self) -> None:
        while self._take_inbox():
            try:
                self._turn_or_shrink()
            except SynthesizerError as error:
                self._fail_all(error)
            except Exception as error:
                _log.exception("the XTTS model failed")
                if is_broken(error) and self._on_broken is not None:
                    self._on_broken()
                self._fail_all(SynthesizerError(f"the XTTS model failed: {error!r}"))
        self._fail_all(SynthesizerError("the XTTS model was closed"))

    def _take_inbox(self) -> bool:
        """Wait until there is something to do, and take what came; false at the end."""
        if not len(self._board):
            self._meter.rest(self._clock())
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._inbox or len(self._board))
            if self._closing:
                return False
            coming, self._inbox = self._inbox, []
        for job in coming:
            self._board.submit(job, job.order.order)
        return True

    def _turn_or_shrink(self) -> None:
        try:
            self._turn()
            return
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Only now is the error gone, whose frames held on to what has to be given away.
        if not self._shrink():
            raise SynthesizerError(
                "XTTS is out of memory with a single slot; close other programs that use the GPU"
            )

    def _turn(self) -> None:
        """One step of the decoder, and all that follows from it."""
        self._drop_cancelled()
        self._let_one_join()
        self._meter.turn(self._clock(), decoding=bool(self._decoder.active))
        for sequence in sorted(self._decoder.step(), key=self._place):
            self._advanced(self._by_sequence[sequence], sequence)
        waits = not self._decoder.active and not self._board.waiting
        for job in self._board.in_order():
            waits = self._collect(job, wait=waits) and waits
        self._let_out()

    def _place(self, sequence: Sequence) -> int:
        return self._by_sequence[sequence].order.order

    def _drop_cancelled(self) -> None:
        for job in self._board.in_order():
            if job.cancelled:
                self._finish(job)

    def _let_one_join(self) -> None:
        """One at a time, so that those in work never wait for more than one prompt; and none while
        the one that is heard first has no audio yet, which a larger batch would delay."""
        first = self._board.first
        if not self._decoder.free or (first and first.sequence and not first.windows):
            return
        job = self._board.next()
        if job is None:
            return
        order = job.order
        prompt = Prompt(order.tokens, order.latent, job.take.attempt.seed, order.expectation.budget)
        try:
            job.sequence = self._decoder.join(prompt)
        except Exception:
            self._board.submit(job, order.order)  # it waits again, should there be a next time
            raise
        job.stream = self._vocoder.open(order.embedding, order.speed, self._sizes)
        job.decoded = False
        if job.slot_at_s is None:
            job.slot_at_s = self._clock()
        self._by_sequence[job.sequence] = job

    def _advanced(self, job: _Job, sequence: Sequence) -> None:
        """A code of a sequence became known."""
        looping = False
        if not sequence.stopped:
            looping = job.take.code(sequence.codes[-1])
        if looping or sequence.done:
            count = sequence.latents
            if looping:
                count = min(count, job.take.attempt.code_guard.loop_begins or count)
            self._decoded(job, sequence, count)
        elif self._may_vocode(job):
            self._vocode(job, sequence, sequence.latents, final=False)

    def _may_vocode(self, job: _Job) -> bool:
        """Whether the first chunk has enough of a lead for others to be vocoded beside it; theirs
        is not heard yet, and its first pieces are short."""
        first = self._board.first
        return first is None or job is first or not first.sequence or first.windows > _LEAD_WINDOWS

    def _vocode(self, job: _Job, sequence: Sequence, count: int, *, final: bool) -> None:
        assert job.stream is not None
        arrival = job.stream.push(
            count,
            lambda: (self._decoder.latents_of(sequence)[:, :count], self._lane.mark()),
            final=final,
        )
        if arrival is not None:
            job.windows += 1
            job.arrivals.append(arrival)

    def _decoded(self, job: _Job, sequence: Sequence, count: int) -> None:
        """No more codes of an attempt are wanted; `count` of them are to be heard."""
        job.take.decoded(len(sequence.codes), stopped=sequence.stopped)
        if count:
            self._vocode(job, sequence, count, final=True)
        self._leave(job)
        job.decoded = True

    def _leave(self, job: _Job) -> None:
        if job.sequence is not None:
            self._decoder.leave(job.sequence)
            self._by_sequence.pop(job.sequence, None)
            job.sequence = None

    def _collect(self, job: _Job, *, wait: bool) -> bool:
        """Take the audio of a job that has arrived, waiting for it where `wait` allows; true where
        nothing was there."""
        nothing = True
        while job.arrivals and (job.arrivals[0].here or (wait and nothing)):
            nothing = False
            audio = samples(job.arrivals.popleft())  # waits for it
            if not job.heard_of:
                job.heard_of = True
                self._meter.first_block(self._clock() - job.came_at_s)
            if job.take.audio(audio):
                job.arrivals.clear()
                if not job.decoded:
                    self._leave(job)
                    job.decoded = True
        if job.decoded and not job.arrivals:
            job.decoded = False
            self._completed(job)
        return nothing

    def _completed(self, job: _Job) -> None:
        if job.take.completed():
            self._board.submit(job, job.order.order)
        else:
            self._measure(job)
            job.take.let_out()
            self._finish(job)

    def _measure(self, job: _Job) -> None:
        """Before its end is told: who then asks is told of it too."""
        now = self._clock()
        slot_s = 0.0 if job.slot_at_s is None else now - job.slot_at_s
        self._meter.turn(now, decoding=bool(self._decoder.active))
        self._meter.finished(slot_s, job.take.attempt.frames / self._sample_rate)
        self._figures = self._meter.figures()

    def _let_out(self) -> None:
        first = self._board.first
        if first is not None:
            first.take.let_out()

    def _finish(self, job: _Job) -> None:
        """It is over, or nobody wants it any more. Idempotent."""
        self._leave(job)
        self._board.withdraw(job)
        job.arrivals.clear()
        job.take.end()

    # faults of the device

    def _shrink(self) -> bool:
        """Go on with half the slots after an out-of-memory, or with fewer still; false where not
        even one has room."""
        rows = self._decoder.rows // 2
        while rows:
            _log.warning("XTTS is out of memory; going on with %d slots", rows)
            try:
                self._decoder.shrink(rows)
                break
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                rows //= 2
        if not rows:
            return False
        self._count("out_of_memory")
        self._by_sequence.clear()
        for job in self._board.in_order():
            job.sequence, job.stream = None, None
            job.arrivals.clear()
            job.decoded = False
            job.take.begin_again()
            if not self._board.is_waiting(job):
                self._board.submit(job, job.order.order)
        return True

    def _fail_all(self, error: SynthesizerError) -> None:
        """No chunk in work can be made."""
        self._decoder.clear()
        self._by_sequence.clear()
        with self._changed:
            jobs, self._inbox = [*self._board.in_order(), *self._inbox], []
        for job in jobs:
            job.sequence = None
            job.audio.put(error)
            self._finish(job)
