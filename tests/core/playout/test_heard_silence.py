"""Silence inside speech is measured as it is heard, whatever was padded."""

import pytest

from skaldcast.core.playout.heard_silence import HeardSilence

DEVICE_RATE = 48_000
RATE = 24_000


@pytest.fixture
def silence() -> HeardSilence:
    return HeardSilence(DEVICE_RATE, RATE)


def test_silence_is_counted_while_it_lasts(silence: HeardSilence) -> None:
    silence.begin(4800)
    silence.follow(4799, 1.0, 1.0)
    assert silence.take() == (0, 0)
    silence.follow(5280, 1.01, 1.01)
    assert silence.take() == (1, 240)
    silence.follow(5280, 1.01, 2.01)
    assert silence.take() == (0, RATE)


def test_silence_ends_where_speech_is_heard_though_less_was_padded(silence: HeardSilence) -> None:
    silence.begin(0)
    silence.end(480)  # 10 ms were padded
    silence.follow(480, 10.0, 10.5)
    silence.follow(480 + 9600, 11.0, 11.0)  # 0.2 s of speech: it began at 10.8
    assert silence.take() == (1, round(0.81 * RATE))


def test_where_speech_begins_is_believed_once_enough_of_it_was_heard(
    silence: HeardSilence,
) -> None:
    silence.begin(0)
    silence.end(480)
    silence.follow(240, 10.0, 10.0)
    silence.follow(960, 10.015, 10.015)
    assert silence.take() == (1, round(0.005 * RATE))
    silence.follow(960, 10.02, 10.02, last=True)
    assert silence.take() == (0, round(0.010 * RATE))


def test_two_silences_one_behind_the_other_are_two(silence: HeardSilence) -> None:
    for frame in (0, 9600):
        silence.begin(frame)
        silence.begin(frame + 100)
        silence.end(frame + 4800)
        silence.end(frame + 4900)
    silence.follow(40_000, 1.0, 1.0)
    assert silence.take() == (2, 4800)


def test_what_was_taken_back_does_not_count(silence: HeardSilence) -> None:
    silence.begin(4800)
    silence.end(9600)
    silence.begin(14_400)
    silence.cut(12_000)
    silence.begin(12_000)
    silence.end(12_480)
    silence.follow(48_000, 1.0, 1.0)
    assert silence.take() == (2, 2400 + 240)
