"""A value in straight lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.ambience.ramp import Ramp

VALUES = st.floats(-100, 100)


def test_it_is_constant_until_it_is_moved_and_after_it_has_arrived():
    ramp = Ramp(3.0)
    assert ramp.values(0, 5).tolist() == [3.0]
    ramp.move(10, 5.0, 4)
    assert ramp.values(8, 8).tolist() == [3.0, 3.0, 3.0, 3.5, 4.0, 4.5, 5.0, 5.0]
    assert ramp.values(14, 100).tolist() == [5.0]
    assert ramp.settled(14)
    assert not ramp.settled(13)


@given(
    moves=st.lists(st.tuples(st.integers(0, 50), VALUES, st.integers(0, 50)), max_size=5),
    first=st.integers(0, 100),
    count=st.integers(1, 100),
)
def test_it_never_leaps_and_each_frame_has_one_value(
    moves: list[tuple[int, float, int]], first: int, count: int
):
    ramp, start = Ramp(0.0), 0
    for rest, value, frames in moves:
        start += rest
        before = ramp.value(start)
        ramp.move(start, value, frames)
        if frames:
            assert ramp.value(start) == pytest.approx(before)
    values = np.broadcast_to(ramp.values(start + first, count), (count,))
    singly = [ramp.value(start + first + n) for n in range(count)]
    assert values.tolist() == pytest.approx(singly)
