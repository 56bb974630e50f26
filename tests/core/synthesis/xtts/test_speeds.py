"""The best settings are chosen by what was measured."""

from skaldcast.core.synthesis.xtts.speeds import SlotSpeed, Tuned, choose

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
