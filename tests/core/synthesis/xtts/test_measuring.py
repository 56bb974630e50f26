"""The best settings are chosen by what was measured, and a tiny model is measured in a moment."""

import pytest

from skaldcast.core.synthesis.xtts.measuring import SlotSpeed, Tuned, choose, tune
from skaldcast.core.synthesis.xtts.random_model import Size, random_model
from tests.core.synthesis.xtts import tiny

WORKS = {24: 1.3, 48: 1.03, 96: 1.0}


def speeds(**codes_per_s: float) -> list[SlotSpeed]:
    return [SlotSpeed(int(name[1:]), value) for name, value in codes_per_s.items()]


def test_the_fewest_slots_that_do_nearly_the_most_are_taken() -> None:
    found = choose(speeds(s1=100, s2=190, s4=390, s8=400, s16=401), WORKS)

    assert found == Tuned(slots=4, step_codes=48)


def test_slots_that_are_each_slower_than_speech_are_not_taken() -> None:
    found = choose(speeds(s1=50, s2=80, s4=90, s8=95), WORKS)

    assert found.slots == 2  # each of four would have a real-time factor of 0.96


def test_a_machine_that_is_too_slow_gets_one_slot() -> None:
    assert choose(speeds(s1=5, s2=6), WORKS).slots == 1


def test_a_model_is_measured_and_tuned() -> None:
    with tiny.narrow():
        model = random_model("cpu", Size(layers=1, channels=16, heads=2, text_tokens=80))

    found = list(tune(model, most_slots=2, codes=4))

    assert [type(one) for one in found] == [SlotSpeed, SlotSpeed, *[tuple] * 5, Tuned]
    assert found[0].real_time_factor == pytest.approx(found[0].slot_real_time_factor)
