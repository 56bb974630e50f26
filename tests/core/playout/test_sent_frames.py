"""What a device was given and has not played."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.sent_frames import SentFrames


def filled(*sizes: int) -> SentFrames:
    sent, at = SentFrames(), 0
    for size in sizes:
        sent.add(np.arange(at, at + size, dtype=np.float32))
        at += size
    return sent


def test_the_last_frames_come_back_in_order() -> None:
    sent = filled(3, 4, 5)
    assert sent.take_back(6).tolist() == [6, 7, 8, 9, 10, 11]
    assert sent.take_back(2).tolist() == [4, 5]
    assert len(sent) == 4


def test_no_more_comes_back_than_there_is() -> None:
    sent = filled(3)
    assert sent.take_back(10).tolist() == [0, 1, 2]
    assert sent.take_back(10).size == 0


@given(st.lists(st.integers(1, 50)), st.integers(0, 100))
def test_what_may_come_back_is_kept_and_little_more(sizes: list[int], pending: int) -> None:
    sent = filled(*sizes)
    written = len(sent)
    sent.keep_last(pending)
    assert min(pending, written) <= len(sent) < pending + max(sizes, default=0) + 1
    back = sent.take_back(pending)
    assert back.tolist() == list(range(written - min(pending, written), written))
