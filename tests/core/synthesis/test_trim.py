"""Silence around speech goes, whatever the blocks it comes in; silence inside stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from skaldcast.core.synthesis.trim import SilenceTrimmer, quiet_stretches

RATE = 24_000


def speech(duration_s: float) -> NDArray[np.float32]:
    t = np.arange(round(duration_s * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 200 * t)).astype(np.float32)


def silence(duration_s: float) -> NDArray[np.float32]:
    return np.full(round(duration_s * RATE), 1e-5, np.float32)


def trimmed(sound: NDArray[np.float32], *cuts: int) -> NDArray[np.float32]:
    trimmer = SilenceTrimmer(RATE)
    parts = [trimmer.push(part) for part in np.split(sound, sorted(cuts))]
    return np.concatenate((*parts, trimmer.finish()))


def test_both_ends_are_cut_to_a_pre_roll_and_a_post_roll() -> None:
    kept = trimmed(np.concatenate((silence(0.3), speech(1), silence(0.4))))

    assert kept.size == round((0.010 + 1 + 0.020) * RATE)


def test_a_pause_inside_is_kept_as_it_is() -> None:
    sound = np.concatenate((speech(0.5), silence(0.7), speech(0.5)))

    kept = trimmed(sound)

    assert kept.size == sound.size
    np.testing.assert_array_equal(kept[120:-120], sound[120:-120])


def test_both_ends_are_faded() -> None:
    kept = trimmed(np.full(RATE, 0.5, np.float32))

    assert kept[0] == 0
    assert kept[-1] == 0
    assert np.abs(np.diff(kept)).max() < 0.01


def test_silence_alone_gives_nothing() -> None:
    assert trimmed(silence(1), 500, 12_000).size == 0


def test_it_says_how_much_it_cut_off_the_front() -> None:
    trimmer = SilenceTrimmer(RATE)

    trimmer.push(silence(0.2))
    trimmer.push(np.concatenate((silence(0.1), speech(0.5))))

    assert trimmer.skipped == round((0.3 - 0.010) * RATE)


@given(st.lists(st.integers(0, 36_000), max_size=8))
def test_the_blocks_it_comes_in_make_no_difference(cuts: list[int]) -> None:
    sound = np.concatenate((silence(0.3), speech(0.4), silence(0.2), speech(0.3), silence(0.3)))

    np.testing.assert_array_equal(trimmed(sound, *cuts), trimmed(sound))


def test_quiet_stretches_are_found_with_both_ends() -> None:
    sound = np.concatenate((silence(0.3), speech(0.4), silence(0.1), speech(0.3), silence(0.2)))

    assert quiet_stretches(sound, RATE) == [
        (0.0, pytest.approx(0.3)),
        (pytest.approx(0.7), pytest.approx(0.8)),
        (pytest.approx(1.1), pytest.approx(1.3)),
    ]


def test_a_short_closure_is_no_quiet_stretch() -> None:
    assert quiet_stretches(np.concatenate((speech(0.4), silence(0.04), speech(0.4))), RATE) == []
