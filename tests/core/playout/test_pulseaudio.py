"""The sound server as output, by a recording of what its sink plays."""

from collections.abc import Callable

import numpy as np
import pytest

from skaldcast.core.clock import monotonic_s
from skaldcast.core.errors import OutputError, UnknownDeviceError
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.device import Frames, OutputDevice
from skaldcast.core.playout.outputs import list_devices, open_output, parse_output
from skaldcast.core.playout.player import Player
from skaldcast.core.playout.pulseaudio import PulseDevice
from skaldcast.core.types import AudioFormat
from tests.device_fixtures import RATE, SoundServer, wait_until

pytestmark = pytest.mark.device

LEAD_IN = np.zeros((960, 1), np.float32)
"""What the null sink has already handed to the recorder when sound begins is not recorded."""
FADE = 480
OWN_STEP = 2 * np.pi * 440 / RATE * 0.5
"""The largest step from sample to sample in `tone`."""


def counter(start: int, count: int) -> Frames:
    """Samples that are exact in float32 and say which ones they are."""
    return ((np.arange(start, start + count) + 1) / 2**23).astype(np.float32)[:, None]


def faded_in_tone(start: int, count: int) -> Frames:
    """A tone that fades in wherever it starts, over `FADE` frames."""
    return tone(start, count) * (np.arange(count)[:, None] / FADE)


def tone(start: int, count: int) -> Frames:
    phase = 2 * np.pi * 440 / RATE * np.arange(start, start + count)
    return (0.5 * np.sin(phase)).astype(np.float32)[:, None]


def play(
    device: OutputDevice, signal: Callable[[int, int], Frames], start: int, count: int
) -> None:
    """Write so much of the signal, as fast as the device takes it."""
    end = start + count

    def all_written() -> bool:
        nonlocal start
        room = min(device.writable(), end - start)
        if room:
            device.write(np.repeat(signal(start, room), device.channels, axis=1))
            start += room
        return start == end

    wait_until(all_written, "the device to take the signal")


def begin(device: OutputDevice) -> None:
    device.start()
    device.write(np.repeat(LEAD_IN, device.channels, axis=1))


@pytest.fixture
def device(sound_server: SoundServer):
    device = PulseDevice()
    yield device
    device.close()


def test_every_sample_arrives_once_and_in_order(
    sound_server: SoundServer, device: PulseDevice
) -> None:
    assert device.sample_rate == RATE
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, 2 * RATE)
        wait_until(lambda: device.pending() == 0, "the end")
        recording.wait_for_silence()
        heard = np.rint(recording.sounding() * 2**23).astype(int)
    assert heard.tolist() == list(range(1, 2 * RATE + 1))
    assert device.underflows == 0


def test_what_was_taken_back_is_not_heard_and_can_be_played_again(
    sound_server: SoundServer, device: PulseDevice
) -> None:
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, RATE // 2)
        wait_until(lambda: device.pending() < 0.3 * RATE, "a part to be heard")
        heard = RATE // 2 - device.rewind(FADE)
        device.stop()
        recording.wait_for_silence()
        first = np.rint(recording.sounding() * 2**23).astype(int)
        device.start()
        play(device, counter, heard, 4800)
        recording.wait_for_silence()
        second = np.rint(recording.samples * 2**23).astype(int)
    full = heard - FADE
    assert first[:full].tolist() == list(range(1, full + 1))
    assert len(first) in (heard, heard - 1)
    assert second[second > heard].tolist() == list(range(heard + 1, heard + 4801))


@pytest.mark.parametrize("rest_s", [0.0, 0.05, 0.6])
def test_pause_and_resume_make_no_step_that_the_signal_does_not_make(
    sound_server: SoundServer, device: PulseDevice, rest_s: float
) -> None:
    played, acted = 0, []
    with sound_server.recording() as recording:
        begin(device)
        for _ in range(4):
            device.start()
            start = played
            play(device, faded_in_tone, start, FADE)
            play(device, tone, start + FADE, RATE // 2)
            wait_until(lambda: device.pending() < 0.3 * RATE, "a part to be heard")
            pending = device.pending()
            dropped = device.rewind(FADE)
            device.stop()
            acted.append(pending - dropped)
            played = start + FADE + RATE // 2 - dropped
            if rest_s:
                recording.wait_for_silence(rest_s)
        if not rest_s:
            recording.wait_for_silence()
        steps = np.abs(np.diff(recording.samples))
    assert steps.max() <= OWN_STEP * 1.02
    assert np.median(acted) <= 0.05 * RATE


def test_rewind_at_the_very_end_lets_the_rest_be_heard(
    sound_server: SoundServer, device: PulseDevice
) -> None:
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, 4800)
        wait_until(lambda: device.pending() == 0, "the end")
        assert device.rewind(FADE) == 0
        recording.wait_for_silence()
        assert len(recording.sounding()) == 4800


