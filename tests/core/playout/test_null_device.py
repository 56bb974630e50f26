"""The output without sound, on a virtual clock."""

import numpy as np
import pytest

from skaldcast.core.playout.null_device import NullDevice
from skaldcast.core.types import AudioFormat


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def device(clock: Clock) -> NullDevice:
    device = NullDevice(AudioFormat(sample_rate=1000), latency_s=0.5, now=clock)
    device.start()
    return device


def frames(count: int) -> np.ndarray:
    return np.ones((count, 1), np.float32)


def test_it_takes_as_much_as_its_depth(device: NullDevice) -> None:
    assert device.writable() == 500
    device.write(frames(500))
    assert device.writable() == 0


def test_it_plays_in_real_time(device: NullDevice, clock: Clock) -> None:
    device.write(frames(300))
    clock.now_s += 0.1
    assert device.pending() == 200
    assert device.writable() == 300
    clock.now_s += 0.3
    assert device.pending() == 0


def test_what_is_written_in_pieces_is_played_in_one_run(device: NullDevice, clock: Clock) -> None:
    for _ in range(100):
        device.write(frames(30))
        clock.now_s += 0.02
    assert device.pending() == 100 * 10
    assert device.underflows == 0


def test_time_without_anything_to_play_does_not_count(device: NullDevice, clock: Clock) -> None:
    clock.now_s += 5
    device.write(frames(100))
    assert device.pending() == 100


def test_a_write_after_it_ran_dry_is_an_underflow(device: NullDevice, clock: Clock) -> None:
    device.write(frames(100))
    clock.now_s += 0.2
    device.write(frames(100))
    assert device.underflows == 1
    assert device.pending() == 100


def test_a_write_after_a_rest_is_no_underflow(device: NullDevice, clock: Clock) -> None:
    device.write(frames(100))
    clock.now_s += 0.2
    device.stop()
    device.start()
    device.write(frames(100))
    assert device.underflows == 0


def test_rewind_drops_all_but_the_fade(device: NullDevice, clock: Clock) -> None:
    device.write(frames(400))
    clock.now_s += 0.1
    assert device.rewind(fade=10) == 290
    assert device.pending() == 10
    clock.now_s += 0.01
    assert device.pending() == 0
    assert device.rewind(fade=10) == 0


def test_rewind_near_the_end_fades_over_what_is_left(device: NullDevice) -> None:
    device.write(frames(4))
    assert device.rewind(fade=10) == 0
    assert device.pending() == 4


def test_it_falls_back_and_catches_up_with_who_plays_the_sound(
    device: NullDevice, clock: Clock
) -> None:
    device.write(frames(400))
    clock.now_s += 0.1
    device.fall_back(50)
    assert device.pending() == 350
    device.fall_back(-100)
    assert device.pending() == 250
    device.fall_back(-1_000)
    assert device.pending() == 0
