import select
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from skaldcast.core.errors import PlayoutError, StateError
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.buffer_ledger import NO_GATE
from skaldcast.core.playout.buffer_statistics import BufferStatistics, Heard
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.playout.shared_memory import SharedMemory
from skaldcast.core.types import AudioFormat

FORMAT = AudioFormat(sample_rate=10)
"""Ten frames a second: a capacity of one second is ten frames."""
LONG_S = 60.0
"""A limit for waits that end early when all is well."""


def ramp(start: int, stop: int) -> Samples:
    return np.arange(start, stop, dtype=np.float32)


@pytest.fixture(params=["one process", "shared memory"])
def sides(request: pytest.FixtureRequest) -> Iterator[tuple[AudioBuffer, AudioBuffer]]:
    """Writer and reader: one object, or two that share memory (here without a second process)."""
    if request.param == "one process":
        buffer = AudioBuffer(FORMAT, 1.0)
        yield buffer, buffer
        buffer.close()
        return
    writer = AudioBuffer.shared(FORMAT, 1.0)
    reader = AudioBuffer.attach(writer.handle)
    yield writer, reader
    reader.close()
    writer.close()


@pytest.fixture
def writer(sides: tuple[AudioBuffer, AudioBuffer]) -> AudioBuffer:
    return sides[0]


@pytest.fixture
def reader(sides: tuple[AudioBuffer, AudioBuffer]) -> AudioBuffer:
    return sides[1]


