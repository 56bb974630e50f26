"""What is said in place of a text, and which part of the text each part of it stands for."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """Words that are said in place of ``text[start:end]``."""

    start: int
    end: int
    words: str


class _Piece(NamedTuple):
    """Where an edit stands: in what is spoken and in the text that was edited."""

    spoken_start: int
    spoken_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpokenText:
    """What a synthesizer is given for one chunk. Made by `plain` and `edited`."""

    text: str
    """Stripped and printable."""
    written: str
    """The chunk as written."""
    _shift: int = 0
    """Characters of the cleaned text that were stripped before the first one spoken."""
    _kept: tuple[int, ...] = ()
    """Where in `written` each character of the cleaned text stands; empty where all were kept."""
    _pieces: tuple[_Piece, ...] = ()

    def written_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of `written` that the spoken characters `start` to `end` stand for, outer
        white space left out; all of an expression ("2d6+3") for a word of it. Never raises."""
        length = len(self.text)
        start = min(max(start, 0), length)
        end = min(max(end, start), length)
        first = self._cleaned(start, last=False)
        last = self._cleaned(end - 1, last=True) if end > start else first
        return self._trimmed(self._written(first), self._written(last - 1) + 1 if last else 0)

    def _cleaned(self, index: int, *, last: bool) -> int:
        """Where the cleaned text has a spoken character, or what is just past it."""
        at = bisect_right(self._pieces, index, key=lambda piece: piece.spoken_start) - 1
        if at < 0:
            return index + self._shift + last
        piece = self._pieces[at]
        if index < piece.spoken_end:
            return piece.end if last else piece.start
        return index - piece.spoken_end + piece.end + last

    def _written(self, index: int) -> int:
        if not self._kept:
            return index
        return self._kept[index] if index < len(self._kept) else len(self.written)

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        text = self.written
        start = min(start, len(text))
        end = min(max(start, end), len(text))
        while end > start and text[end - 1].isspace():
            end -= 1
        while start < end and text[start].isspace():
            start += 1
        return start, end


def plain(written: str) -> SpokenText:
    """`written` without what only formats it (soft hyphens, joiners), other control characters
    as spaces, and without outer white space."""
    cleaned, kept = _clean(written)
    text = cleaned.strip()
    return SpokenText(text, written, len(cleaned) - len(cleaned.lstrip()), kept)


def edited(base: SpokenText, edits: Iterable[Edit]) -> SpokenText:
    """`base`, which is plain, with `edits` to its text: in order and without overlap. Where two
    words would touch a space comes between."""
    text, shift = base.text, base._shift  # pyright: ignore[reportPrivateUsage]
    parts: list[str] = []
    pieces: list[_Piece] = []
    length, position = 0, 0
    for edit in edits:
        if edit.start > position:
            parts.append(text[position : edit.start])
            length += edit.start - position
        words = _spaced(parts[-1][-1:] if parts else "", edit.words, text[edit.end : edit.end + 1])
        if words:
            parts.append(words)
        pieces.append(_Piece(length, length + len(words), edit.start + shift, edit.end + shift))
        length += len(words)
        position = edit.end
    parts.append(text[position:])
    joined = "".join(parts)
    if joined != joined.strip() or not joined:
        return base
    return SpokenText(
        joined,
        base.written,
        shift,
        base._kept,  # pyright: ignore[reportPrivateUsage]
        tuple(pieces),
    )


def _spaced(before: str, words: str, after: str) -> str:
    if before.isalnum() and words[:1].isalnum():
        words = " " + words
    if after.isalnum() and words[-1:].isalnum():
        words += " "
    return words


def _clean(text: str) -> tuple[str, tuple[int, ...]]:
    for control in ("", "\n", "\t"):  # the common ones first: what is below takes 100 times longer
        text = text.replace(control, " ") if control else text
        if text.isprintable():
            return text, ()
    cleaned = [_clean_character(character) for character in text]
    joined = "".join(cleaned)
    if len(joined) == len(text):
        return joined, ()
    return joined, tuple(at for at, character in enumerate(cleaned) if character)


def _clean_character(character: str) -> str:
    if character.isprintable():
        return character
    return "" if unicodedata.category(character) == "Cf" else " "
