"""Goes on where an answer was cut off, without a word said twice. Plain.

Asked to go on, some servers continue the answer at the very letter, others begin a new message:
from the start, from the sentence that was cut, or with something else. Which one it is shows only
in what they write, by comparing its letters with those that were said.
"""

import re
from collections.abc import Iterator

_ALIKE_WORDS = 4
"""So many words in a row that were said before are no chance."""
_FEW_WORDS = 2
_BLANK = 200
"""Characters without a letter after which the text counts as new."""
_SKIPPED = 600
"""The most that is skipped to the end of a sentence that was told another way."""
_ENDED = re.compile(r"[.!?…。！？]['\"”’»)\]*_]*\s*\Z")
_OPENED = re.compile(r"[\"“„‘«(\[:]\s*\Z")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)\]*_]*(?=\s)|\n")
_WORD = re.compile(r"\w+")


def unfinished_sentence(said: str) -> str:
    """The sentence at the end of `said` that has not ended; empty where it has."""
    ends = list(_SENTENCE_END.finditer(said))
    tail = said[ends[-1].end() :] if ends else said
    return "" if _ENDED.search(said) else tail.strip()


class Resumption:
    """Takes what comes after asking again, and gives out what is to be said after `said`.

    Text is held back while it may still be a repetition, so never longer than `said` is.
    `instructed`: the model was told to go on from the unfinished sentence, and what it writes is
    taken; else `astray` tells that it neither goes on nor repeats, and that it should be told.
    """

    def __init__(self, said: str, *, instructed: bool = False) -> None:
        self.astray = False
        self._said = said
        self._instructed = instructed
        self._held = ""
        self._read = 0  # so many characters of `_held` have been compared
        self._letters = "".join(letter for _, letter in _letters(said))
        starts = {match.start() for match in _WORD.finditer(said)}
        self._places = [
            n for n, (at, _) in enumerate(_letters(said)) if at in starts
        ]  # word starts, as indices of letters, from which what is held may repeat
        self._compared = 0  # letters
        self._repeated: int | None = None  # where in `_held` a repetition of the end ends
        self._decided = not self._letters
        self._skipping = False

    def push(self, text: str) -> str:
        """What is to be said now."""
        if self.astray:
            return ""
        if self._decided and not self._skipping:
            return text
        self._held += text
        if self._skipping:
            return self._skip(final=False)
        return self._compare()

    def finish(self) -> str:
        """The rest: no more comes."""
        if self.astray or (self._decided and not self._skipping):
            return ""
        return self._skip(final=True) if self._skipping else self._decide(final=True)

    def _compare(self) -> str:
        for at, letter in _letters(self._held, self._read):
            going_on = [
                place
                for place in self._places
                if place + self._compared < len(self._letters)
                and self._letters[place + self._compared] == letter
            ]
            if not going_on:
                return self._decide()
            self._places = going_on
            self._compared += 1
            self._read = at + 1
            if any(place + self._compared == len(self._letters) for place in going_on):
                self._repeated = at + 1
        blank = len(self._held) - self._read
        if blank > _BLANK or (self._repeated is not None and not self._going_on() and blank):
            return self._decide()
        return ""

    def _going_on(self) -> bool:
        """Whether a longer repetition is possible still."""
        return any(place + self._compared < len(self._letters) for place in self._places)

    def _decide(self, *, final: bool = False) -> str:
        self._decided = True
        held, self._held = self._held, ""
        alike = len(_WORD.findall(held[: self._read]))
        if self._repeated is not None and not self._by_chance(held, self._repeated, alike):
            return self._after(held[self._repeated :])
        if final and self._compared and self._read == len(held.rstrip()):
            return ""  # all of it had been said
        if alike >= _ALIKE_WORDS and self._instructed:
            self._skipping, self._held = True, held
            return self._skip(final=final)
        if self._instructed:
            return self._joined(held)
        self.astray = alike >= _ALIKE_WORDS or not _goes_on(self._said, held)
        return "" if self.astray else self._continued(held)

    def _by_chance(self, held: str, end: int, alike: int) -> bool:
        """Whether what repeats the last words only happens to: one word that a longer one begins
        with ("a", " and"), or the same words that another sentence began with."""
        repeated = len(_WORD.findall(held[:end]))
        inside = held[end : end + 1].isalnum()
        if repeated == 1 and inside and held[:1].isspace():
            return True
        return repeated <= _FEW_WORDS and alike >= _ALIKE_WORDS

    def _after(self, rest: str) -> str:
        """What follows a repetition, without the marks that were said too."""
        tail = self._said[_last_letter(self._said) + 1 :]
        for mark in tail:
            if rest[:1] == mark or (mark.isspace() and rest[:1].isspace()):
                rest = rest[1:]
        return rest

    def _continued(self, text: str) -> str:
        """What goes on to the letter; a thought before it leaves line ends behind."""
        blank = text[: len(text) - len(text.lstrip())]
        if "\n" in blank and not _ENDED.search(self._said):
            return " " + text.lstrip()
        return text

    def _joined(self, text: str) -> str:
        """A new message, put behind what was said."""
        text = text.lstrip()
        if not text:
            return ""
        if _ENDED.search(self._said) or not text[0].isupper():
            return text if self._said[-1:].isspace() else f" {text}"
        return f"— {text}"

    def _skip(self, *, final: bool) -> str:
        """Leave out the sentence that was begun alike and went another way."""
        end = _SENTENCE_END.search(self._held, self._read)
        if end is None and not final and len(self._held) - self._read < _SKIPPED:
            return ""
        rest = self._held[end.end() :] if end else ""
        if end and not rest.strip() and not final:
            return ""
        self._skipping, self._held = False, ""
        return self._joined(rest)


def _letters(text: str, begin: int = 0) -> Iterator[tuple[int, str]]:
    """The letters and digits of a text from `begin` on, in lower case, and where they stand."""
    for at in range(begin, len(text)):
        if text[at].isalnum():
            lower = text[at].lower()
            yield at, lower if len(lower) == 1 else text[at]


def _last_letter(text: str) -> int:
    return next((at for at in range(len(text) - 1, -1, -1) if text[at].isalnum()), -1)


def _goes_on(said: str, text: str) -> bool:
    """Whether `text` can be what follows `said`, and not a new beginning."""
    first = text.lstrip()[:1]
    if _ENDED.search(said) or _OPENED.search(said) or not first.isupper():
        return True
    # Tokens bring their blank space with them: a name that goes on has it, a new message has not.
    return text[:1].isspace() and not said[-1:].isspace()
