"""The player on a virtual clock: what is heard of what was pushed, when, and what is told of it."""

import numpy as np
import pytest
import soxr

from skaldcast.core.playout.messages import RoomMade, RunEnded, RunStarted, UnderflowsReported
from skaldcast.core.playout.player import RAMP_S, STEP_S, Player
from tests.core.playout.playing import FADE, NO_GATE, RATE, Playing, numbered, numbers, tone
from tests.fakes import BlockwiseDevice, FakeDevice


@pytest.fixture
def playing() -> Playing:
    return Playing()


# what is heard


def test_what_is_pushed_in_pieces_is_heard_once_in_order_and_unbroken(playing: Playing) -> None:
    with playing.nothing_counted():
        for count in (9000, 1, 480, 12_000, 7, 30_000, 2000):
            playing.push(count)
            playing.run(0.03)
        playing.finish()
        playing.run(4.0)
    assert playing.heard == list(range(53_488))
    recording = playing.device.recording
    assert numbers(recording[:53_488]) == list(range(53_488))
    assert playing.device.stops == 1


def test_sound_begins_with_the_step_that_finds_it(playing: Playing) -> None:
    playing.run(0.5)
    playing.push(2400)
    playing.run(0.2)
    assert np.flatnonzero(playing.device.recording)[0] == RATE // 2


def test_the_device_gets_all_its_channels_alike() -> None:
    playing = Playing(channels=6)
    playing.push(2400)
    playing.finish()
    playing.run(0.2)
    assert playing.heard == list(range(2400))


