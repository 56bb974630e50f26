"""The counters of an audio buffer, and how two processes agree on them.

Each counter has one owner, the writer or the reader, and each side publishes its counters as one
record. A record lies in shared memory twice: the new values go into the bank that is not in
force, then one byte is flipped. A byte cannot be written by half, so a process that is killed at
any instruction leaves a record that is whole: the old one or the new one.

Records are read and written while a `ProcessLock` is held, which keeps a reader of a record from
seeing it change and orders memory on processors that reorder stores (ARM, Apple): who has taken
the lock sees the counters *and the frames* written before the other gave it back.

The two sides are not alike. The writer (main) may be stopped for seconds with the lock in hand,
because another of its threads holds the GIL. The reader feeds a device, so it never waits for
that: after `PATIENCE_S` it goes on with the counters that it saw last, and publishes its own with
its next call (`settled` is false until then).
"""

import struct
import threading
from types import TracebackType
from typing import NamedTuple, Self

from .process_lock import ProcessLock

NO_GATE = 2**63 - 1
"""The gate that lets everything through."""

PATIENCE_S = 0.002
"""How long the reader waits for the lock; the writer has it for some microseconds normally."""


class WriterCounters(NamedTuple):
    """What the writer owns; frames are counted from the buffer's start and never go back."""

    written: int = 0
    gate: int = NO_GATE
    """The frame that the reader may not go past."""
    finished: int = 0
    """1 when nothing more will come, else 0."""
    epoch: int = 0
    cleared: int = 0
    """All before this frame was dropped, if it had not been heard."""
    peak_frames: int = 0
    overfill_frames: int = 0
    stale_frames: int = 0


class ReaderCounters(NamedTuple):
    """What the reader owns; frames are counted from the buffer's start."""

    taken: int = 0
    heard: int = 0
    heard_at_s: float = 0.0
    cleared: int = 0
    """The writer's `cleared` as far as the reader has noticed: it reads nothing before it."""
    underruns: int = 0
    underrun_frames: int = 0
    padded_frames: int = 0
    skipped: int = 0
    """Frames before `heard` that were dropped unheard."""
    playing_to: int = 0
    """The frame up to which an output sounds on without the reader; 0 where it is at rest."""
    playing_at_s: float = 0.0
    """When that was told."""

    def notice(self, writer: WriterCounters) -> Self:
        """These counters once a `clear` has been seen: go on at its mark."""
        if writer.cleared <= self.cleared:
            return self
        return self._replace(cleared=writer.cleared, taken=max(self.taken, writer.cleared))

    def sounded_on(self, now: float, sample_rate: int) -> Self:
        """These counters once what an output had in hand has been heard, by `now` at most."""
        passed = max(round((now - self.playing_at_s) * sample_rate), 0)
        frame = min(self.playing_to, self.heard + passed)
        if frame <= self.heard:
            return self
        at_s = self.playing_at_s + (frame - self.heard) / sample_rate
        return self._replace(
            heard=frame,
            heard_at_s=at_s,
            taken=max(self.taken, frame),
            playing_to=frame,
            playing_at_s=at_s,
        )


class Record:
    """A tuple of numbers in memory, replaced as a whole or not at all."""

    SIZE = 384
    """Bytes in memory: the selecting byte and two banks, each on cache lines of its own."""
    _BANK_SIZE = 128

    def __init__(self, memory: memoryview, layout: str) -> None:
        self._memory = memory
        self._layout = struct.Struct(layout)

    def load(self) -> tuple[float, ...]:
        return self._layout.unpack_from(self._memory, self._bank(self._memory[0]))

    def store(self, values: tuple[float, ...]) -> None:
        bank = 1 - self._memory[0]
        self._layout.pack_into(self._memory, self._bank(bank), *values)
        self._memory[0] = bank

    def release(self) -> None:
        """Let go of the memory."""
        self._memory.release()

    def _bank(self, bank: int) -> int:
        return self._BANK_SIZE * (1 + bank)


class Ledger:
    """The counters of both sides inside one process: ``with ledger:`` looks, then publishes.

    Its lock protects `writer` and `reader`: inside the ``with`` they may be replaced. Outside they
    may be read, as they were seen last.
    """

    def __init__(self) -> None:
        self.writer = WriterCounters()
        self.reader = ReaderCounters()
        self.settled = True
        """False while this side's counters have not reached the other side."""
        self._threads = threading.Lock()

    def __enter__(self) -> Self:
        self._threads.acquire()
        self.reader = self.reader.notice(self.writer)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._threads.release()

    def look(self) -> Self:
        """This ledger with what a plain look shows: the writer's is fresh, the reader's is that of
        its last call, so that what it decides on does not change under it."""
        return self

    def close(self) -> None:
        """Let go of what is shared. Idempotent."""


class SharedLedger(Ledger):
    """One side's ledger in shared memory; the locks together protect `_memory` as well."""

    def __init__(self, writer: memoryview, reader: memoryview, lock: ProcessLock) -> None:
        super().__init__()
        self._writer_record = Record(writer, "8q")
        self._reader_record = Record(reader, "2qd6qd")
        self._lock = lock

    def close(self) -> None:
        self._writer_record.release()
        self._reader_record.release()


class WriterLedger(SharedLedger):
    """The writer's side: waits for the lock, which the reader holds for microseconds."""

    def look(self) -> Self:
        with self:
            return self

    def __enter__(self) -> Self:
        self._threads.acquire()
        try:
            self._lock.acquire()
            self.reader = ReaderCounters._make(self._reader_record.load())
        except BaseException:
            self._threads.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._writer_record.store(self.writer)
            self._lock.release()
        finally:
            self._threads.release()


class ReaderLedger(SharedLedger):
    """The reader's side: goes on without the lock where the writer does not give it back soon.

    What the last reader heard is carried on; what it had taken beyond that is offered again.
    """

    def __init__(self, writer: memoryview, reader: memoryview, lock: ProcessLock) -> None:
        super().__init__(writer, reader, lock)
        lock.acquire()
        last = ReaderCounters._make(self._reader_record.load())
        lock.release()
        self.reader = last._replace(taken=max(last.heard, last.cleared))

    def __enter__(self) -> Self:
        self._threads.acquire()
        try:
            self.settled = self._lock.acquire(PATIENCE_S)
            if self.settled:
                self.writer = WriterCounters._make(self._writer_record.load())
                self.reader = self.reader.notice(self.writer)
        except BaseException:
            self._threads.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self.settled:
                self._reader_record.store(self.reader)
                self._lock.release()
        finally:
            self._threads.release()
