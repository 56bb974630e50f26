"""The position of a device that tells its fill in steps, on a virtual clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.played_estimate import PlayedEstimate

RATE = 48_000


class SteppedDevice:
    """Plays at a rate of its own; tells how much it holds only in whole steps."""

    def __init__(self, drift: float, step: int) -> None:
        self._rate = RATE * (1 + drift)
        self._step = step
        self.written = 0

    def played(self, now: float) -> float:
        return min(self.written, now * self._rate)

    def buffered(self, now: float) -> int:
        return self.written - int(self.played(now)) // self._step * self._step


@pytest.mark.parametrize("drift", [-2e-4, 0.0, 2e-4])
@pytest.mark.parametrize("step", [480, 12_000])
def test_the_position_stays_within_10_ms_over_an_hour(drift: float, step: int) -> None:
    device, estimate = SteppedDevice(drift, step), PlayedEstimate(RATE)
    worst, tick = 0.0, 0.02
    for n in range(int(3600 / tick)):
        now = n * tick + n % 7 * 0.001
        while device.written - device.played(now) < RATE:
            device.written += 9600
            estimate.wrote(9600, now)
        estimate.observe(device.buffered(now), now)
        heard = device.written - estimate.pending(now)
        worst = max(worst, abs(heard - device.played(now)))
    assert worst < 0.010 * RATE


def test_a_dry_device_begins_anew_with_the_next_write() -> None:
    estimate = PlayedEstimate(RATE)
    estimate.wrote(4800, 0.0)
    assert estimate.pending(0.05) == 2400
    assert estimate.pending(7.0) == 0
    estimate.wrote(4800, 7.0)
    assert estimate.pending(7.05) == 2400


def test_the_delay_of_the_first_write_passes_before_anything_is_heard() -> None:
    estimate = PlayedEstimate(RATE, delay_s=0.01)
    estimate.wrote(4800, 0.0)
    assert estimate.pending(0.005) == 4800
    assert estimate.pending(0.06) == 2400


def test_cleared_means_nothing_is_pending() -> None:
    estimate = PlayedEstimate(RATE)
    estimate.wrote(4800, 0.0)
    estimate.clear()
    assert estimate.pending(0.0) == 0


@given(st.lists(st.tuples(st.integers(0, 9600), st.floats(0, 0.5)), max_size=50))
def test_never_more_is_pending_than_was_written(writes: list[tuple[int, float]]) -> None:
    estimate, now, written = PlayedEstimate(RATE, delay_s=0.01), 0.0, 0
    for count, passed in writes:
        estimate.wrote(count, now)
        written += count
        now += passed
        assert 0 <= estimate.pending(now) <= written
