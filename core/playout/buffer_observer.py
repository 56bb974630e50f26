"""A look at an audio buffer from a process that is neither its writer nor its reader."""

from types import TracebackType
from typing import NamedTuple, Self

from .buffer_ledger import PATIENCE_S, ReaderCounters, SharedLedger, WriterCounters
from .buffer_storage import SharedStorage
from .frame_ring import Samples


class Sight(NamedTuple):
    """What an audio buffer's sides had published at one moment; frames count from its start."""

    heard: int
    """All before this frame was heard, or dropped before it was."""
    heard_at_s: float
    """When that was, on `core.clock`."""
    limit: int
    """The reader may go up to this frame."""
    skipped: int = 0
    """How many of the frames before `heard` were dropped unheard."""
    cleared: int = 0
    """Where what was dropped last ends."""
    sounds: bool = False
    """Whether the output sounds on from `heard`."""


class _ObserverLedger(SharedLedger):
    """Reads both records and publishes none; goes on with what it saw where the lock is held."""

    def __enter__(self) -> Self:
        self._threads.acquire()
        try:
            self.settled = self._lock.acquire(PATIENCE_S)
            if self.settled:
                self.writer = WriterCounters._make(self._writer_record.load())
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
            if self.settled:
                self._lock.release()
        finally:
            self._threads.release()


class BufferObserver:
    """Sees what is heard without a word to either side, and copies frames that lie there still.

    Raises `PlayoutError` where `handle` (`AudioBuffer.handle`) is not good in this process, which
    must have inherited the buffer's files.
    """

    def __init__(self, handle: str) -> None:
        self._storage = SharedStorage.attach(handle, _ObserverLedger)

    @property
    def sample_rate(self) -> int:
        """Frames per second."""
        return self._storage.sample_rate

    def look(self) -> Sight:
        """What is published now, or what was seen last where the lock could not be had."""
        with self._storage.ledger as ledger:
            writer, reader = ledger.writer, ledger.reader
        return Sight(
            heard=reader.heard,
            heard_at_s=reader.heard_at_s,
            limit=min(writer.written, writer.gate),
            skipped=reader.skipped,
            cleared=reader.cleared,
            sounds=reader.playing_to > 0,
        )

    def read(self, start: int, count: int) -> Samples:
        """A copy of `count` frames from `start` on. Frames that were heard long ago give what was
        written in their place: the buffer holds 30 s, of which the engine fills 20 ahead."""
        return self._storage.ring.read(start, count)

    def close(self) -> None:
        """Let go of the memory. Idempotent."""
        self._storage.close()
