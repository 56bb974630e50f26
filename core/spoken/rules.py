"""Rules that find what is not said as it is written: one scan, a cost only where one applies."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .spoken_text import Edit

_log = logging.getLogger(__name__)

_BEGINS = re.compile(r"[.!?][\"'”’)]? \Z")

Speak = Callable[[re.Match[str]], Edit | None]
"""What is said in place of a match, or of what is around it; None leaves it as it is written."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of expression."""

    name: str
    pattern: str
    """Its groups have names that no other rule uses."""
    speak: Speak


@dataclass(frozen=True, slots=True)
class Group:
    """Rules whose matches all begin in the same way."""

    begins: str
    """What must hold where they begin: an expression that takes up no characters."""
    rules: Sequence[Rule]
    """In the order in which they are to be tried."""

    @property
    def pattern(self) -> str:
        rules = "|".join(f"(?P<{rule.name}_rule>{rule.pattern})" for rule in self.rules)
        return f"{self.begins}(?:{rules})"


class Rules:
    """Rules of one language, the first that matches at a place applies.

    `first` is the inside of a character class: what a match begins with. That, and then how a
    group begins, is looked at before any rule is tried: prose is searched at little cost.
    """

    def __init__(self, first: str, groups: Sequence[Group]) -> None:
        alternatives = "|".join(group.pattern for group in groups)
        self._search = re.compile(f"(?=[{first}])(?:{alternatives})").search
        self._speak = {f"{r.name}_rule": r.speak for group in groups for r in group.rules}

    def edits(self, text: str, start: int, end: int) -> Iterator[Edit]:
        """Yield what is to be said otherwise in ``text[start:end]``, in order."""
        position = done = start
        while (match := self._search(text, position, end)) is not None:
            edit = self._apply(match)
            if edit is None or edit.start < done or edit.end > end:
                position = match.start() + 1
                continue
            yield _capitalised(edit, text) if edit.start - 1 > done else edit
            position = done = max(edit.end, match.start() + 1)

    def _apply(self, match: re.Match[str]) -> Edit | None:
        try:
            return self._speak[match.lastgroup or ""](match)
        except Exception as error:  # a fault of a rule must not cost the text
            _log.warning("left %r as it is written: %r", match.group()[:60], error)
            return None


def _capitalised(edit: Edit, text: str) -> Edit:
    """With a capital where a sentence begins behind another: voices look for one there."""
    if text[edit.start - 1 : edit.start] == " " and _BEGINS.search(
        text, edit.start - 4, edit.start
    ):
        return edit._replace(words=edit.words[:1].upper() + edit.words[1:])
    return edit
