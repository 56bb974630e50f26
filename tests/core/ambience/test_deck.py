"""One looped sound at the device's rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.ambience.deck import Deck
from tests.core.ambience.sounds import RATE, ArraySource

KEPT = 300


def deck(rate: int = RATE) -> Deck:
    sound = np.sin(np.arange(700) / 7)
    return Deck(ArraySource(sound), rate, KEPT)


@given(steps=st.lists(st.tuples(st.integers(0, 400), st.integers(0, KEPT)), max_size=8))
def test_what_was_gone_back_over_comes_again(steps: list[tuple[int, int]]):
    whole = deck(2 * RATE).read(4000)
    subject, at, furthest = deck(2 * RATE), 0, 0
    for count, back in steps:
        assert subject.read(count) == pytest.approx(whole[at : at + count])
        at += count
        furthest = max(furthest, at)
        back = max(min(back, at, at - (furthest - KEPT)), 0)
        subject.back(back)
        at -= back
    assert subject.read(50) == pytest.approx(whole[at : at + 50])


@pytest.mark.parametrize("rate", [500, 1000, 1103, 4000])
def test_it_plays_at_the_device_s_rate(rate: int):
    seconds = np.arange(3 * RATE) / RATE
    source = ArraySource(np.sin(2 * np.pi * 50 * seconds))
    heard = Deck(source, rate, KEPT).read(2 * rate)[:, 0]
    wanted = np.sin(2 * np.pi * 50 * np.arange(2 * rate) / rate)
    assert heard[rate // 2 :] == pytest.approx(wanted[rate // 2 :], abs=0.01)


def test_the_memory_it_takes_does_not_grow():
    subject = deck()
    for _ in range(100):
        subject.read(200)
    assert len(subject._frames) <= KEPT + 2 * RATE // 10


def test_sides_stay_sides():
    sound = np.stack((np.ones(500), np.zeros(500)), axis=1)
    heard = Deck(ArraySource(sound), RATE, KEPT).read(200)
    assert heard[:, 0].min() == 1.0
    assert heard[:, 1].max() == 0.0