def test_running_dry_is_an_underflow_and_resting_is_none(
    sound_server: SoundServer, device: PulseDevice
) -> None:
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, 4800)
        recording.wait_for_silence()
        device.stop()
        begin(device)
        play(device, counter, 0, 4800)
        assert device.underflows == 0
        recording.wait_for_silence()
        play(device, counter, 0, 4800)
        assert device.underflows == 1


def test_silence_inside_speech_is_counted_as_long_as_it_is_heard(
    sound_server: SoundServer, device: PulseDevice
) -> None:
    buffer = AudioBuffer(AudioFormat(RATE))
    player = Player(buffer, lambda _: None)
    player.attach(device)

    def play_on(seconds: float) -> None:
        end_s = monotonic_s() + seconds
        while (left_s := end_s - monotonic_s()) > 0:
            buffer.wait(min(player.step(monotonic_s()), left_s))

    with sound_server.recording() as recording:
        buffer.push(tone(0, RATE // 2)[:, 0])
        play_on(1.5)
        buffer.push(tone(0, RATE // 2)[:, 0])
        buffer.finish()
        play_on(1.0)
        sounding = np.flatnonzero(np.abs(recording.samples) > 1e-3)
    silent_s = np.diff(sounding).max() / RATE
    statistics = buffer.statistics()
    assert silent_s > 0.9
    assert statistics.underruns == 1
    assert statistics.underrun_frames / RATE == pytest.approx(silent_s, abs=0.02)


def test_a_killed_server_is_told_and_the_next_one_is_played_on(
    own_sound_server: SoundServer,
) -> None:
    device = PulseDevice()
    begin(device)
    play(device, counter, 0, RATE // 2)
    own_sound_server.kill()
    with pytest.raises(OutputError, match="sound server"):
        wait_until(lambda: device.pending() < 0, "the loss to be noticed")
    device.close()
    device.close()
    with pytest.raises(OutputError, match="no sound server answers"):
        PulseDevice()
    own_sound_server.start()
    device = PulseDevice()
    with own_sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, 4800)
        recording.wait_for_silence()
        assert len(recording.sounding()) == 4800
    device.close()


def test_a_server_that_hangs_is_told(own_sound_server: SoundServer) -> None:
    device = PulseDevice()
    begin(device)
    play(device, counter, 0, RATE // 2)
    own_sound_server.halt()
    with pytest.raises(OutputError, match="has not answered for 3 s"):
        wait_until(lambda: device.pending() < 0, "the loss to be noticed")
    device.close()


def test_a_suspended_sink_is_told(own_sound_server: SoundServer) -> None:
    device = PulseDevice()
    with own_sound_server.recording():
        begin(device)
        play(device, counter, 0, RATE // 2)
        own_sound_server.control("suspend-sink", "recorded", "1")
        with pytest.raises(OutputError, match="has played nothing for 3 s"):
            wait_until(lambda: device.pending() < 0, "the loss to be noticed")
    device.close()


def test_a_changed_default_is_followed(own_sound_server: SoundServer) -> None:
    own_sound_server.control("load-module", "module-null-sink", "sink_name=other")
    device, named = PulseDevice(), PulseDevice("recorded")
    begin(device)
    play(device, counter, 0, RATE // 4)
    assert not device.default_changed()
    own_sound_server.control("set-default-sink", "other")
    wait_until(lambda: device.pending() == 0, "the sound to go on there")
    device.stop()
    wait_until(device.default_changed, "the change to be noticed")
    assert not named.default_changed()
    device.close()
    named.close()
    following = PulseDevice()
    following.stop()
    assert not following.default_changed()
    following.close()


def test_the_default_device_is_the_server_s_sink(sound_server: SoundServer) -> None:
    device = open_output(parse_output("device"), AudioFormat())
    assert isinstance(device, PulseDevice)
    device.close()


def test_each_listed_spec_opens(sound_server: SoundServer) -> None:
    rows = list_devices()
    assert [row.host_api for row in rows if row.is_default] == ["PulseAudio"]
    for row in rows:
        device = open_output(parse_output(row.spec), AudioFormat())
        assert device.sample_rate == row.sample_rate
        device.close()


def test_a_sink_is_found_by_the_server_s_own_name_too(sound_server: SoundServer) -> None:
    open_output(parse_output("device:recorded"), AudioFormat()).close()


def test_an_unknown_device_is_told_with_those_there_are(sound_server: SoundServer) -> None:
    with pytest.raises(UnknownDeviceError, match=r'no output device "gramophone"; there are: .*"'):
        open_output(parse_output("device:gramophone"), AudioFormat())
