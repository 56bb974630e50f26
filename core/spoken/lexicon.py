"""How words of a campaign are said: found in a text in time proportional to its length, however
many they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .spoken_text import Edit

_WORD = re.compile(r"\w+")
_SUFFIX = re.compile(r"['’]s(?!\w)|(?<=s)['’](?=\s)|(?:es|s)(?:['’](?=\s))?(?!\w)")
_SYLLABLES = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+|[^\W\d_]{3,}")
_VOWELS = frozenset("AEIOUYaeiouy")
_HISSING = ("s", "z", "ʃ", "ʒ", "ʧ", "ʤ")
_VOICELESS = ("p", "t", "k", "f", "θ")
MOST_WORDS = 12
"""In one entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, or a few, and how it is said."""

    word: str
    say: str = ""
    """As an English reader would read it; capitals mark the stress: "MAL-a-kar"."""
    ipa: str = ""
    """In IPA, for synthesizers that take it."""
    case: bool = False
    """Whether capitals matter; they do where the word has one that is not its first letter."""

    @property
    def minds_case(self) -> bool:
        return self.case or any(part[1:] != part[1:].lower() for part in self.word.split())


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found in a text."""

    start: int
    end: int
    entry: Entry
    suffix: str
    """What follows the word inside the hit: a possessive or a plural's ending."""


@dataclass(slots=True)
class _Candidate:
    """An entry that may begin at a word."""

    entry: Entry
    pattern: re.Pattern[str] | None = field(default=None)
    """Made when its first word is met: 10,000 of them would take seconds."""

    def match(self, text: str, start: int) -> Hit | None:
        if self.pattern is None:
            words = r"\s+".join(re.escape(part) for part in self.entry.word.split())
            flags = re.NOFLAG if self.entry.minds_case else re.IGNORECASE
            self.pattern = re.compile(words, flags)
        match = self.pattern.match(text, start)
        if match is None:
            return None
        end = match.end()
        suffix = _SUFFIX.match(text, end)
        if suffix is not None:
            return Hit(start, suffix.end(), self.entry, suffix.group())
        return None if _WORD.match(text, end) else Hit(start, end, self.entry, "")


class Lexicon:
    """Entries by their words; of two for the same word the later one counts."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            self.entries.pop(entry.word, None)
            self.entries[entry.word] = entry
        self._candidates: dict[str, list[_Candidate]] = {}
        for entry in self.entries.values():
            self._index(entry)
        for candidates in self._candidates.values():
            candidates.sort(key=lambda candidate: -len(candidate.entry.word))

    def _index(self, entry: Entry) -> None:
        match = _WORD.search(entry.word)
        if match is None or match.start() or len(entry.word.split()) > MOST_WORDS:
            return
        first = match.group().casefold()
        candidate = _Candidate(entry)
        endings = ("", "s", "es") if match.end() == len(entry.word) else ("",)
        for ending in endings:
            self._candidates.setdefault(first + ending, []).append(candidate)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def find(self, text: str) -> list[Hit]:
        """Where its words stand in `text`, whole words only, the longest entry first."""
        if not self._candidates or self._candidates.keys().isdisjoint(
            _WORD.findall(text.casefold())
        ):
            return []
        return list(self._hits(text))

    def _hits(self, text: str) -> Iterator[Hit]:
        done = 0
        for word in _WORD.finditer(text):
            candidates = self._candidates.get(word.group().casefold())
            if candidates is None or word.start() < done:
                continue
            for candidate in candidates:
                hit = candidate.match(text, word.start())
                if hit is not None:
                    yield hit
                    done = hit.end
                    break


def respelled(hit: Hit, text: str) -> Edit:
    """`hit` said by its respelling. Capitals that only mark the stress would be spelled out, or
    mean nothing, to a voice."""
    say = _SYLLABLES.sub(_without_stress, hit.entry.say)
    if text[hit.start].isupper() and say[:1].islower():
        say = say[0].upper() + say[1:]
    return Edit(hit.start, hit.end, say + hit.suffix)


def _without_stress(match: re.Match[str]) -> str:
    """ "MAL-a-kar" as "mal-uh-kar": between hyphens a voice would name the letter."""
    word = match.group()
    if "-" in word:
        return re.sub(r"(?<=-)a(?![^-])", "uh", word.lower())
    return word if _VOWELS.isdisjoint(word) or not word.isupper() else word.lower()


def with_ending(ipa: str, suffix: str) -> str:
    """`ipa` with the sound of a possessive's or a plural's ending."""
    if not suffix.strip("'’"):
        return ipa
    if ipa.endswith(_HISSING):
        return ipa + "ᵻz"
    return ipa + ("s" if ipa.endswith(_VOICELESS) else "z")
