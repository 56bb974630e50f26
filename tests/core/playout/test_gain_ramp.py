"""The gain over the frames of a run."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.gain_ramp import GainRamp

ONES = np.ones(1000, np.float32)
gains = st.floats(0.0, 1.0, width=32)


def test_full_gain_leaves_samples_untouched() -> None:
    assert GainRamp(1.0).apply(ONES, 0) is ONES


def test_a_constant_gain_scales() -> None:
    assert set(GainRamp(0.5).apply(ONES, 123)) == {0.5}


def test_a_move_is_a_straight_line_that_arrives() -> None:
    ramp = GainRamp(0.0)
    ramp.move(10, 1.0, 4)
    assert ramp.apply(ONES[:16], 0).tolist() == [0] * 10 + [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


def test_a_move_on_the_way_begins_where_the_last_one_is() -> None:
    ramp = GainRamp(0.0)
    ramp.move(0, 1.0, 100)
    ramp.move(50, 0.0, 10)
    curve = ramp.apply(ONES[:100], 0)
    assert curve[49] == 0.5
    assert curve[59] == 0.0


@given(gains, gains, st.integers(0, 300), st.integers(1, 300), st.lists(st.integers(1, 200)))
def test_pieces_of_any_size_make_the_same_curve(
    before: float, after: float, start: int, frames: int, pieces: list[int]
) -> None:
    ramp = GainRamp(before)
    ramp.move(start, after, frames)
    whole = ramp.apply(ONES, 0)
    at, parts = 0, []
    for piece in [*pieces, 1000]:
        parts.append(ramp.apply(ONES[at : at + piece], at))
        at += parts[-1].size
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert np.abs(np.diff(whole, prepend=np.float32(before))).max() <= 1.01 / frames