def test_nothing_past_the_gate_is_heard_until_it_opens(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.gate(6000)
        playing.push(24_000)
        playing.run(1.0)
        assert playing.heard == list(range(6000))
        playing.gate(24_000)
        playing.run(1.0)
    assert playing.heard == list(range(24_000))


def test_a_gate_that_opens_in_time_is_not_heard_at_all(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.gate(6000)
        playing.push(24_000)
        playing.run(0.245)
        playing.gate(24_000)
        playing.run(1.0)
    assert numbers(playing.device.recording[:24_000]) == list(range(24_000))
    assert len(playing.of(RunStarted)) == 1


# underruns


def test_silence_inside_speech_is_padded_and_counted_once(playing: Playing) -> None:
    playing.push(12_000)
    playing.run(1.0)
    playing.push(12_000)
    playing.finish()
    playing.run(1.0)
    assert playing.heard == list(range(24_000))
    sounding = np.flatnonzero(playing.device.recording)
    silent = sounding[-1] + 1 - sounding[0] - 24_000
    assert silent > 0.4 * RATE
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames == silent


@pytest.mark.parametrize("late_s", [0.46, 0.5, 0.553, 0.7, 2.0, 3.5])
def test_silence_that_the_device_adds_of_itself_is_counted_too(late_s: float) -> None:
    playing = Playing()
    device = BlockwiseDevice(playing.clock, 48_000)
    playing.player.attach(device)
    playing.push(12_000)
    playing.run(late_s)
    playing.push(24_000)
    playing.finish()
    playing.run(2.0)
    sounding = np.flatnonzero(np.abs(device.recording) > 1e-4)
    silent_s = (np.diff(sounding).max() - 1) / 48_000
    statistics = playing.buffer.statistics()
    assert statistics.underruns == (silent_s > 0.001)
    assert statistics.underrun_frames / RATE == pytest.approx(silent_s, abs=0.010)


def test_speech_that_comes_late_does_not_wait_for_the_padding(playing: Playing) -> None:
    playing.push(12_000)
    playing.run(0.8)
    playing.push(12_000)
    playing.run(0.3)
    sounding = np.flatnonzero(playing.device.recording)
    began = sounding[sounding > 12_100][0]
    assert began - 0.8 * RATE <= 0.05 * RATE


def test_a_shallow_device_is_padded_no_deeper_than_it_is() -> None:
    playing = Playing(depth_s=0.012)
    playing.push(4800)
    playing.run(0.5)
    playing.push(4800)
    playing.finish()
    playing.run(0.5)
    assert playing.heard == list(range(9600))
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames == pytest.approx(0.3 * RATE, abs=0.02 * RATE)


class FarSink(FakeDevice):
    """One whose sound is heard 0.25 s after it was taken out of its buffer."""

    def pending(self) -> int:
        return super().pending() + self.sample_rate // 4


def test_a_shallow_device_before_a_sink_that_delays_is_never_dry() -> None:
    playing = Playing()
    playing.player.attach(device := FarSink(playing.clock, RATE, depth_s=0.03))
    playing.push(72_000)
    playing.run(2.0)
    sounding = np.flatnonzero(device.recording)
    assert sounding.size > 1.9 * RATE
    assert np.all(np.diff(sounding) == 1)


def test_two_silences_are_two_underruns(playing: Playing) -> None:
    for _ in range(2):
        playing.push(4800)
        playing.run(0.4)
    playing.finish()
    playing.run(0.5)
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 2


def test_a_device_that_nobody_fed_in_time_counts_as_an_underrun(playing: Playing) -> None:
    playing.push(72_000)
    playing.finish()
    playing.run(0.5)
    dry_at_s = playing.clock.now_s + playing.device.pending() / RATE
    playing.clock.pass_time(2.0)  # the process was held up
    playing.step()
    assert playing.buffer.position().at_s == pytest.approx(dry_at_s, abs=1e-4)
    playing.run(3.0)
    sounding = np.flatnonzero(playing.device.recording)
    silent = sounding[-1] + 1 - sounding[0] - sounding.size
    statistics = playing.buffer.statistics()
    assert silent > 0.9 * RATE
    assert statistics.underruns == 1
    assert statistics.underrun_frames == pytest.approx(silent, abs=1)
    assert playing.heard == list(range(72_000))


def test_a_device_that_ran_dry_and_finds_no_audio_either_is_one_underrun(playing: Playing) -> None:
    playing.push(12_000)
    playing.run(0.2)
    playing.clock.pass_time(0.5)
    playing.run(0.5)
    playing.push(12_000)
    playing.finish()
    playing.run(1.0)
    sounding = np.flatnonzero(playing.device.recording)
    silent = sounding[-1] + 1 - sounding[0] - 24_000
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames == pytest.approx(silent, abs=1)


@pytest.mark.parametrize("late_s", [0.0, 0.004, 0.5, 3.0])
def test_a_wait_at_the_gate_is_no_underrun_however_late_it_is_noticed(
    playing: Playing, late_s: float
) -> None:
    with playing.nothing_counted():
        playing.gate(12_000)
        playing.push(24_000)
        playing.run(0.49)
        playing.clock.pass_time(late_s)
        playing.gate(24_000)
        playing.run(2.0)
    assert playing.heard == list(range(24_000))


def test_a_gate_that_closed_in_time_is_no_underrun_though_it_is_noticed_late(
    playing: Playing,
) -> None:
    with playing.nothing_counted():
        playing.push(12_000)
        playing.run(0.4)
        playing.buffer.set_gate(12_000)
        playing.clock.pass_time(1.0)
        playing.run(0.5)


def test_the_end_is_no_underrun(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.push(12_000)
        playing.finish()
        playing.run(2.0)
    assert playing.heard == list(range(12_000))


def test_no_silence_is_padded_before_the_first_sound_or_after_a_stop(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.run(2.0)
        playing.push(12_000)
        playing.run(0.1)
        playing.buffer.clear()
        playing.run(2.0)
    assert playing.device.sounding.size < 0.2 * RATE


# what is told


@pytest.mark.parametrize("delay_s", [0.0, 0.003, 0.02, 0.15])
def test_the_start_of_a_run_is_told_with_its_time(delay_s: float) -> None:
    playing = Playing(delay_s=delay_s)
    playing.run(0.3)
    pushed_s = playing.clock.now_s
    playing.push(24_000)
    playing.run(0.5)
    (started,) = playing.of(RunStarted)
    assert started == RunStarted(0, pytest.approx(pushed_s + delay_s, abs=1e-4))


def test_each_run_starts_and_ends_once_and_says_where(playing: Playing) -> None:
    playing.gate(4800)
    playing.push(14_400)
    playing.run(0.5)
    playing.gate(NO_GATE)
    playing.run(0.1)
    playing.player.pause(playing.clock.now_s)
    playing.player.resume()
    playing.finish()
    playing.run(1.0)
    told = [m for m in playing.messages if isinstance(m, RunStarted | RunEnded)]
    assert [type(m) for m in told] == [RunStarted, RunEnded] * 3
    paused_at = 4800 + 2400 + FADE
    assert [m.frame for m in told] == [0, 4800, 4800, paused_at, paused_at, 14_400]
    times = [m.at_s - playing.clock.start_s for m in told]
    assert times == pytest.approx([0.0, 0.2, 0.5, 0.6, 0.61, 0.9], abs=1e-4)
    assert playing.buffer.position().at_s == told[-1].at_s


def test_a_run_of_which_nothing_was_heard_is_not_told() -> None:
    playing = Playing(delay_s=0.1, cuts=True)
    playing.push(24_000)
    playing.run(0.05)
    playing.player.pause(playing.clock.now_s)
    assert playing.messages == []
    assert playing.buffer.heard == 0


def test_a_run_that_is_paused_at_once_is_told_whole(playing: Playing) -> None:
    playing.push(24_000)
    playing.player.pause(playing.clock.now_s)
    now_s = playing.clock.now_s
    assert playing.messages == [RunStarted(0, now_s), RunEnded(FADE, now_s)]


def test_the_position_is_that_of_the_device_after_each_step() -> None:
    playing = Playing(delay_s=0.05)
    playing.push(72_000)
    for _ in range(100):
        wait_s = playing.player.step(playing.clock.now_s)
        assert playing.buffer.heard == playing.device.sounding.size
        assert playing.buffer.position().at_s in (0.0, playing.clock.now_s)
        assert wait_s <= STEP_S
        playing.clock.pass_time(wait_s)
    assert playing.buffer.heard > 30_000


def test_no_more_is_remembered_than_the_device_holds(playing: Playing) -> None:
    playing.push(8 * RATE)
    playing.run(7.0)
    assert len(playing.player._sent) <= 2 * RATE


def test_room_is_told_now_and_then(playing: Playing) -> None:
    playing.push(8 * RATE)
    playing.run(7.5)
    assert 5 <= len(playing.of(RoomMade)) <= 8


def test_what_the_device_counts_is_told_as_it_grows_over_all_devices(playing: Playing) -> None:
    playing.push(96_000)
    playing.run(0.2)
    playing.device.underflows = 2
    playing.run(0.2)
    playing.device.underflows = 3
    playing.run(0.2)
    playing.player.leave(playing.clock.now_s)
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    device.underflows = 1
    playing.run(0.2)
    assert playing.of(UnderflowsReported) == [UnderflowsReported(n) for n in (2, 1, 1)]


# other rates


@pytest.mark.parametrize(
    ("rate", "device_rate"),
    [(24_000, 48_000), (24_000, 44_100), (22_050, 48_000), (24_000, 22_050)],
)
def test_a_resampled_stream_is_as_long_as_it_should_be_and_the_same_in_any_pieces(
    rate: int, device_rate: int
) -> None:
    playing = Playing(rate, device_rate)
    signal = tone(2 * rate, rate) + 0.1
    with playing.nothing_counted():
        for start in range(0, signal.size, 7919):
            playing.push_samples(signal[start : start + 7919])
            playing.run(0.1)
        playing.finish()
        playing.run(3.0)
    whole = soxr.resample(signal, rate, device_rate, quality="HQ")
    heard = playing.device.recording[: whole.size]
    assert playing.device.sounding.size == 2 * device_rate
    np.testing.assert_allclose(heard, whole, atol=1e-5)
    assert playing.buffer.heard == signal.size


@pytest.mark.parametrize(
    ("rate", "device_rate"), [(24_000, 48_000), (24_000, 44_100), (22_050, 48_000)]
)
def test_positions_of_a_resampled_stream_are_right_to_the_frame(
    rate: int, device_rate: int
) -> None:
    """The samples of a slow rise say where they are, also after pauses at odd places."""
    playing = Playing(rate, device_rate)
    count = 4 * rate
    playing.push_samples(((np.arange(count) + rate) / (8 * rate)).astype(np.float32))
    playing.finish()
    for seconds in (0.41, 0.3333, 0.6):
        playing.run(seconds)
        playing.player.step(playing.clock.now_s)
        position = playing.buffer.heard
        last = playing.device.recording[-1] * 8 * rate - rate
        assert position == pytest.approx(last, abs=1.0 + rate / device_rate)
        playing.player.pause(playing.clock.now_s)
        playing.run(0.1)
        playing.player.resume()
    playing.run(4.0)
    assert playing.buffer.heard == count
    assert playing.device.sounding.size == pytest.approx(4 * device_rate, abs=4)


@pytest.mark.parametrize("count", [1, 5, 100, 700])
def test_a_run_shorter_than_the_resampler_s_delay_is_heard(count: int) -> None:
    playing = Playing(device_rate=48_000)
    playing.gate(count)
    playing.push_samples(np.full(RATE, 0.5, np.float32))
    playing.run(0.5)
    assert playing.device.sounding.size == 2 * count
    assert playing.buffer.heard == count
    assert len(playing.of(RunEnded)) == 1


def test_the_tail_of_a_resampled_run_waits_for_room_in_a_shallow_device() -> None:
    playing = Playing(device_rate=48_000, depth_s=0.012)
    with playing.nothing_counted():
        playing.push_samples(np.full(4800, 0.5, np.float32))
        playing.finish()
        playing.run(1.0)
    assert playing.device.sounding.size == 9600
    assert playing.buffer.heard == 4800


def test_the_tail_in_a_shallow_device_is_not_broken_by_padding() -> None:
    playing = Playing(device_rate=48_000, depth_s=0.012)
    playing.push_samples(np.full(4800, 0.5, np.float32))
    playing.run(0.5)
    sounding = np.flatnonzero(playing.device.recording)
    assert sounding.size == 9600
    assert sounding[-1] - sounding[0] == 9599


def test_what_a_device_takes_later_than_it_said_is_heard_before_the_resampler_s_tail() -> None:
    playing = Playing()

    class HasNoRoomForTheLast(FakeDevice):
        looks = 0

        def writable(self) -> int:
            self.looks += not playing.buffer.available
            return 0 if 0 < self.looks < 3 else super().writable()

    playing.player.attach(device := HasNoRoomForTheLast(playing.clock, 48_000))
    playing.push_samples(rising := np.linspace(0.1, 0.9, 4800, dtype=np.float32))
    playing.finish()
    playing.run(0.5)
    whole = soxr.resample(rising, RATE, 48_000, quality="HQ")
    np.testing.assert_allclose(device.sounding, whole, atol=1e-5)


@pytest.mark.parametrize("when", range(5))
def test_what_the_device_has_no_room_for_just_now_waits_and_is_not_overtaken_by_silence(
    when: int,
) -> None:
    class TellsNoRoomNowAndThen(FakeDevice):
        looks = 0

        def writable(self) -> int:
            self.looks += 1
            return 0 if self.looks % 5 == when else super().writable()

    playing = Playing()
    device = TellsNoRoomNowAndThen(playing.clock, 48_000, depth_s=0.03)
    playing.player.attach(device)
    playing.push_samples(np.full(4800, 0.5, np.float32))
    playing.run(0.5)
    sounding = np.flatnonzero(device.recording)
    assert sounding.size == 9600
    assert sounding[-1] - sounding[0] == 9599


# files


def unpaced(playing: Playing, rate: int = RATE) -> FakeDevice:
    device = FakeDevice(playing.clock, rate, paced=False)
    playing.player.attach(device)
    return device


def test_a_file_gets_everything_at_once_and_no_silence(playing: Playing) -> None:
    device = unpaced(playing)
    with playing.nothing_counted():
        for _ in range(5):
            playing.push(30_000)
            assert playing.buffer.heard == playing.buffer.written, "its room is free again"
            playing.run(0.3)
        playing.finish()
    assert numbers(device.recording) == list(range(150_000))
    assert playing.of(RunStarted) == [RunStarted(0, playing.clock.start_s)]
    assert len(playing.of(RunEnded)) == 1


def test_a_file_gets_no_fades_at_pause_resume_or_restart(playing: Playing) -> None:
    device = unpaced(playing)
    playing.push(30_000)
    playing.player.pause(playing.clock.now_s)
    playing.push(10_000)
    assert device.recording.size == 30_000
    playing.player.resume()
    playing.run(0.1)
    playing.player = Player(playing.buffer, playing.messages.append)
    playing.player.attach(device)
    playing.push(10_000)
    assert numbers(device.recording) == list(range(50_000))


def test_a_file_at_another_rate_gets_the_resampler_s_tail_too(playing: Playing) -> None:
    device = unpaced(playing, 48_000)
    with playing.nothing_counted():
        for _ in range(7):
            playing.push_samples(np.full(4801, 0.5, np.float32))
        playing.finish()
        playing.run(0.1)
    assert device.recording.size == 2 * 7 * 4801
    assert playing.buffer.heard == 7 * 4801


def test_the_volume_of_a_file_changes_with_what_is_written_next(playing: Playing) -> None:
    device = unpaced(playing)
    playing.push(30_000)
    playing.player.set_gain(0.5)
    playing.push(30_000)
    gains = device.recording / numbered(0, 60_000)
    assert set(gains[:30_000]) == {1.0}
    assert np.diff(gains[30_000:]).min() >= -1.0 / round(RAMP_S * RATE)
    assert gains[-1] == 0.5
