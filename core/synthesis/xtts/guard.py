"""Notices when the model runs away, loops, falls silent or babbles on. Plain objects.

XTTS does all of this now and then; upstream says it cannot be avoided. What is too long for its
text, or the same over and over, is heard in the codes; silences are heard in the audio.
"""

from dataclasses import dataclass
from enum import Enum
from math import ceil

import numpy as np

from ..synthesizer import Samples
from .languages import expected_s

CODES_PER_S = 22_050 / 1024
"""Codes for a second of speech."""


class Fault(Enum):
    """What is wrong with a take."""

    RUNAWAY = "runaway"
    """It did not stop in twice the time that its text needs."""
    LOOP = "loop"
    """The same codes over and over."""
    SILENCE = "silence"
    """A silence that no reader would make."""
    SHORT = "short"
    """It stopped long before its text could have been spoken."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How long the speech of a text should be, in seconds and in codes."""

    seconds: float
    """As it is heard, at the speed that was asked for."""
    budget: int
    """Codes at most."""
    least: int
    """Codes at least."""
    stretch: float = 1.0
    """How much longer everything takes than at the voice's own speed."""

    @staticmethod
    def of(text: str, language: str, most: int, speed: float = 1.0) -> "Expectation":
        """Of a text; `most` is what the model can make. Generous: a slow, emphatic voice takes
        one and a half times as long as the mean, a hasty one half."""
        seconds = expected_s(text, language)
        codes = seconds * CODES_PER_S
        budget = min(ceil(2.5 * codes) + 24, most)
        return Expectation(seconds / speed, budget, int(0.3 * codes), 1.0 / speed)


class CodeGuard:
    """Watches the codes of one take for loops."""

    _LONGEST = 24  # codes of a figure that repeats: 1.1 s
    _LEAST = 32  # codes from which on a repetition is none of speech: 1.5 s
    _TIMES = 4

    def __init__(self) -> None:
        self._codes: list[int] = []
        self._runs = [0] * (self._LONGEST + 1)
        self.loop_begins: int | None = None
        """How many codes there were before the loop."""

    def push(self, code: int) -> bool:
        """Take the next code; true where the codes have begun to loop."""
        codes, runs = self._codes, self._runs
        codes.append(code)
        for period in range(1, min(self._LONGEST, len(codes) - 1) + 1):
            runs[period] = runs[period] + 1 if codes[-1 - period] == code else 0
            length = runs[period] + period
            if runs[period] and length >= max(self._TIMES * period, self._LEAST):
                self.loop_begins = len(codes) - length + period
                return True
        return False


class AudioGuard:
    """Watches the audio of one take for silences, and cuts off what is babbled behind the end.

    Where nothing is wrong the samples pass as they are. Speech that follows a silence of
    `GAP_S` behind the expected end is dropped, and a silence is cut short to `LONGEST_S` (both at
    the voice's own speed).
    """

    GAP_S = 0.4
    LONGEST_S = 1.0
    _LATE = 1.15  # times the expected duration: the end is expected before this
    _WINDOW_S = 0.01
    _QUIET = 10 ** (-40 / 20)  # of the loudest window so far
    _SILENT = 1e-4  # -80 dBFS

    def __init__(self, sample_rate: int, expectation: Expectation) -> None:
        self._window = round(self._WINDOW_S * sample_rate)
        self._end = self._LATE * expectation.seconds
        self._gap = self.GAP_S * expectation.stretch
        self._longest = self.LONGEST_S * expectation.stretch
        self._held: Samples = np.zeros(0, np.float32)
        self._loudest = 0.0
        self._windows = 0  # seen
        self._quiet = 0  # windows of silence up to here
        self.ended = False
        """What follows is dropped: the speech is over."""
        self.cut_tail = False
        """Something was said behind the end, and dropped."""
        self.too_silent = False
        """There was a silence that had to be cut short."""

    def push(self, samples: Samples) -> Samples:
        """Take the next samples; return those that are to be heard."""
        held = np.concatenate((self._held, samples))
        count = held.size // self._window
        windows = held[: count * self._window].reshape(count, self._window)
        self._held = held[count * self._window :]
        levels = np.sqrt(np.mean(np.square(windows), axis=1))
        keep = np.fromiter((self._hear(float(level)) for level in levels), np.bool_, count)
        return windows[keep].reshape(-1)

    def finish(self) -> Samples:
        """The last samples, shorter than a window."""
        held, self._held = self._held, self._held[:0]
        return held[:0] if self.ended else held

    def _hear(self, level: float) -> bool:
        """Whether a window is to be heard."""
        if self.ended:
            return False
        self._windows += 1
        self._loudest = max(self._loudest, level)
        if level > max(self._QUIET * self._loudest, self._SILENT):
            if self._is_behind_the_end(self._gap):
                self.ended = self.cut_tail = True
                return False
            self._quiet = 0
            return True
        self._quiet += 1
        if self._quiet * self._WINDOW_S <= self._longest:
            return True
        if self._is_behind_the_end(self._longest):
            self.ended = True
        elif self._loudest > self._SILENT:  # silence before the speech is the trimmer's
            self.too_silent = True
        return False

    def _is_behind_the_end(self, gap_s: float) -> bool:
        spoken = (self._windows - self._quiet) * self._WINDOW_S
        return self._quiet * self._WINDOW_S >= gap_s and spoken >= self._end


def badness(faults: frozenset[Fault], audio_s: float, expected_s: float) -> float:
    """How bad a take is, to find the best of several: the faults first, then how far its length
    is from what was expected."""
    return 10.0 * len(faults) + abs(audio_s - expected_s) / max(expected_s, 0.5)
