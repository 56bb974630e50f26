"""The player on a virtual clock: pause, clear, lost devices, volume."""

import numpy as np
import pytest

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.messages import RoomMade, RunEnded, RunStarted
from skaldcast.core.playout.player import RAMP_S, STEP_S, Player
from tests.core.playout.playing import FADE, NO_GATE, RATE, Playing, numbered, numbers, tone
from tests.fakes import FakeDevice


@pytest.fixture
def playing() -> Playing:
    return Playing()


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
        playing.finish()
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


def test_what_follows_a_clear_is_not_faded_where_the_old_had_just_ended(playing: Playing) -> None:
    playing.push(4800)
    playing.run(0.195)
    playing.buffer.clear()
    playing.run(0.2)
    assert playing.buffer.heard == 4800
    playing.push(4800)
    playing.run(0.5)
    assert playing.heard[4800:] == list(range(4800, 9600))


def test_a_clear_in_the_middle_of_padding_leaves_the_position_where_it_was(
    playing: Playing,
) -> None:
    for end in (4800, 9600):
        playing.push(end - playing.buffer.written)
        playing.run(0.5)
    playing.buffer.push(numbered(9600, 4800))  # is there and gone before the player looks
    playing.buffer.clear()
    playing.buffer.wait(0.0)  # as the process does before each step
    playing.run(0.1)
    (ended,) = playing.of(RunEnded)
    assert ended.frame == playing.buffer.heard == 9600


def test_a_clear_that_comes_as_the_last_frame_is_heard_skips_what_was_not() -> None:
    playing = Playing()

    class ClearsAtTheEnd(FakeDevice):
        looks = 0

        def pending(self) -> int:
            pending = super().pending()
            self.looks += not pending and self.starts == 1
            if self.looks == 1:
                return 1  # heard in the very next moment
            if self.looks == 2:
                playing.buffer.clear(9600)
            return pending

    playing.player.attach(device := ClearsAtTheEnd(playing.clock, RATE))
    playing.buffer.set_gate(4800)
    playing.push(9600)
    playing.run(0.5)
    playing.push(4800)
    playing.gate(NO_GATE)
    playing.finish()
    playing.run(0.5)
    assert numbers(device.sounding) == [*range(4800), *range(9600, 14_400)]
    assert playing.buffer.skipped == 4800


@pytest.mark.parametrize("room", [500, 1000])
def test_a_clear_that_comes_while_frames_are_taken_stops_them_too(
    playing: Playing, room: int
) -> None:
    """The writer is in another process: its clear may come between two calls of the reader."""

    class ClearsWhileAsked(FakeDevice):
        asked_for_room = 0

        def writable(self) -> int:
            self.asked_for_room += 1
            if self.asked_for_room == 2:  # some frames were taken, more are about to be
                playing.buffer.clear(20_000)
            return min(super().writable(), room)

    playing.player.attach(device := ClearsWhileAsked(playing.clock, RATE))
    with playing.nothing_counted():
        playing.push(30_000)
        playing.finish()
        playing.run(1.0)
    heard = numbers(device.sounding)
    assert heard[-10_000:] == list(range(20_000, 30_000))
    assert len(heard) <= 10_000 + room
    assert playing.buffer.skipped == 30_000 - len(heard)


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


