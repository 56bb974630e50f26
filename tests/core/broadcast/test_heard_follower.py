"""What is being heard, as blocks for listeners elsewhere."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.broadcast.heard_follower import DELAY_S, HeardFollower
from skaldcast.core.playout.buffer_observer import Sight
from skaldcast.core.playout.frame_ring import Samples

RATE = 24_000
BLOCK_S = 0.02
SIZE = 480
ENDLESS = 10**9
STEP_S = 0.04


def tone(start: int, count: int) -> Samples:
    """440 Hz whose phase tells the frame."""
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(start, start + count) / RATE)).astype(
        np.float32
    )


class Output:
    """Sounds from frame 0 on, and says where it is every `STEP_S`."""

    def __init__(self, drift: float = 0.0, late_s: float = 0.0) -> None:
        self.rate = RATE * (1.0 + drift)
        self.late_s = late_s

    def sight(self, now: float) -> Sight:
        told = max((now - self.late_s) // STEP_S * STEP_S, 0.0)
        return Sight(int(told * self.rate), told, ENDLESS, sounds=True)


def heard_by_listeners(output: Output, seconds: float) -> Samples:
    follower = HeardFollower(RATE, BLOCK_S, tone)
    follower.block(Sight(0, 0.0, 0), 0.0)
    times = np.arange(0.0, seconds, BLOCK_S)
    return np.concatenate([follower.block(output.sight(now), now) for now in times])


def is_unbroken(samples: Samples) -> bool:
    step = 0.5 * 2 * np.pi * 440 / RATE
    return bool(np.abs(np.diff(samples)).max() <= step * 1.01)


def test_listeners_hear_what_sounds_a_moment_later_without_a_gap():
    samples = heard_by_listeners(Output(), 3.0)
    begin = int(np.argmax(samples != 0.0))
    assert abs(begin / RATE - DELAY_S) <= BLOCK_S
    np.testing.assert_array_equal(samples[begin - 1 :], tone(0, samples.size - begin + 1))


@given(st.floats(-0.002, 0.002), st.floats(0.0, 0.2))
@settings(max_examples=20, deadline=None)
def test_clocks_that_differ_and_a_playout_that_tells_late_leave_no_gap(drift: float, late_s: float):
    samples = heard_by_listeners(Output(drift, late_s), 4.0)
    begin = int(np.argmax(samples != 0.0))
    assert begin <= RATE
    assert is_unbroken(samples[begin:])


def test_nothing_past_a_pause_is_sent():
    follower = HeardFollower(RATE, BLOCK_S, lambda start, count: np.full(count, 0.5, np.float32))
    follower.block(Sight(0, 0.0, 0), 0.0)
    paused = Sight(12_345, 0.5, ENDLESS)
    blocks = [
        follower.block(paused if now > 0.5 else Output().sight(now), now)
        for now in np.arange(0.0, 1.0, BLOCK_S)
    ]
    assert int(np.count_nonzero(np.concatenate(blocks))) in range(12_345 - 240, 12_345 + 1)


def test_what_was_dropped_is_left_out():
    read: list[tuple[int, int]] = []

    def note(start: int, count: int) -> Samples:
        read.append((start, start + count))
        return tone(start, count)

    follower = HeardFollower(RATE, BLOCK_S, note)
    follower.block(Sight(0, 0.0, 0), 0.0)
    for now in np.arange(0.0, 0.5, BLOCK_S):
        follower.block(Output().sight(now), now)
    # At 0.5 s what had not been heard up to frame 40,000 was dropped; it went on there.
    for now in np.arange(0.5, 1.0, BLOCK_S):
        frame = 40_000 + round((now - 0.5) * RATE)
        follower.block(Sight(frame, now, ENDLESS, 28_000, 40_000, sounds=True), now)
    frames = [frame for begin, end in read for frame in range(begin, end)]
    assert frames == sorted(set(frames))
    assert not set(frames) & set(range(12_000, 40_000))
    assert {11_999, 40_000} <= set(frames)


def test_however_often_something_is_dropped_none_of_it_is_sent():
    follower = HeardFollower(RATE, BLOCK_S, lambda start, count: np.full(count, 0.5, np.float32))
    follower.block(Sight(0, 0.0, 0), 0.0)
    for n in range(1, 200):
        block = follower.block(Sight(480 * n, n * BLOCK_S, 480 * n, 480 * n, 480 * n), n * BLOCK_S)
        assert not block.any()


def test_a_stretch_shorter_than_the_delay_is_sent_whole():
    follower = HeardFollower(RATE, BLOCK_S, tone)
    follower.block(Sight(0, 0.0, 0), 0.0)
    blocks = [follower.block(Sight(700, 0.03, 700), 0.03 + n * BLOCK_S) for n in range(5)]
    samples = np.concatenate(blocks)
    np.testing.assert_array_equal(samples[:500], tone(0, 500))
    assert not samples[700:].any()


def test_who_comes_late_hears_what_is_said_from_then_on():
    follower = HeardFollower(RATE, BLOCK_S, tone)
    first = [follower.block(Sight(100_000, 5.0, ENDLESS), 5.0 + n * BLOCK_S) for n in range(5)]
    assert not np.concatenate(first).any()


def test_time_in_which_nobody_asked_is_left_out_and_counted():
    follower = HeardFollower(RATE, BLOCK_S, tone)
    follower.block(Sight(0, 0.0, 0), 0.0)
    for now in np.arange(0.0, 0.5, BLOCK_S):
        follower.block(Output().sight(now), now)
    follower.block(Output().sight(3.0), 3.0)
    assert 2.3 < follower.late_s < 2.6
    block = follower.block(Output().sight(3.02), 3.02)
    start = round((3.02 - DELAY_S) * RATE)
    assert np.abs(block - tone(start, SIZE)).max() < 0.2  # within a few frames
