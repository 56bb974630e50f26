import struct
import sys
import threading
from collections.abc import Iterator

import pytest

from skaldcast.core.playout.buffer_ledger import (
    Ledger,
    ReaderCounters,
    ReaderLedger,
    Record,
    WriterCounters,
    WriterLedger,
)
from skaldcast.core.playout.process_lock import ProcessLock


class InterruptedLock(ProcessLock):
    """A lock whose next taking is interrupted, as by Ctrl-C."""

    interrupted = True

    def acquire(self, timeout_s: float | None = None) -> bool:
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt
        return True

    def release(self) -> None: ...


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns at almost every step."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval_s)


class TestARecord:
    def test_gives_back_what_was_stored_each_time(self) -> None:
        record = Record(memoryview(bytearray(Record.SIZE)), "2qd")
        for values in ((1, 2, 0.5), (2**63 - 1, -1, 1e300), (0, 0, 0.0)):
            record.store(values)
            assert record.load() == values

    @pytest.mark.parametrize("stores", [1, 2])
    def test_keeps_the_old_values_until_the_new_ones_are_whole(self, stores: int) -> None:
        record = Record(memoryview(bytearray(Record.SIZE)), "2q")
        for number in range(1, stores + 1):
            record.store((number, -number))
        with pytest.raises(struct.error):
            record.store((7, 2**63))  # stops half-way: the second number is too large
        assert record.load() == (stores, -stores)


class TestNoticingAClear:
    def test_moves_on_to_the_mark(self) -> None:
        reader = ReaderCounters(taken=5, heard=3).notice(WriterCounters(cleared=8))
        assert (reader.taken, reader.heard, reader.cleared) == (8, 3, 8)

    def test_does_not_move_back(self) -> None:
        assert ReaderCounters(taken=9).notice(WriterCounters(cleared=8)).taken == 9

    def test_happens_once(self) -> None:
        reader = ReaderCounters(taken=5, cleared=8)
        assert reader.notice(WriterCounters(cleared=8)) is reader


class TestALedger:
    def test_keeps_the_threads_of_a_process_apart(self, switching_often: None) -> None:
        ledger = Ledger()

        def count() -> None:
            for _ in range(2_000):
                with ledger:
                    ledger.writer = ledger.writer._replace(written=ledger.writer.written + 1)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert ledger.writer.written == 8_000

    @pytest.mark.parametrize("side", [WriterLedger, ReaderLedger])
    def test_stays_usable_when_waiting_for_the_lock_is_interrupted(
        self, side: type[WriterLedger | ReaderLedger]
    ) -> None:
        lock = InterruptedLock.create()
        lock.interrupted = False
        records = [memoryview(bytearray(Record.SIZE)) for _ in range(2)]
        ledger = side(*records, lock)
        lock.interrupted = True
        with pytest.raises(KeyboardInterrupt), ledger:
            pass
        with ledger:
            pass
        lock.close()
