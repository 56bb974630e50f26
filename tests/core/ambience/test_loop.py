"""A sound without an end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.ambience.loop import Loop, cross_fade
from skaldcast.core.errors import AmbienceError
from tests.core.ambience.sounds import RATE, ArraySource

SEAM = 30  # frames at RATE
SHORTEST = 100


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-1, 1, (frames, 2)).astype(np.float32)


def looped(sound: np.ndarray, frames: int) -> np.ndarray:
    """What the loop should give, made at once: all but the seam, then the seam."""
    seam = cross_fade(sound[-SEAM:], sound[:SEAM])
    rest = np.concatenate((sound[SEAM:-SEAM], seam))
    passes = frames // len(rest) + 1
    return np.concatenate((sound[:SEAM], *[rest] * passes))[:frames]


@given(
    length=st.integers(SHORTEST, 400),
    cuts=st.lists(st.integers(0, 500), min_size=1, max_size=8),
)
def test_however_it_is_read_the_same_endless_sound_comes(length: int, cuts: list[int]):
    sound = noise(length)
    loop = Loop(ArraySource(sound))
    pieces = [loop.read(cut) for cut in cuts]
    assert [len(piece) for piece in pieces] == cuts
    heard = np.concatenate(pieces)
    assert heard == pytest.approx(looped(sound, sum(cuts)), abs=1e-6)
    assert heard.dtype == np.float32


def test_the_seam_makes_no_step():
    slope = np.linspace(-1, 1, RATE)  # from its end to its beginning it would be a step of 2
    heard = Loop(ArraySource(slope)).read(5 * RATE)[:, 0]
    assert np.abs(np.diff(heard)).max() < 2 * np.pi / 2 / SEAM


@given(alike=st.floats(0.0, 1.0))
def test_the_seam_keeps_the_power_however_alike_the_ends_are(alike: float):
    frames = 20_000
    old, other = noise(frames), noise(frames + 1)[:-1]
    new = (alike * old + np.sqrt(1 - alike**2) * other).astype(np.float32)
    joined = cross_fade(old, new)
    for part in np.split(joined, 5):
        assert np.mean(part**2) == pytest.approx(1 / 3, rel=0.1)


def test_a_seam_between_the_same_leaves_it_as_it_is():
    sound = noise(SEAM)
    assert cross_fade(sound, sound) == pytest.approx(sound, abs=1e-6)
    assert not cross_fade(0 * sound, 0 * sound).any()


@pytest.mark.parametrize("length", [0, 1, SHORTEST - 1])
def test_what_is_too_short_to_loop_is_refused(length: int):
    with pytest.raises(AmbienceError, match=f"too short to loop: it has {length} frames"):
        Loop(ArraySource(noise(length))).read(200)


@pytest.mark.parametrize("left", [0, 1, SEAM, SHORTEST - 1])
def test_a_file_that_is_cut_short_while_it_loops_is_told_and_does_not_hang(left: int):
    source = ArraySource(noise(200))
    loop = Loop(source)
    loop.read(100)
    source.frames = source.frames[:left]
    with pytest.raises(AmbienceError, match="too short"):
        loop.read(1000)


def test_no_more_is_read_ahead_than_a_seam():
    source = ArraySource(noise(3000))
    Loop(source).read(500)
    assert source.read_in_all == 500 + SEAM
