"""PortAudio as output, by a recording of the sink behind it."""

import numpy as np
import pytest

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.device_table import default_device
from skaldcast.core.playout.portaudio import PortAudioDevice, list_devices
from tests.core.playout.test_pulseaudio import begin, counter, play
from tests.device_fixtures import RATE, SoundServer, wait_until

pytestmark = pytest.mark.device


def open_default() -> PortAudioDevice:
    return PortAudioDevice(default_device(list_devices()), latency_s=1.0)


def test_every_sample_arrives_once_and_in_order_up_to_the_last(sound_server: SoundServer) -> None:
    device = open_default()
    assert device.sample_rate == RATE
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, 2 * RATE)
        wait_until(lambda: device.pending() == 0, "the end")
        device.stop()
        recording.wait_for_silence()
        heard = np.rint(recording.sounding() * 2**23).astype(int)
    assert heard.tolist() == list(range(1, 2 * RATE + 1))
    device.close()


def test_it_plays_again_after_a_rewind(sound_server: SoundServer) -> None:
    device = open_default()
    with sound_server.recording() as recording:
        begin(device)
        play(device, counter, 0, RATE)
        wait_until(lambda: device.pending() < 0.7 * RATE, "a part to be heard")
        dropped = device.rewind(480)
        device.stop()
        recording.wait_for_silence()
        heard = len(recording.sounding())
        assert abs(heard - (RATE - dropped)) < 0.05 * RATE
        assert device.pending() == 0
        begin(device)
        play(device, counter, 0, 4800)
        wait_until(lambda: device.pending() == 0, "the end")
        device.stop()
        recording.wait_for_silence()
        assert np.count_nonzero(recording.samples) == heard + 4800
    device.close()


def test_a_killed_server_is_told(own_sound_server: SoundServer) -> None:
    device = open_default()
    begin(device)
    play(device, counter, 0, RATE // 2)
    own_sound_server.kill()
    with pytest.raises(OutputError, match="`skaldcast devices`"):
        wait_until(lambda: device.pending() < 0, "the loss to be noticed")
    device.close()
    device.close()
