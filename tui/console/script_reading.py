"""A script as its editor shows it: what of it is spoken and by whom, and what may be a mistake.

The grammar itself reads it (`core.script`), each paragraph apart, as each becomes a cue: so what is
marked is what will be heard. Plain.
"""

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...core.script.brackets import SPEEDS, Bracket, Surroundings, read_bracket
from ...core.script.cast import Cast
from ...core.script.parser import ScriptParser
from ...core.script.pieces import ScriptPiece

LONGEST = 20_000
"""Characters of a paragraph that is marked while it is typed in: 10 ms of reading."""
MOST_DOUBTS = 500
"""That are listed."""
_CONTROLS = ("pause", "beat", "short pause", "long pause", *SPEEDS)
_QUOTES = '"“„«»'
_BRACKET = re.compile(r"\[([^\[\]\n]*)\]")
_PARTS = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z)|^\s*//[^\n]*|```.*)|(?P<note>\[\[.*?\]\]|\(\(.*?\)\))"
    r"|(?P<bracket>\[[^\[\]\n]*\]:?)|(?P<name>[^\W_][^:\n\[\]]{0,60}:)|(?P<rest>\S+)",
    re.DOTALL | re.MULTILINE,
)


class Kind(StrEnum):
    """What a stretch of a script is."""

    NAME = "name"
    """Who speaks."""
    SPEECH = "speech"
    """Said by a character."""
    CONTROL = "control"
    """A pause or a speed."""
    SILENT = "silent"
    """Not spoken: markup, directions, comments."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a line."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may be a mistake."""

    line: int
    """From 0."""
    text: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A paragraph as the grammar has it."""

    spans: tuple[tuple[int, int, Kind], ...]
    doubts: tuple[tuple[int, str], ...]
    """Where, in characters, and what."""
    strangers: tuple[tuple[int, str], ...]
    """Names that the cast does not know, and where each one speaks first."""


def marks_of(text: str, cast: Cast) -> list[list[Mark]]:
    """The marks of each line of a paragraph."""
    starts = [0, *(found.end() for found in re.finditer("\n", text)), len(text) + 1]
    lines: list[list[Mark]] = [[] for _ in starts[1:]]
    for begin, end, kind in _read(text, cast).spans:
        for number in range(bisect_right(starts, begin) - 1, bisect_left(starts, end)):
            first, last = max(begin, starts[number]), min(end, starts[number + 1] - 1)
            if first < last:
                lines[number].append(Mark(first - starts[number], last - starts[number], kind))
    return lines


class DoubtFinder:
    """Finds what may be a mistake; a paragraph that was read before is not read again."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._read: dict[str, _Reading] = {}

    def find(self, text: str) -> list[Doubt]:
        """The first 500 of a whole script, in its order. Takes 0.4 s for a new one of 1 MB."""
        doubts: list[Doubt] = []
        read: dict[str, _Reading] = {}
        met: set[str] = set()
        found = list(paragraphs_of(text.split("\n")))
        for number, (line, paragraph) in enumerate(found):
            reading = self._read.get(paragraph) or _read(paragraph, self._cast)
            read[paragraph] = reading
            here = list(reading.doubts)
            follower = found[number + 1][1].lstrip()[:1] if number + 1 < len(found) else ""
            if follower not in _QUOTES or not follower:
                here += _open_quotation(paragraph)
            for at, name in reading.strangers:
                if name not in met:
                    met.add(name)
                    here.append((at, self._stranger(name)))
            doubts += [
                Doubt(line + paragraph.count("\n", 0, at), what) for at, what in sorted(here)
            ]
            if len(doubts) >= MOST_DOUBTS:
                break
        self._read = read
        return doubts[:MOST_DOUBTS]

    def _stranger(self, name: str) -> str:
        meant = _nearest(name, names_of(self._cast))
        return f'"{name}" is not in the cast' + (f"; did you mean {meant}?" if meant else "")


