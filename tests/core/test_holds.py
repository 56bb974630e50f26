"""Which silence is a hold."""

from skaldcast.core.events import Event, HoldEnded
from skaldcast.core.holds import HoldWatch
from skaldcast.core.report import Tally


class Watch:
    def __init__(self) -> None:
        self.tally = Tally()
        self.events: list[Event] = []
        self.holds = HoldWatch(self.tally, self.events.append, clock_0=100.0)

    @property
    def counted(self) -> tuple[int, float]:
        return self.tally.holds, self.tally.hold_s


def test_a_rest_is_a_hold_once_it_is_over():
    watch = Watch()
    watch.holds.rest(110.0)
    assert watch.counted == (0, 0.0)
    watch.holds.sound(112.0, 0.0)
    assert watch.counted == (1, 2.0)
    assert watch.events == [HoldEnded(12.0, 2.0)]


def test_the_silence_that_the_text_asks_for_is_no_part_of_it():
    watch = Watch()
    watch.holds.rest(110.0)
    watch.holds.sound(112.0, 0.5)
    watch.holds.rest(120.0)
    watch.holds.sound(120.5, 0.5)
    assert watch.counted == (1, 1.5)


def test_sound_without_a_rest_is_nothing():
    watch = Watch()
    watch.holds.sound(112.0, 0.0)
    assert watch.counted == (0, 0.0)


def test_a_cut_and_the_rest_that_it_leads_to_are_no_hold():
    watch = Watch()
    watch.holds.cut(110.0)
    watch.holds.rest(110.01)
    watch.holds.sound(113.0, 0.0)
    watch.holds.rest(120.0)
    watch.holds.sound(121.0, 0.0)
    assert watch.counted == (1, 1.0)


def test_a_cut_ends_a_rest():
    watch = Watch()
    watch.holds.rest(110.0)
    watch.holds.cut(111.0)
    watch.holds.sound(113.0, 0.0)
    assert watch.counted == (0, 0.0)


def test_a_rest_with_nothing_more_to_say_is_none():
    watch = Watch()
    watch.holds.rest(110.0)
    watch.holds.forget()
    watch.holds.sound(113.0, 0.0)
    assert watch.counted == (0, 0.0)


def test_sound_from_before_a_cut_that_is_told_after_it_does_not_end_it():
    watch = Watch()
    watch.holds.cut(110.0)
    watch.holds.sound(109.99, 0.0)
    watch.holds.rest(110.01)
    watch.holds.sound(113.0, 0.0)
    assert watch.counted == (0, 0.0)