class TestTheFifo:
    def test_gives_frames_in_the_order_they_came(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 3))
        writer.push(ramp(3, 7))
        assert reader.take(5).tolist() == [0, 1, 2, 3, 4]
        assert reader.take(5).tolist() == [5, 6]
        assert reader.take(5).size == 0

    def test_goes_on_past_the_end_of_its_memory(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        for start in range(0, 70, 7):
            assert writer.push(ramp(start, start + 7)).size == 0
            assert reader.pop_block(7).tolist() == ramp(start, start + 7).tolist()

    def test_hands_back_what_does_not_fit_and_counts_it(self, writer: AudioBuffer) -> None:
        assert writer.push(ramp(0, 8)).size == 0
        assert writer.push(ramp(8, 14)).tolist() == [10, 11, 12, 13]
        assert writer.push(ramp(10, 14)).size == 4
        assert writer.statistics().overfill_frames == 8
        assert writer.written == 10

    def test_tells_both_sides_how_many_frames_were_dropped_unheard(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 10))
        writer.clear(6)
        reader.take(2)
        reader.release(8, skipped=6)
        assert (writer.skipped, reader.skipped, writer.heard) == (6, 6, 8)

    def test_has_room_again_only_when_frames_were_heard(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 10))
        reader.take(6)
        assert writer.room == 0
        reader.release(4)
        assert writer.room == 4
        assert writer.push(ramp(10, 15)).tolist() == [14]

    def test_gives_copies_that_later_frames_leave_alone(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 10))
        taken = reader.take(10)
        reader.release(10)
        writer.push(ramp(10, 20))
        assert taken.tolist() == ramp(0, 10).tolist()

    def test_measures_what_was_not_heard_in_seconds(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(5)
        reader.release(3)
        assert (writer.buffered_s, reader.buffered_s) == (0.5, 0.5)
        assert writer.statistics().peak_s == 0.8

    def test_takes_only_one_channel(self, writer: AudioBuffer) -> None:
        with pytest.raises(PlayoutError, match=r"\(2, 1\)"):
            writer.push(np.zeros((2, 1), np.float32))
        with pytest.raises(PlayoutError, match="2 channels"):
            AudioBuffer(AudioFormat(channels=2))

    def test_holds_at_least_one_frame(self) -> None:
        with pytest.raises(PlayoutError, match=r"0\.0 s"):
            AudioBuffer(FORMAT, 0.0)

    def test_is_24_khz_and_30_seconds_unless_said_otherwise(self) -> None:
        buffer = AudioBuffer()
        assert (buffer.sample_rate, buffer.capacity) == (24_000, 720_000)

    def test_tells_its_format_on_both_sides(self, sides: tuple[AudioBuffer, AudioBuffer]) -> None:
        assert [(side.format, side.capacity) for side in sides] == [(FORMAT, 10)] * 2


class TestHearing:
    def test_tells_the_writer_what_was_heard_and_when(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(8)
        reader.release(3, 12.5)
        assert writer.position() == Heard(3, 12.5)
        assert (writer.heard, writer.taken) == (3, 8)

    def test_stamps_with_the_clock_where_no_time_is_given(
        self, writer: AudioBuffer, reader: AudioBuffer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("skaldcast.core.playout.audio_buffer.monotonic_s", lambda: 77.0)
        reader.release(0)
        assert writer.position() == Heard(0, 77.0)

    def test_gives_frames_again_after_a_rewind(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(8)
        reader.release(3)
        reader.rewind(5)
        assert reader.take(9).tolist() == [5, 6, 7]

    @pytest.mark.parametrize("frame", [2, 7])
    def test_refuses_positions_before_what_was_heard_or_past_what_was_taken(
        self, writer: AudioBuffer, reader: AudioBuffer, frame: int
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(6)
        reader.release(3)
        before = reader.statistics()
        with pytest.raises(StateError, match=f"frame {frame}"):
            reader.release(frame)
        with pytest.raises(StateError, match=f"frame {frame}"):
            reader.rewind(frame)
        assert reader.statistics() == before


class TestTheGate:
    def test_keeps_the_reader_from_going_on(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 8), gate=5)
        assert reader.take(3).tolist() == [0, 1, 2]
        assert (reader.available, reader.at_gate) == (2, False)
        assert reader.take(9).tolist() == [3, 4]
        assert (reader.available, reader.at_gate, reader.gate) == (0, True, 5)

    def test_stays_where_it_is_when_frames_come_without_one(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 2), gate=3)
        writer.push(ramp(2, 6))
        assert reader.take(9).size == 3

    def test_opens(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 8), gate=0)
        assert reader.take(9).size == 0
        writer.set_gate(4)
        assert reader.take(9).size == 4
        writer.set_gate()
        assert reader.take(9).size == 4
        assert reader.gate == NO_GATE

    def test_behind_the_reader_gives_nothing_but_does_no_harm(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(6)
        writer.set_gate(2)
        assert reader.take(1).size == 0
        assert reader.available == 0


class TestTheEnd:
    def test_is_reached_when_all_was_taken(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 4))
        writer.finish()
        reader.take(3)
        assert (reader.finished, reader.at_end) == (True, False)
        reader.take(1)
        assert reader.at_end

    def test_is_not_there_before_it_is_announced(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 4))
        reader.take(4)
        assert not reader.at_end

    def test_is_taken_back_by_more_frames_or_by_saying_so(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.finish()
        writer.push(ramp(0, 0))
        assert writer.finished
        writer.push(ramp(0, 1))
        assert not writer.finished
        writer.finish()
        writer.reopen()
        reader.take(1)
        assert not reader.at_end


class TestClear:
    def test_drops_all_that_was_not_heard(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 6))
        reader.take(2)
        assert writer.clear() == 1
        assert writer.buffered_s == 0.0
        writer.push(ramp(6, 8))
        assert reader.take(9).tolist() == [6, 7]
        assert (reader.epoch, reader.cleared) == (1, 6)

    def test_drops_up_to_a_frame_and_keeps_the_rest(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 6))
        writer.clear(upto=4)
        assert writer.buffered_s == 0.2
        assert reader.take(9).tolist() == [4, 5]

    def test_never_brings_back_what_was_cleared(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 6))
        writer.clear(upto=4)
        writer.clear(upto=2)
        reader.rewind(0)
        assert reader.take(9).tolist() == [4, 5]

    def test_past_what_is_written_drops_all(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 6))
        writer.clear(upto=99)
        writer.push(ramp(6, 7))
        assert reader.take(9).tolist() == [6]

    def test_of_what_is_heard_already_changes_only_the_epoch(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 6))
        reader.take(5)
        reader.release(4)
        assert writer.clear(upto=3) == 1
        assert reader.take(9).tolist() == [5]
        reader.rewind(4)
        assert reader.take(9).tolist() == [4, 5]

    def test_gives_the_room_back_once_the_reader_has_noticed(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 10))
        writer.clear()
        reader.wait(0.0)
        assert writer.room == 10

    def test_lets_the_reader_say_what_it_had_heard_until_then(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 8))
        reader.take(4)
        writer.clear()
        reader.release(2, 1.0)
        assert writer.position() == Heard(2, 1.0, cleared=8)

    def test_makes_frames_of_an_older_epoch_vanish(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        assert writer.push(ramp(0, 2), epoch=0).size == 0
        epoch = writer.clear()
        assert writer.push(ramp(2, 99), epoch=0, gate=1).size == 0
        writer.push(ramp(200, 202), epoch=epoch)
        assert reader.take(9).tolist() == [200, 201]
        assert writer.statistics().stale_frames == 97

    def test_is_never_crossed_by_a_reader_that_names_its_epoch(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 6))
        reader.take(2, epoch=0)
        writer.clear(upto=4)
        assert reader.take(9, epoch=0).size == 0
        assert reader.take(9, epoch=reader.epoch).tolist() == [4, 5]


