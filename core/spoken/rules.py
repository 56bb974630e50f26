"""Rules that find what is not said as it is written: one scan, a cost only where one applies."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .spoken_text import Edit

_log = logging.getLogger(__name__)

Speak = Callable[[re.Match[str]], Edit | None]
"""What is said in place of a match, or of what is around it; None leaves it as it is written."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of expression."""

    name: str
    pattern: str
    """Its groups have names that no other rule uses."""
    speak: Speak


class Rules:
    """Rules of one language, the first that matches at a place applies.

    `first` is the inside of a character class: what a match begins with. It is looked at before
    any rule is tried, so that prose is searched at little cost.
    """

    def __init__(self, first: str, rules: Sequence[Rule]) -> None:
        patterns = "|".join(f"(?P<{rule.name}_rule>{rule.pattern})" for rule in rules)
        self._search = re.compile(f"(?=[{first}])(?:{patterns})").search
        self._speak = {f"{rule.name}_rule": rule.speak for rule in rules}

    def edits(self, text: str, start: int, end: int) -> Iterator[Edit]:
        """Yield what is to be said otherwise in ``text[start:end]``, in order."""
        position = done = start
        while (match := self._search(text, position, end)) is not None:
            edit = self._apply(match)
            if edit is None or edit.start < done or edit.end > end:
                position = match.start() + 1
                continue
            yield edit
            position = done = max(edit.end, match.start() + 1)

    def _apply(self, match: re.Match[str]) -> Edit | None:
        try:
            return self._speak[match.lastgroup or ""](match)
        except Exception as error:  # a fault of a rule must not cost the text
            _log.warning("left %r as it is written: %r", match.group()[:60], error)
            return None
