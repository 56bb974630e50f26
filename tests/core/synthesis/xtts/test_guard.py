"""What XTTS makes up is noticed, in constructed codes and audio; what is right passes untouched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.synthesizer import Samples
from skaldcast.core.synthesis.xtts.guard import (
    AudioGuard,
    CodeGuard,
    Expectation,
    Fault,
    badness,
)

RATE = 24_000


def speech(seconds: float, level: float = 0.1) -> Samples:
    return (np.random.default_rng(1).standard_normal(round(seconds * RATE)) * level).astype("f4")


def audio_guard(expected_s: float, stretch: float = 1.0) -> AudioGuard:
    return AudioGuard(RATE, Expectation(expected_s, 600, 0, stretch))


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def heard(guard: AudioGuard, audio: Samples, block: int = 1000) -> Samples:
    pieces = [guard.push(audio[at : at + block]) for at in range(0, audio.size, block)]
    return np.concatenate([*pieces, guard.finish()])


def codes_until_loop(codes: list[int]) -> int | None:
    """How many codes are taken until a loop is noticed."""
    guard = CodeGuard()
    return next((n for n, code in enumerate(codes, 1) if guard.push(code)), None)


def test_the_budget_follows_from_the_length_of_the_text() -> None:
    short, long = (Expectation.of("a" * n, "en", 602) for n in (30, 150))

    assert short.seconds == pytest.approx(2.0)
    assert short.budget == 24 + 108  # ceil(2.5 * 2 s * 21.5 codes)
    assert long.budget == 24 + 539
    assert short.least == 12


def test_the_budget_is_no_more_than_the_model_can_make() -> None:
    assert Expectation.of("a" * 1000, "en", 602).budget == 602


def test_a_script_that_says_more_with_a_character_is_given_more_time() -> None:
    assert Expectation.of("语" * 30, "zh-cn", 602).seconds == pytest.approx(2.0 * 250 / 82)


@given(st.lists(st.integers(0, 1023), max_size=300, unique=True))
def test_codes_that_do_not_repeat_are_no_loop(codes: list[int]) -> None:
    assert codes_until_loop(codes) is None


@pytest.mark.parametrize("period", [1, 2, 3, 7, 8, 15, 24])
def test_codes_that_repeat_are_a_loop_after_four_times_or_one_and_a_half_seconds(
    period: int,
) -> None:
    before = list(range(100, 130))
    codes = before + list(range(period)) * 200

    noticed = codes_until_loop(codes)

    assert noticed == len(before) + max(4 * period, 32)


def test_a_loop_is_told_with_what_came_before_it() -> None:
    guard = CodeGuard()
    for code in [*range(100, 130), *[7, 8, 9] * 20]:
        if guard.push(code):
            break

    assert guard.loop_begins == 33  # the figure is heard once


def test_a_figure_that_comes_three_times_is_no_loop() -> None:
    assert codes_until_loop([*range(20), *range(20), *range(20)]) is None


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.integers(0, 99))
def test_speech_with_pauses_passes_sample_by_sample(blocks: list[int], seed: int) -> None:
    audio = np.concatenate([speech(1.0), silence(0.3), speech(0.7), silence(0.9)])
    guard = audio_guard(2.0)
    pieces: list[Samples] = []
    at = 0
    while at < audio.size:
        block = blocks[len(pieces) % len(blocks)]
        pieces.append(guard.push(audio[at : at + block]))
        at += block

    np.testing.assert_array_equal(np.concatenate([*pieces, guard.finish()]), audio)
    assert not (guard.ended)
    assert not (guard.cut_tail)
    assert not (guard.too_silent)


def test_speech_behind_the_end_and_a_silence_is_cut_off() -> None:
    wanted = np.concatenate([speech(2.4), silence(0.5)])
    guard = audio_guard(2.0)

    out = heard(guard, np.concatenate([wanted, speech(3.0)]))

    assert guard.ended
    assert guard.cut_tail
    np.testing.assert_array_equal(out, wanted)


def test_at_half_speed_all_takes_twice_as_long() -> None:
    slow = Expectation.of("a" * 30, "en", 602, speed=0.5)
    normal = Expectation.of("a" * 30, "en", 602)
    audio = np.concatenate([speech(4.8), silence(0.6), speech(1.0)])

    assert (slow.seconds, slow.budget, slow.least) == (4.0, normal.budget, normal.least)
    assert heard(audio_guard(4.0, 2.0), audio).size == audio.size
    assert heard(audio_guard(4.0, 1.0), audio).size < audio.size


def test_numbers_and_signs_are_given_the_time_that_their_words_take() -> None:
    number, word = (Expectation.of(text, "en", 602) for text in ("1984", "nineteen eightyfour."))

    assert number.seconds == pytest.approx(word.seconds, rel=0.25)


def test_a_slow_reader_who_makes_no_pause_is_not_cut() -> None:
    audio = speech(5.0)
    guard = audio_guard(2.0)

    assert heard(guard, audio).size == audio.size
    assert not guard.ended


def test_a_pause_before_the_expected_end_is_not_cut() -> None:
    audio = np.concatenate([speech(2.0), silence(0.6), speech(2.0)])
    guard = audio_guard(4.0)

    assert heard(guard, audio).size == audio.size


def test_a_long_silence_behind_the_end_ends_the_speech_without_a_word_lost() -> None:
    guard = audio_guard(1.0)

    out = heard(guard, np.concatenate([speech(1.5), silence(5.0)]))

    assert guard.ended
    assert not guard.cut_tail
    assert out.size <= 2.6 * RATE


def test_a_long_silence_in_the_middle_is_noticed_and_cut_short() -> None:
    guard = audio_guard(10.0)

    out = heard(guard, np.concatenate([speech(2.0), silence(4.0), speech(1.0)]))

    assert guard.too_silent
    assert not guard.ended
    assert out.size / RATE == pytest.approx(4.0, abs=0.02)


def test_noise_that_is_forty_decibels_down_counts_as_silence() -> None:
    guard = audio_guard(1.0)

    heard(guard, np.concatenate([speech(1.5), speech(0.6, 0.0005), speech(1.0)]))

    assert guard.cut_tail


def test_silence_alone_is_no_fault() -> None:
    guard = audio_guard(1.0)
    heard(guard, silence(0.8))

    assert not (guard.too_silent)
    assert not (guard.ended)


def test_the_best_take_has_the_fewest_faults_and_then_the_likeliest_length() -> None:
    takes = {
        "fine": badness(frozenset(), 2.1, 2.0),
        "long": badness(frozenset(), 3.0, 2.0),
        "loop": badness(frozenset({Fault.LOOP}), 2.0, 2.0),
        "both": badness(frozenset({Fault.LOOP, Fault.SILENCE}), 2.0, 2.0),
    }
    assert sorted(takes, key=lambda name: takes[name]) == ["fine", "long", "loop", "both"]
