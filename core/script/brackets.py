"""What square brackets in a script mean: a tag, a pause, a speed, a direction or words."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .names import Characters, is_narrator, is_tag_like

MOST_PAUSE_S: Final = 30.0
SPEEDS: Final = {"slow": 0.8, "slowly": 0.8, "fast": 1.25, "quick": 1.25, "quickly": 1.25}
_PAUSES: Final = {"": 1.0, "long": 2.0, "short": 0.5, "brief": 0.5}
_PAUSE = re.compile(
    r"(?:(long|short|brief)\s+)?(?:pause[sd]?|beat|break|silence)"
    r"(?:\s*[:=,]?\s*(?:for\s+)?(\d{1,6}(?:[.,]\d{1,6})?)\s*(ms|milliseconds?|s|secs?|seconds?)?)?",
    re.IGNORECASE,
)
_DIRECTED = re.compile(r"([^,:(\-–—]{1,48}?)\s*(?:[,:(]|\s[-–—]\s).*", re.DOTALL)
_INSERTED = re.compile(
    # What stands for words of the sentence: it begins as a noun phrase or a verb form does.
    r"(?:the|an?|his|her|hers|its|their|theirs|my|mine|your|yours|our|ours|this|that|these|those|"
    r"he|she|it|they|we|i|you|him|them|us|me|who|whom|whose|which|one|all|some|any|no|not|"
    r"is|was|are|were|be|been|am|has|had|have|do|does|did|will|would|can|could|shall|should|"
    r"and|or|but|of|to|in|on|at|by|for|with|from|as|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|er|sie|es|le|la|les|un|une|il|elle|el|los)"
    r"\b|[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*){0,3}$"
)
_SILENT = re.compile(r"\^.*|[\d\s.,;:–-]*|sic!?|[.…]+|[xX✓!?]|!\w+")
_SENTENCE_ENDS = frozenset('.!?…:"”»“)]*_—')


class Bracket(Enum):
    """What is meant by it."""

    TAG = "tag"
    PAUSE = "pause"
    SPEED = "speed"
    UNSPOKEN = "unspoken"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class BracketReading:
    """What a bracket means."""

    kind: Bracket
    character: str | None = None
    """Of a `TAG`; None is the narrator."""
    amount: float = 0.0
    """Seconds of a `PAUSE`, the factor of `SPEED`."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a bracket."""

    leads: bool
    """It is the first of its line."""
    before: str
    """The text before it, some characters of it; spaces included."""
    after: str
    """The character right behind it, empty at the end."""
    follower: str
    """The first behind it that is no space; a line end where there is none."""


_UNSPOKEN = BracketReading(Bracket.UNSPOKEN)
_WORDS = BracketReading(Bracket.WORDS)


def read_bracket(content: str, around: Surroundings, characters: Characters) -> BracketReading:
    """What ``[content]`` means where it stands."""
    content = content.strip()
    control = _control(content)
    if control is not None:
        return control
    before = around.before.rstrip()[-1:]
    starts = around.leads or not before or before in _SENTENCE_ENDS
    if starts:
        tag = _tag(content, around, characters)
        if tag is not None:
            return tag
    if _SILENT.fullmatch(content):
        return _UNSPOKEN
    if (_touches(around) and len(content.split()) == 1) or (
        not starts and _goes_on(around) and _INSERTED.match(content)
    ):
        return _WORDS
    return _UNSPOKEN


def _control(content: str) -> BracketReading | None:
    lowered = content.casefold()
    pause = _PAUSE.fullmatch(lowered)
    if pause is not None:
        length, number, unit = pause.groups()
        seconds = float(number.replace(",", ".")) if number else _PAUSES[length or ""]
        if number and unit and unit.startswith("m"):
            seconds /= 1000
        return BracketReading(Bracket.PAUSE, amount=min(seconds, MOST_PAUSE_S))
    if lowered in SPEEDS:
        return BracketReading(Bracket.SPEED, amount=SPEEDS[lowered])
    if lowered.startswith("/") and (lowered[1:].strip() in SPEEDS or lowered in ("/", "/speed")):
        return BracketReading(Bracket.SPEED, amount=1.0)
    return None


def _tag(content: str, around: Surroundings, characters: Characters) -> BracketReading | None:
    """A known name anywhere a sentence may begin; an unknown one at a line's start, with text."""
    name = content.removesuffix(":").rstrip()
    directed = _DIRECTED.fullmatch(content)
    for candidate in (name, directed[1] if directed else ""):
        if candidate and (known := characters(candidate)) is not None:
            return BracketReading(Bracket.TAG, known)
    if not around.leads:
        return None
    if is_narrator(name):
        return BracketReading(Bracket.TAG)
    if around.follower not in ("", "\n") and is_tag_like(name):
        return BracketReading(Bracket.TAG, name)
    return None


def _touches(around: Surroundings) -> bool:
    """It completes a word: ``[T]he``, ``walk[ed]``."""
    return around.before[-1:].isalpha() or around.after.isalpha()


def _goes_on(around: Surroundings) -> bool:
    """The sentence does, behind it."""
    return bool(around.follower) and (around.follower.islower() or around.follower in ",;.!?'’")
