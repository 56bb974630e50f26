import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.frame_ring import FrameRing


@given(capacity=st.integers(1, 20), position=st.integers(0, 2**62), data=st.data())
def test_a_ring_gives_back_what_was_written_wherever_it_begins(
    capacity: int, position: int, data: st.DataObject
) -> None:
    ring = FrameRing(np.zeros(capacity, np.float32))
    count = data.draw(st.integers(0, capacity))
    samples = np.arange(1, count + 1, dtype=np.float32)
    ring.write(position, samples)
    assert ring.read(position, count).tolist() == samples.tolist()


def test_a_ring_leaves_all_other_frames_alone() -> None:
    ring = FrameRing(np.arange(10, dtype=np.float32))
    ring.write(18, np.full(4, -1, np.float32))
    assert ring.read(0, 10).tolist() == [-1, -1, 2, 3, 4, 5, 6, 7, -1, -1]