@pytest.mark.parametrize("device_rate", [RATE, 48_000, 44_100])
def test_what_is_put_behind_the_gate_again_is_taken_back_unheard(device_rate: int) -> None:
    playing = Playing(device_rate=device_rate)
    with playing.nothing_counted():
        playing.push_samples(tone(48_000))
        playing.run(0.5)
        playing.buffer.set_gate(18_000)
        playing.buffer.clear(0)  # nothing is dropped: the reader is told to look again
        playing.run(1.0)
        assert playing.buffer.heard == 18_000
        sound = playing.device.recording[: 18_000 * device_rate // RATE]
        wanted = tone(sound.size, device_rate)
        np.testing.assert_allclose(sound[:-200], wanted[:-200], atol=0.01)
        assert not playing.device.recording[sound.size + 1 :].any()
        playing.buffer.set_gate()
        playing.finish()
        playing.run(2.0)
        assert playing.buffer.heard == 48_000


@pytest.mark.parametrize(("gate", "cuts"), [(12_300, False), (18_000, True)])
def test_what_is_put_behind_the_gate_too_late_fades_out_and_waits(gate: int, cuts: bool) -> None:
    playing = Playing(cuts=cuts)
    with playing.nothing_counted():
        playing.push(48_000)
        playing.run(0.5)
        playing.buffer.set_gate(gate)
        playing.buffer.clear(0)
        playing.run(1.0)
        assert playing.buffer.heard == playing.device.sounding.size == gate
        playing.buffer.set_gate()
        playing.finish()
        playing.run(2.0)
    assert playing.device.sounding.size == 48_000
    assert playing.heard[18_000:] == list(range(18_000, 48_000))


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


def next_process(playing: Playing, *, sounded_on: bool = False) -> FakeDevice:
    """The playout process was ended, and another one begins, with a device of its own."""
    if sounded_on:
        playing.buffer.sounded_on(playing.clock.now_s)
    playing.player = Player(playing.buffer, playing.messages.append)
    playing.player.attach(device := FakeDevice(playing.clock, RATE))
    return device


@pytest.mark.parametrize("hung_s", [0.5, 9.0])
def test_what_a_hung_process_had_given_to_a_device_that_plays_on_is_not_heard_twice(
    playing: Playing, hung_s: float
) -> None:
    playing.push(96_000)
    playing.finish()
    playing.run(0.7)
    given_s = playing.device.pending() / RATE
    playing.clock.pass_time(hung_s)
    device = next_process(playing, sounded_on=True)
    heard = numbers(playing.device.sounding)
    assert playing.buffer.heard == len(heard)
    playing.run(5.0)
    assert playing.buffer.heard == 96_000
    again = numbers(device.sounding)
    assert heard + again[FADE:] == [*range(len(heard)), *range(len(heard) + FADE, 96_000)]
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames == pytest.approx(max(hung_s - given_s, 0.0) * RATE, abs=50)


def test_what_a_device_had_that_does_not_play_on_is_heard_again(playing: Playing) -> None:
    playing.device.plays_on = False
    playing.push(96_000)
    playing.run(0.7)
    heard = playing.buffer.heard
    playing.clock.pass_time(9.0)
    next_process(playing, sounded_on=True)
    assert playing.buffer.heard == heard


def test_speech_behind_a_silence_that_a_hung_process_had_padded_is_not_skipped(
    playing: Playing,
) -> None:
    playing.push(12_000)
    playing.run(0.49)
    playing.push(24_000)
    playing.clock.pass_time(9.0)
    next_process(playing, sounded_on=True)
    assert playing.buffer.heard == 12_000


def test_the_silence_after_a_process_ended_in_speech_is_an_underrun(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.device.lose()
    for _ in range(2):  # the second one dies before it is heard
        playing.clock.pass_time(0.4)
        next_process(playing)
    playing.run(0.2)
    statistics = playing.buffer.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames == pytest.approx(0.8 * RATE, abs=1)


def test_a_device_that_a_killed_process_took_along_is_not_taken_to_have_sounded_on(
    playing: Playing,
) -> None:
    playing.push(48_000)
    playing.run(0.5)
    heard = playing.buffer.heard
    playing.device.lose()
    next_process(playing)
    playing.clock.pass_time(9.0)
    next_process(playing, sounded_on=True)
    assert playing.buffer.heard == heard


@pytest.mark.parametrize("how", ["gate", "pause", "device", "end"])
def test_the_silence_after_a_process_ended_at_rest_is_no_underrun(
    playing: Playing, how: str
) -> None:
    playing.gate(12_000)
    playing.push(12_000)
    if how == "gate":
        playing.run(0.49)
    elif how == "end":
        playing.gate(NO_GATE)
        playing.finish()
        playing.run(1.0)
    elif how == "pause":
        playing.run(0.2)
        playing.player.pause(playing.clock.now_s)
    else:
        playing.run(0.2)
        playing.player.detach()
    with playing.nothing_counted():
        heard = playing.buffer.heard
        playing.clock.pass_time(0.8)
        next_process(playing, sounded_on=how != "gate")
        assert playing.buffer.heard == heard or how == "gate"
        playing.run(0.2)
        playing.push(12_000)
        playing.gate(NO_GATE)
        playing.finish()
        playing.run(1.0)


def test_a_silence_that_goes_on_in_a_pause_is_counted_up_to_there(playing: Playing) -> None:
    playing.push(48_000)
    playing.run(0.5)
    playing.device.lose()
    playing.clock.pass_time(0.4)
    next_process(playing)
    playing.player.pause(playing.clock.now_s)
    playing.run(2.0)
    playing.player.resume()
    playing.run(0.2)
    assert playing.buffer.statistics().underrun_frames == pytest.approx(0.4 * RATE, abs=1)


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
    assert numbers(recording[25_500:48_000]) == list(range(25_500, 48_000))


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


def test_a_step_ends_though_the_device_makes_room_while_it_is_filled(playing: Playing) -> None:
    class TakesItsTime(FakeDevice):
        asked_for_room = 0

        def writable(self) -> int:
            self.asked_for_room += 1
            assert self.asked_for_room < 100, "the step follows the playing device"
            playing.clock.pass_time(0.0003)
            return super().writable()

    playing.player.attach(TakesItsTime(playing.clock, RATE))
    playing.push(5 * RATE)
    playing.finish()
    playing.player.step(playing.clock())
    assert playing.buffer.taken < 2 * RATE
