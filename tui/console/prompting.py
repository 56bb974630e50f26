"""What the words on the prompt line ask for. Plain."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ...core.user_path import user_path

LONGEST_LINE = 4_000
"""What is pasted and longer than that goes to the list: nobody reads it in one line."""
KEPT = 500
"""Lines of history."""

_MARKS = "?!+ "


class Wish(Enum):
    """What a line begins with says what becomes of it."""

    SPEAK = ""
    ASK = "?"
    CUT_IN = "!"
    ADD = "+"


PLACEHOLDER = "Type and Enter to speak   ?ask the model   !cut in   +add to the list"


@dataclass(frozen=True, slots=True)
class Prompted:
    """A line as it was meant."""

    wish: Wish
    text: str


def read_prompt(line: str) -> Prompted | None:
    """What a line asks for; None where there is nothing in it."""
    line = line.strip()
    for wish in (Wish.ASK, Wish.CUT_IN, Wish.ADD):
        if line.startswith(wish.value) and line.strip(_MARKS):
            return Prompted(wish, line[1:].strip())
    return Prompted(Wish.SPEAK, line) if line.strip(_MARKS) else None


def complete(line: str, characters: tuple[str, ...]) -> str | None:
    """The line with a character's name completed that its beginning may mean; None without."""
    lead = line[: len(line) - len(line.lstrip(_MARKS))]
    begun = line[len(lead) :]
    if not begun or not begun[0].isalpha():
        return None
    folded = begun.casefold()
    for name in characters:
        if name.casefold().startswith(folded):
            return f"{line}{name[len(begun) :]}: "
    return None


def dropped_path(text: str) -> Path | None:
    """The file whose path was pasted, as terminals do when one is dropped: quoted, with its spaces
    escaped, or as an address. None where it is other text."""
    text = text.strip()
    if not text or "\n" in text or len(text) > LONGEST_LINE:
        return None
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    elif text[0] in "'\"" and text[-1] == text[0] and len(text) > 2:
        text = text[1:-1]
    for candidate in (text, text.replace("\\ ", " ")):
        path = user_path(candidate)
        try:
            if path.is_absolute() and path.is_file():
                return path
        except (OSError, ValueError):
            return None
    return None


class History:
    """Lines that were typed, walked through with up and down; what was begun is kept."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._at = 0
        self._begun = ""

    def add(self, line: str) -> None:
        """It was given; the walk ends."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)
            del self._lines[:-KEPT]
        self._at, self._begun = len(self._lines), ""

    def older(self, now: str) -> str:
        """The line before; `now` is what stands there."""
        if self._at == len(self._lines):
            self._begun = now
        self._at = max(self._at - 1, 0)
        return self._lines[self._at] if self._lines else now

    def newer(self, now: str) -> str:
        """The line after; at the end what was begun."""
        if self._at >= len(self._lines):
            return now
        self._at += 1
        return self._lines[self._at] if self._at < len(self._lines) else self._begun