class TestPopBlock:
    def test_gives_exactly_what_was_asked_and_counts_it_as_heard(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 6))
        assert reader.pop_block(4).tolist() == [0, 1, 2, 3]
        assert writer.heard == 4

    def test_pads_with_silence_and_counts_each_run_of_it_as_one_underrun(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(1, 4))
        assert reader.pop_block(5).tolist() == [1, 2, 3, 0, 0]
        assert reader.pop_block(2).tolist() == [0, 0]
        writer.push(ramp(4, 6))
        reader.pop_block(2)
        reader.pop_block(1)
        statistics = writer.statistics()
        assert (statistics.underruns, statistics.underrun_frames) == (2, 5)
        assert statistics.padded_frames == 0

    def test_pads_past_the_end_without_an_underrun(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(1, 3))
        writer.finish()
        assert reader.pop_block(5, timeout_s=LONG_S).tolist() == [1, 2, 0, 0, 0]
        statistics = writer.statistics()
        assert (statistics.underruns, statistics.underrun_frames) == (0, 0)
        assert statistics.padded_frames == 3

    def test_pads_at_the_gate_without_an_underrun(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(1, 6), gate=2)
        assert reader.pop_block(4).tolist() == [1, 2, 0, 0]
        statistics = writer.statistics()
        assert (statistics.underruns, statistics.padded_frames) == (0, 2)

    def test_waits_for_frames(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        blocks: list[Samples] = []
        thread = threading.Thread(target=lambda: blocks.append(reader.pop_block(4, LONG_S)))
        thread.start()
        writer.push(ramp(0, 1))
        writer.push(ramp(1, 4))
        thread.join(LONG_S)
        assert [block.tolist() for block in blocks] == [[0, 1, 2, 3]]

    def test_waits_no_longer_than_asked(self, reader: AudioBuffer) -> None:
        assert reader.pop_block(2, timeout_s=0.001).tolist() == [0, 0]

    def test_stops_waiting_when_the_end_is_announced(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        thread = threading.Thread(target=reader.pop_block, args=(4, LONG_S))
        thread.start()
        writer.finish()
        thread.join(LONG_S)
        assert reader.statistics().padded_frames == 4


class TestWaiting:
    @pytest.mark.parametrize(
        "change",
        [
            lambda buffer: buffer.push(ramp(0, 1)),
            lambda buffer: buffer.set_gate(1),
            lambda buffer: buffer.finish(),
            lambda buffer: buffer.reopen(),
            lambda buffer: buffer.clear(),
            lambda buffer: buffer.ring(),
        ],
    )
    def test_ends_with_each_change_of_the_writer_once(
        self, writer: AudioBuffer, reader: AudioBuffer, change
    ) -> None:
        reader.wait(0.0)
        change(writer)
        assert reader.wait(LONG_S)
        assert not reader.wait(0.0)

    def test_can_last_until_something_happens(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        writer.push(ramp(0, 1))
        assert reader.wait()

    def test_shows_what_has_changed(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 3))
        writer.finish()
        writer.clear(1)
        reader.wait(LONG_S)
        assert (reader.epoch, reader.available, reader.finished) == (1, 2, True)


class TestCountersOfTheReader:
    def test_count_the_silence_a_player_put_in(
        self, writer: AudioBuffer, reader: AudioBuffer
    ) -> None:
        reader.count_underrun(3, events=1)
        reader.count_underrun(2, events=0)
        statistics = writer.statistics()
        assert (statistics.underruns, statistics.underrun_frames) == (1, 5)

    def test_are_all_in_the_statistics(self, writer: AudioBuffer, reader: AudioBuffer) -> None:
        writer.push(ramp(0, 9), gate=8)
        reader.take(4)
        reader.release(2)
        writer.clear(3)
        writer.finish()
        reader.wait(0.0)
        expected = BufferStatistics(
            capacity_frames=10,
            written=9,
            taken=4,
            heard=2,
            buffered_s=0.6,
            peak_s=0.9,
            underruns=0,
            underrun_frames=0,
            padded_frames=0,
            overfill_frames=0,
            stale_frames=0,
            epoch=1,
            gate=8,
            finished=True,
        )
        assert writer.statistics() == reader.statistics() == expected


class TestSharing:
    def test_is_possible_only_for_a_buffer_made_to_be_shared(self) -> None:
        buffer = AudioBuffer(FORMAT, 1.0)
        with pytest.raises(StateError, match="shared"):
            _ = buffer.handle
        assert buffer.inherited_fds() == ()

    def test_needs_a_good_handle(self) -> None:
        for handle in ("", "a,b,c", "999999,999999,999999:999999"):
            with pytest.raises(PlayoutError, match="pass_fds"):
                AudioBuffer.attach(handle)

    def test_needs_memory_that_holds_a_buffer(self) -> None:
        writer = AudioBuffer.shared(FORMAT, 1.0)
        other = SharedMemory.create(8192)
        _, lock, bell = writer.handle.split(",")
        with pytest.raises(PlayoutError, match="something else"):
            AudioBuffer.attach(f"{other.handle},{lock},{bell}")
        other.close()
        writer.close()

    def test_lets_a_new_reader_begin_with_what_was_not_heard(self) -> None:
        writer = AudioBuffer.shared(FORMAT, 1.0)
        first = AudioBuffer.attach(writer.handle)
        writer.push(ramp(0, 8))
        first.take(6)
        first.release(2, 3.5)
        first.count_underrun(7, events=1)
        first.close()
        second = AudioBuffer.attach(writer.handle)
        assert second.take(9).tolist() == ramp(2, 8).tolist()
        assert writer.position() == Heard(2, 3.5)
        assert writer.statistics().underrun_frames == 7
        second.close()
        writer.close()

    def test_lets_a_new_reader_begin_behind_what_was_cleared(self) -> None:
        writer = AudioBuffer.shared(FORMAT, 1.0)
        writer.push(ramp(0, 8))
        writer.clear(5)
        reader = AudioBuffer.attach(writer.handle)
        assert reader.take(9).tolist() == [5, 6, 7]
        reader.close()
        writer.close()

    def test_can_be_closed_twice(self) -> None:
        for buffer in (AudioBuffer(FORMAT, 1.0), AudioBuffer.shared(FORMAT, 1.0)):
            buffer.close()
            buffer.close()

    def test_never_uses_room_again_that_the_reader_may_still_be_copying_from(self) -> None:
        writer = AudioBuffer.shared(FORMAT, 1.0)
        reader = AudioBuffer.attach(writer.handle)
        writer.push(ramp(0, 10))
        writer.clear()
        assert writer.push(ramp(10, 12)).tolist() == [10, 11]  # the reader has not noticed yet
        reader.wait(0.0)
        assert writer.push(ramp(10, 12)).size == 0
        reader.close()
        writer.close()


if sys.platform != "win32":  # there `wait` is the only way

    def test_a_shared_buffer_has_a_descriptor_that_is_readable_when_something_changed() -> None:
        writer = AudioBuffer.shared(FORMAT, 1.0)
        reader = AudioBuffer.attach(writer.handle)
        assert select.select([reader.fileno()], [], [], 0.0)[0] == []
        writer.push(ramp(0, 1))
        assert select.select([reader.fileno()], [], [], 60.0)[0] == [reader.fileno()]
        reader.close()
        writer.close()


class TestBreakingOff:
    def test_what_an_output_had_in_hand_is_heard_as_far_as_time_allows(self) -> None:
        buffer = AudioBuffer(AudioFormat(1000), capacity_s=4.0)
        buffer.push(np.zeros(2000, np.float32))
        buffer.take(1500)
        buffer.release(500, 10.0, playing=(1500, 10.0))
        assert buffer.broke_off_s == 10.0
        buffer.sounded_on(9.0)
        assert buffer.heard == 500
        buffer.sounded_on(10.2)
        assert (buffer.heard, buffer.broke_off_s) == (700, 10.2)

    def test_an_output_at_rest_has_nothing_in_hand(self) -> None:
        buffer = AudioBuffer(AudioFormat(1000), capacity_s=4.0)
        buffer.push(np.zeros(2000, np.float32))
        buffer.take(1500)
        buffer.release(500, 10.0, playing=(1500, 10.0))
        buffer.rest()
        buffer.sounded_on(20.0)
        assert (buffer.heard, buffer.broke_off_s) == (500, None)
        buffer.rest(broke_off_s=11.0)
        buffer.sounded_on(20.0)
        assert (buffer.heard, buffer.broke_off_s) == (500, 11.0)
