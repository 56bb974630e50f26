"""How long chunks shall be, and how long held text waits for a source that has gone silent."""

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ..errors import ConfigError
from .pace import Pace

_WORD_SLACK = 24
"""Characters that a cut may lie off the ideal place because words are whole."""
LOOK_AHEAD = 18
"""Characters behind a boundary that bear on how good it is."""


@dataclass(frozen=True, slots=True)
class StallRule:
    """When text is let go although the next character has not come. All in seconds of silence."""

    sentence_s: float = 0.2
    """A finished sentence that nothing has followed; longer than the gaps of a token stream."""
    abbreviation_s: float = 1.0
    """The same where the full stop may belong to an abbreviation, an initial or a number."""
    clause_s: float = 0.5
    """A sentence that broke off, up to its last clause boundary, when nothing is buffered."""
    word_s: float = 2.0
    """A sentence that broke off before its first clause boundary, up to its last word boundary,
    when nothing has been buffered for so long."""
    first_s: float = 0.3
    """A whole clause with which the speech is to start, while more is flowing in and nothing is
    heard: what follows it may turn out short, which is better than silence."""
    short_s: float = 1.0
    """What the voice speaks badly alone, when nothing is buffered: the next words may come."""
    silent_s: float = 0.2
    """From here on the source counts as silent: a clause below the minimum may be let go."""
    margin_s: float = 0.15
    """What a timer, the queue and the device may take on top of the synthesis."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of a chunk's length, in seconds of speech or in characters."""

    name: str
    unit: Literal["seconds", "characters"]
    minimum: float
    """Hard: only a whole utterance or what a stall or the end cuts off is shorter."""
    target_low: float
    target_high: float
    maximum: float
    """Hard: nothing is longer, if need be a word is cut."""
    first_ready_s: float = 2.2
    """The first chunk is kept so short that its first block is there after so long."""
    stall: StallRule = StallRule()

    def __post_init__(self) -> None:
        steps = (0.0, self.minimum, self.target_low, self.target_high, self.maximum)
        if not (self.minimum > 0 and list(steps) == sorted(steps)):
            raise ConfigError(
                f"profile {self.name!r} is not in order: give 0 < minimum <= target_low <= "
                f"target_high <= maximum, not {steps[1:]}"
            )

    @staticmethod
    def named(name: str) -> "Profile":
        """The profile called `name`; raises `ConfigError` with the nearest name."""
        if name in PROFILES:
            return PROFILES[name]
        near = get_close_matches(name, PROFILES, 1, 0) or list(PROFILES)
        raise ConfigError(
            f"no chunker profile {name!r}: did you mean {near[0]!r}? "
            f"There are: {', '.join(PROFILES)}"
        )


CINEMATIC = Profile("cinematic", "seconds", 2.4, 3.0, 7.0, 8.0)
"""For latency and pace: a narrator's phrase."""
LONGFORM = Profile("longform", "characters", 180, 200, 300, 320)
"""For prosody once the buffer is full: whole sentences together. At 13-17 characters a second
it cannot hold along with the cinematic one (180 characters are 11.7 s)."""
PROFILES = {profile.name: profile for profile in (CINEMATIC, LONGFORM)}


@dataclass(frozen=True, slots=True)
class Limits:
    """A profile in characters of stripped text, at a voice's pace."""

    least: int
    low: int
    high: int
    most: int
    tail_known: int
    """So many characters after a boundary settle whether the rest can be spoken well."""
    alone: int = 0
    """So many the voice speaks well alone; less is let go late by a stall. 0: any number."""

    @classmethod
    def of(cls, profile: Profile, pace: Pace, cap: int | None = None, alone: int = 0) -> "Limits":
        """Convert `profile`: the least rounded up, the most rounded down, never under 1. No
        chunk passes `cap` characters; the least gives way to it, down to a third. It is not
        under `alone`, but never over half of the most for its sake."""
        unit = 1.0 if profile.unit == "characters" else pace.seconds_per_character
        least = max(1, math.ceil(profile.minimum / unit - 1e-9))
        most = max(least, math.floor(profile.maximum / unit + 1e-9))
        if cap is not None:
            most = max(1, min(most, cap))
            least = min(least, max(1, most // 3))
        alone = min(alone, most // 2)
        least = max(least, alone)
        low = min(most, max(least, math.ceil(profile.target_low / unit - 1e-9)))
        high = min(most, max(low, math.floor(profile.target_high / unit + 1e-9)))
        halves = 2 * least + min(_WORD_SLACK, least // 2)
        splits = halves <= most + 1  # every longer text has parts that all keep the limits
        tail_known = max(least if splits else halves, LOOK_AHEAD)
        return cls(least, low, high, most, tail_known, alone)

    def tail_fits(self, rest: int, closed: bool) -> bool | None:
        """Whether a rest of so many characters can be spoken within the limits; None where that
        depends on text still to come (not `closed`)."""
        if rest >= self.tail_known:
            return True
        return self.least <= rest <= self.most if closed else None
