"""Holds: the waits that were placed at a pause of the text. Plain; the clock is an argument."""

from collections.abc import Callable

from .events import Event, HoldEnded
from .report import Tally


class HoldWatch:
    """Counts how long the device rested although the text went on.

    A wait ends with the sound; the silence that the text itself asks for there is no part of it.
    Silence after a cut (skip, interrupt, stop) is nobody's wait.
    """

    def __init__(self, tally: Tally, emit: Callable[[Event], None], clock_0: float) -> None:
        self._tally = tally
        self._emit = emit
        self._clock_0 = clock_0
        self._resting_since: float | None = None
        self._cut_at: float | None = None

    def rest(self, at_s: float) -> None:
        """The device has rested since `at_s`, and there is more to say."""
        if self._cut_at is None:  # else it is the cut that brought it to rest
            self._resting_since = at_s

    def cut(self, at_s: float) -> None:
        """What was being heard, or would have been next, was taken out."""
        self._cut_at = at_s
        self._resting_since = None

    def forget(self) -> None:
        """There is nothing to say any more: nobody waits."""
        self._resting_since = None

    def sound(self, at_s: float, owed_s: float) -> None:
        """Sound left the device again at `at_s` (or the user pauses), after a silence in which
        `owed_s` seconds belonged to the text."""
        if self._cut_at is not None and at_s >= self._cut_at:
            self._cut_at = None
        if self._resting_since is None:
            return
        waited_s = at_s - self._resting_since - owed_s
        self._resting_since = None
        if waited_s > 0.0:
            self._tally.holds += 1
            self._tally.hold_s += waited_s
            self._emit(HoldEnded(at_s - self._clock_0, waited_s))
