"""Devices are looked at and tried in a process of their own."""

import asyncio
import contextlib

import numpy as np
import pytest

from skaldcast.core.errors import ConfigError, UnknownDeviceError
from skaldcast.core.playout.device_looking import look_for_devices, try_device
from skaldcast.core.playout.trial_tone import TONE_S
from tests.device_fixtures import RATE, SoundServer
from tests.processes import leaves_no_process


def test_an_output_without_sound_is_tried_in_no_time():
    heard = asyncio.run(try_device("null"))
    assert heard.latency_s < 1.0  # by the clock of a machine that may be busy
    assert heard.sample_rate == 48_000


@pytest.mark.parametrize(
    ("output", "error"),
    [("wav:x.wav", ConfigError), ("nonsense", ConfigError), ("device:no such", UnknownDeviceError)],
)
def test_what_cannot_be_tried_is_told(output: str, error: type[Exception]):
    with pytest.raises(error):
        asyncio.run(try_device(output))


def test_a_trial_that_is_given_up_leaves_no_process():
    async def work() -> None:
        trial = asyncio.create_task(try_device("null"))
        await asyncio.sleep(0)
        trial.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await trial

    with leaves_no_process():
        asyncio.run(work())


@pytest.mark.device
def test_the_tone_is_heard_on_a_device_and_its_latency_is_told(sound_server: SoundServer):
    with sound_server.recording() as recording:
        heard = asyncio.run(try_device("device"))
        recording.wait_for_silence()
        sounding = recording.sounding()
    assert len(sounding) == pytest.approx(TONE_S * RATE, rel=0.02)
    assert 0.05 < np.abs(sounding).max() < 0.1
    assert 0.0 <= heard.latency_s < 3.0


@pytest.mark.device
def test_the_devices_of_a_sound_server_are_listed(sound_server: SoundServer):
    rows = asyncio.run(look_for_devices())
    assert next(row for row in rows if row.is_default).host_api in ("PulseAudio", "PipeWire")