def paragraphs_of(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The paragraphs with the number of their first line, as they become cues."""
    begin = 0
    for number in range(len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            if begin < number:
                yield begin, "\n".join(lines[begin:number])
            begin = number + 1


def names_of(cast: Cast) -> list[str]:
    """All names and aliases."""
    return [
        name for part in cast.parts if part.character for name in (part.character, *part.aliases)
    ]


def _read(text: str, cast: Cast) -> _Reading:
    parser = ScriptParser(characters=cast.canonical, quotes=True)
    pieces = [piece for piece in (*parser.push(text), *parser.finish()) if piece.text]
    spans: list[tuple[int, int, Kind]] = []
    doubts: list[tuple[int, str]] = []
    at = 0
    for piece in pieces:
        _read_silent(text, at, piece.start, cast, spans, doubts)
        at = piece.start + len(piece.text)
        if piece.character:
            spans.append((piece.start, at, Kind.SPEECH))
        doubts += _doubts_of_spoken(text, piece)
    _read_silent(text, at, len(text), cast, spans, doubts)
    if not pieces and (tag := _BRACKET.search(text)) and _reading(text, tag, cast) is Bracket.TAG:
        doubts.append((tag.start(), f"{tag[0]} says nothing: a blank line ends the paragraph"))
    strangers: dict[str, int] = {}
    for piece in pieces:
        if piece.character and cast.canonical(piece.character) is None:
            strangers.setdefault(piece.character, piece.start)
    return _Reading(tuple(spans), tuple(doubts), tuple((a, n) for n, a in strangers.items()))


def _read_silent(
    text: str,
    begin: int,
    end: int,
    cast: Cast,
    spans: list[tuple[int, int, Kind]],
    doubts: list[tuple[int, str]],
) -> None:
    """What stands between what is spoken."""
    for part in _PARTS.finditer(text, begin, end):
        kind = Kind.SILENT
        match part.lastgroup:
            case "name":
                kind = Kind.NAME
            case "bracket":
                kind, doubt = _bracket(text, part, cast)
                doubts += [(part.start(), doubt)] if doubt else []
            case "comment":
                if (closer := _missing_closer(part[0])) is not None:
                    told = f"{closer} is missing: nothing behind this is spoken"
                    doubts.append((part.start(), told))
            case _:
                pass
        spans.append((part.start(), part.end(), kind))


def _missing_closer(text: str) -> str | None:
    if text.startswith("<!--"):
        return None if text.endswith("-->") else "-->"
    return "```" if text.startswith("```") and text.count("```") < 2 else None


def _bracket(text: str, part: re.Match[str], cast: Cast) -> tuple[Kind, str]:
    """What a bracket is that is not spoken, and what may be wrong with it; mostly nothing."""
    reading = _reading(text, part, cast)
    if reading in (Bracket.PAUSE, Bracket.SPEED):
        return Kind.CONTROL, ""
    if reading is Bracket.TAG:
        return Kind.NAME, ""
    content = part[0].strip("[]: ")
    first = re.split(r"[\s\d,:]", content, maxsplit=1)[0] or content
    if content.startswith("/"):
        meant = _nearest(content[1:], list(SPEEDS))
        also = f"; did you mean [/{meant}]?" if meant else ""
        return Kind.SILENT, f"{part[0]} ends nothing, and is not spoken{also}"
    if meant := _nearest(first, list(_CONTROLS)) or _nearest(content, names_of(cast)):
        return Kind.SILENT, f"{part[0]} is a direction, not spoken; did you mean {meant}?"
    return Kind.SILENT, ""


def _reading(text: str, part: re.Match[str], cast: Cast) -> Bracket:
    """As the grammar reads it where it stands."""
    begin, end = part.start(), part.start() + part[0].index("]") + 1
    before = text[max(0, begin - 8) : begin]
    line = text[text.rfind("\n", 0, begin) + 1 : begin]
    rest = text[end : end + 40].lstrip(" \t")
    around = Surroundings(
        leads=not line.strip(" \t>*-+#"),
        before=before,
        after=text[end : end + 1],
        follower=rest[:1],
    )
    return read_bracket(text[begin + 1 : end - 1], around, cast.canonical).kind


def _doubts_of_spoken(text: str, piece: ScriptPiece) -> Iterator[tuple[int, str]]:
    """Marks that are spoken as they stand, because they do not close or nothing opens them."""
    for found in re.finditer(r"\[+|\]+|\(\(+", piece.text):
        at = piece.start + found.start()
        if text[at - 1 : at] == "\\":
            continue
        if found[0][0] == "]":
            yield at, f"nothing opens this {found[0]}: it is spoken as text"
        else:
            yield at, f"this {found[0]} does not close in time: it is spoken as text"


def _open_quotation(text: str) -> list[tuple[int, str]]:
    """A quotation that does not close in its paragraph."""
    if text.count('"') % 2:
        return [(text.rindex('"'), 'this " does not close in its paragraph')]
    if text.count("“") > text.count("”") and "„" not in text:
        return [(text.rindex("“"), "this “ does not close in its paragraph")]
    return []


def _nearest(name: str, known: Sequence[str]) -> str:
    """The known word that may be meant by one that is none of them."""
    folded = {word.casefold(): word for word in known}
    if name.casefold() in folded or len(name) < 3:
        return ""
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.75)
    return folded[near[0]] if near else ""
