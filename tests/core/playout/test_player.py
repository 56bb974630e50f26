"""The player on a virtual clock: what is heard of what was pushed, when, and what is told of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.messages import RoomMade, RunEnded, RunStarted, UnderflowsReported
from skaldcast.core.playout.player import FADE_S, RAMP_S, STEP_S, Player
from skaldcast.core.types import AudioFormat
from tests.fakes import Clock, FakeDevice

RATE = 24_000
FADE = round(FADE_S * RATE)
NO_GATE = 2**63 - 1


def numbered(start: int, count: int) -> NDArray[np.float32]:
    """Samples that are exact in float32 and say which ones they are."""
    return (np.arange(start + 1, start + count + 1) / 2**20).astype(np.float32)


def numbers(samples: NDArray[np.float32]) -> list[int]:
    """Which of the `numbered` samples these are; -1 for one that was changed."""
    number = samples.astype(np.float64) * 2**20 - 1
    return np.where(number == np.rint(number), number, -1).astype(int).tolist()


def tone(count: int, rate: int = RATE) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * 440 / rate * np.arange(count))).astype(np.float32)


class Playing:
    """A player on a fake device, stepped as the playout process would."""

    def __init__(self, rate: int = RATE, device_rate: int = RATE, **device: Any) -> None:
        self.clock = Clock()
        self.buffer = AudioBuffer(AudioFormat(rate), capacity_s=8.0)
        self.device = FakeDevice(self.clock, device_rate, **device)
        self.messages: list[object] = []
        self.player = Player(self.buffer, self.messages.append)
        self.player.attach(self.device)

    def push(self, count: int, *, then_step: bool = True) -> None:
        """Push the next numbered samples."""
        self.push_samples(numbered(self.buffer.written, count), then_step=then_step)

    def push_samples(self, samples: NDArray[np.float32], *, then_step: bool = True) -> None:
        assert self.buffer.push(samples).size == 0
        if then_step:  # the doorbell has rung
            self.player.step(self.clock.now_s)

    def gate(self, frame: int) -> None:
        self.buffer.set_gate(frame)
        self.player.step(self.clock.now_s)

    def finish(self) -> None:
        self.buffer.finish()
        self.player.step(self.clock.now_s)

    def run(self, seconds: float) -> None:
        """Let time pass and step whenever the player asked for it."""
        end_s = self.clock.now_s + seconds
        while (left_s := end_s - self.clock.now_s) > 1e-9:
            wait_s = self.player.step(self.clock.now_s)
            assert wait_s >= 0.005
            self.clock.pass_time(min(wait_s, left_s))
        self.player.step(self.clock.now_s)

    def of(self, kind: type) -> list[object]:
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def heard(self) -> list[int]:
        return numbers(self.device.sounding)

    @contextmanager
    def nothing_counted(self) -> Iterator[None]:
        yield
        assert self.buffer.statistics().underruns == 0
        assert self.buffer.statistics().underrun_frames == 0


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


def test_speech_that_comes_late_does_not_wait_for_the_padding(playing: Playing) -> None:
    playing.push(12_000)
    playing.run(0.8)
    playing.push(12_000)
    playing.run(0.3)
    sounding = np.flatnonzero(playing.device.recording)
    began = sounding[sounding > 12_100][0]
    assert began - 0.8 * RATE <= 0.05 * RATE


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
    playing.clock.pass_time(2.0)  # the process was held up
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


# pause and resume


def test_pause_fades_out_and_resume_goes_on_with_the_next_frame(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.push(48_000)
        playing.run(0.5)
        playing.player.pause(playing.clock.now_s)
        assert playing.player.paused
        assert playing.buffer.heard == 12_000 + FADE
        playing.run(1.0)
        out = playing.device.sounding
        assert out.size == 12_000 + FADE
        playing.player.resume()
        playing.run(0.1)
    assert numbers(out[:12_000]) == list(range(12_000))
    faded = out[12_000:] / numbered(12_000, FADE)
    np.testing.assert_allclose(faded, np.linspace(1, 0, FADE, endpoint=False), atol=1e-5)
    again = playing.device.sounding[out.size :]
    rise = again[:FADE] / numbered(12_000 + FADE, FADE)
    np.testing.assert_allclose(rise, np.linspace(0, 1, FADE + 1)[1:], atol=1e-5)
    assert numbers(again[FADE:]) == list(range(12_000 + 2 * FADE, 12_000 + FADE + again.size))


def test_pause_is_silent_within_its_fade(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.player.pause(playing.clock.now_s)
    playing.run(0.5)
    assert np.flatnonzero(playing.device.recording)[-1] < 12_000 + FADE


def test_pause_and_resume_twice_are_the_same_as_once(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    for _ in range(2):
        playing.player.pause(playing.clock.now_s)
    for _ in range(2):
        playing.player.resume()
    playing.finish()
    playing.run(3.0)
    assert len(playing.of(RunEnded)) == 2
    assert playing.device.sounding.size == 48_000


def test_a_pause_before_any_sound_keeps_it_all(playing: Playing) -> None:
    playing.player.pause(playing.clock.now_s)
    playing.push(12_000)
    playing.run(1.0)
    assert playing.device.sounding.size == 0
    assert playing.messages == []
    playing.player.resume()
    playing.finish()
    playing.run(1.0)
    assert playing.heard == list(range(12_000))


def test_while_paused_it_looks_whether_the_device_is_still_there(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.player.pause(playing.clock.now_s)
    playing.run(1.0)
    playing.device.lose()
    with pytest.raises(OutputError):
        playing.run(1.5)


def test_a_rewind_that_the_device_hands_on_piece_by_piece_is_seen_through(
    playing: Playing,
) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.player.pause(playing.clock.now_s)
    asked = playing.device.asked
    playing.run(0.1)
    assert playing.device.asked - asked >= 10


# clear


def test_what_was_cleared_fades_out_and_is_never_heard(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.push(48_000)
        playing.run(0.5)
        playing.buffer.clear()
        playing.run(0.5)
        assert playing.device.sounding.size == 12_000 + FADE
        playing.push(12_000)
        playing.finish()
        playing.run(1.0)
    # What is new begins at full strength: its first sound must not be dulled.
    assert playing.heard[12_000 + FADE :] == list(range(48_000, 60_000))


def test_a_skip_goes_on_at_once_where_the_next_begins(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.push(60_000)
        playing.run(0.5)
        playing.buffer.clear(30_000)
        playing.run(2.0)
    assert playing.heard[12_000 + FADE :] == list(range(30_000, 60_000))
    sounding = np.flatnonzero(playing.device.recording)
    assert np.diff(sounding).max() == 1


def test_a_clear_of_what_was_heard_already_is_not_heard(playing: Playing) -> None:
    playing.push(24_000)
    playing.finish()
    playing.run(0.5)
    playing.buffer.clear(6000)
    playing.run(1.0)
    assert playing.heard == list(range(24_000))
    assert len(playing.of(RunEnded)) == 1


def test_a_clear_that_comes_while_frames_are_taken_stops_them_too(playing: Playing) -> None:
    """The writer is in another process: its clear may come between two calls of the reader."""

    class ClearsWhileAsked(FakeDevice):
        asked_for_room = 0

        def writable(self) -> int:
            self.asked_for_room += 1
            if self.asked_for_room == 2:  # some frames were taken, more are about to be
                playing.buffer.clear(20_000)
            return min(super().writable(), 1000)

    playing.player.attach(device := ClearsWhileAsked(playing.clock, RATE))
    with playing.nothing_counted():
        playing.push(30_000)
        playing.finish()
        playing.run(1.0)
    heard = numbers(device.sounding)
    assert heard[-10_000:] == list(range(20_000, 30_000))
    assert len(heard) <= 10_000 + 1000


def test_a_clear_while_paused_leaves_the_rest_for_resume(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.player.pause(playing.clock.now_s)
    playing.buffer.clear(40_000)
    playing.run(1.0)
    before = playing.device.sounding.size
    playing.player.resume()
    playing.finish()
    playing.run(1.0)
    assert playing.heard[before:] == list(range(40_000, 48_000))


def test_a_writer_that_waits_hears_of_the_room_that_a_clear_made(playing: Playing) -> None:
    playing.gate(0)
    playing.push(8 * RATE)
    assert playing.buffer.push(numbered(0, 1)).size == 1
    playing.buffer.clear()
    playing.run(0.05)
    assert playing.of(RoomMade)
    assert playing.buffer.push(numbered(0, 1)).size == 0


# lost and found devices


def test_after_a_loss_the_next_device_goes_on_where_the_sound_broke_off(playing: Playing) -> None:
    playing.push(72_000)
    playing.run(1.0)
    playing.device.lose()
    lost_at = playing.device.sounding.size
    with pytest.raises(OutputError):
        playing.player.step(playing.clock.now_s)
    playing.player.detach()
    playing.run(1.0)
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    playing.finish()
    playing.run(3.0)
    heard = numbers(device.sounding[FADE:])
    assert lost_at - STEP_S * RATE <= heard[0] - FADE <= lost_at
    assert heard == list(range(heard[0], 72_000))
    rise = device.sounding[:FADE] / numbered(heard[0] - FADE, FADE)
    assert (np.diff(rise) > 0).all(), "it fades in"


def test_a_device_that_is_lost_in_the_middle_of_a_pause_leaves_it_paused(playing: Playing) -> None:
    playing.push(72_000)
    playing.run(1.0)
    playing.device.lose()
    with pytest.raises(OutputError):
        playing.player.pause(playing.clock.now_s)
    playing.player.detach()
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    playing.run(0.5)
    assert device.sounding.size == 0
    playing.player.resume()
    playing.run(0.5)
    assert device.sounding.size > 0.4 * RATE


def test_a_device_that_is_lost_in_the_middle_of_a_volume_change_leaves_the_new_volume(
    playing: Playing,
) -> None:
    playing.push(72_000)
    playing.run(1.0)
    playing.device.lose()
    with pytest.raises(OutputError):
        playing.player.set_gain(0.5)
    playing.player.detach()
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    playing.run(0.5)
    sounding = device.sounding[FADE:]
    assert numbers(2 * sounding)[0] > 20_000


def test_a_paused_player_fades_in_on_the_next_device_too(playing: Playing) -> None:
    playing.push(72_000)
    playing.run(1.0)
    playing.player.pause(playing.clock.now_s)
    playing.player.detach()
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    playing.player.resume()
    playing.run(0.5)
    first = device.sounding[0] / numbered(playing.buffer.heard - 0, 1)[0]
    assert first < 2 / FADE


def test_a_player_in_a_new_process_goes_on_and_fades_in(playing: Playing) -> None:
    playing.push(72_000)
    playing.run(1.0)
    heard = playing.buffer.heard
    device = FakeDevice(playing.clock, RATE)
    playing.player = Player(playing.buffer, playing.messages.append)
    playing.player.attach(device)
    playing.finish()
    playing.run(4.0)
    assert device.sounding[0] == pytest.approx(numbered(heard, 1)[0] / FADE, rel=1e-3)
    assert numbers(device.sounding[FADE:]) == list(range(heard + FADE, 72_000))


def test_leaving_a_device_that_works_fades_out_and_loses_nothing(playing: Playing) -> None:
    playing.push(72_000)
    playing.run(1.0)
    playing.player.leave(playing.clock.now_s)
    left = playing.device
    playing.run(0.5)
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    playing.finish()
    playing.run(3.0)
    assert left.sounding.size == 24_000 + FADE
    assert device.sounding.size == 72_000 - 24_000 - FADE
    assert numbers(device.sounding[FADE:]) == list(range(24_000 + 2 * FADE, 72_000))


def test_without_a_device_it_waits(playing: Playing) -> None:
    playing.player.detach()
    assert playing.player.step(playing.clock.now_s) >= 0.5
    playing.player.pause(playing.clock.now_s)
    playing.player.set_gain(0.5)
    playing.player.resume()
    assert playing.messages == []


# volume


def test_a_new_volume_is_ramped_in_without_a_gap_and_heard_at_once(playing: Playing) -> None:
    with playing.nothing_counted():
        playing.push(48_000)
        playing.run(0.5)
        playing.player.set_gain(0.25)
        playing.finish()
        playing.run(2.0)
    recording = playing.device.recording[:48_000]
    gain = recording / numbered(0, 48_000)
    changed = np.flatnonzero(gain != 1.0)
    ramp = round(RAMP_S * RATE)
    assert 12_000 < changed[0] <= 12_000 + 0.03 * RATE
    np.testing.assert_allclose(
        gain[changed[0] : changed[0] + ramp], np.linspace(1, 0.25, ramp + 1)[1:], atol=1e-5
    )
    assert numbers(4 * recording[changed[0] + ramp :])[-1] == 47_999
    assert set(gain[changed[0] + ramp :]) == {0.25}
    assert len(playing.of(RunStarted)) == len(playing.of(RunEnded)) == 1


def test_muted_sound_goes_on_unheard(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.player.set_gain(0.0)
    playing.run(0.5)
    assert playing.buffer.heard == 24_000
    playing.player.set_gain(1.0)
    playing.finish()
    playing.run(2.0)
    recording = playing.device.recording
    assert not recording[13_500:24_000].any()
    assert numbers(recording[25_000:48_000]) == list(range(25_000, 48_000))


def test_volume_changes_in_quick_succession_make_one_line_without_a_step(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    for gain in (0.1, 1.0, 0.3, 0.8):
        playing.player.set_gain(gain)
        playing.run(0.007)
    playing.finish()
    playing.run(2.0)
    gains = playing.device.recording[:48_000] / numbered(0, 48_000)
    assert np.abs(np.diff(gains)).max() <= 1.01 / round(RAMP_S * RATE)
    assert gains[-1] == pytest.approx(0.8)


def test_a_device_that_can_only_cut_is_faded_in_at_the_new_volume(playing: Playing) -> None:
    playing.player.attach(device := FakeDevice(playing.clock, RATE, cuts=True))
    playing.push(48_000)
    playing.run(0.5)
    playing.player.set_gain(0.5)
    playing.finish()
    playing.run(2.0)
    gains = device.sounding / numbered(0, 48_000)
    assert gains[11_999] == 1.0
    assert gains[12_000] < 0.01
    assert set(gains[12_000 + round(RAMP_S * RATE) :]) == {0.5}


def test_a_volume_set_at_rest_is_that_of_the_next_sound(playing: Playing) -> None:
    playing.player.set_gain(0.5)
    playing.player.set_gain(0.5)
    playing.push(4800)
    playing.finish()
    playing.run(1.0)
    assert numbers(2 * playing.device.sounding) == list(range(4800))


def test_a_volume_change_keeps_the_silence_of_an_underrun_and_the_position(
    playing: Playing,
) -> None:
    playing.push(6000)
    playing.run(0.24)
    playing.player.set_gain(0.5)
    playing.run(0.3)
    playing.player.set_gain(1.0)
    playing.push(6000)
    playing.finish()
    playing.run(1.0)
    assert playing.device.sounding.size == 12_000
    assert playing.buffer.heard == 12_000
    assert playing.buffer.statistics().underruns == 1


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
    for _ in range(50):
        wait_s = playing.player.step(playing.clock.now_s)
        assert playing.buffer.heard == playing.device.sounding.size
        assert playing.buffer.position().at_s in (0.0, playing.clock.now_s)
        assert wait_s <= STEP_S
        playing.clock.pass_time(wait_s)
    assert playing.buffer.heard > 30_000


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
