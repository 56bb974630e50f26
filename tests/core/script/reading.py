"""A cast for the tests of the script grammar, and texts read with it."""

from collections.abc import Iterable

from skaldcast.core.script.parser import ScriptParser
from skaldcast.core.script.pieces import ScriptPiece

NAMES = {
    "strahd": "Strahd",
    "the count": "Strahd",
    "count strahd": "Strahd",
    "strahd von zarovich": "Strahd",
    "ireena": "Ireena",
    "ireena kolyana": "Ireena",
    "old man": "Old Man",
}


def known(name: str) -> str | None:
    return NAMES.get(name.casefold())


def pieces_of(
    text: str, cuts: Iterable[int] = (), *, quotes: bool = True, speaker: str | None = None
) -> list[ScriptPiece]:
    """Push `text` in parts that end at `cuts`, then finish; joined where only the cut divides."""
    parser = ScriptParser(characters=known, quotes=quotes, speaker=speaker)
    ends = [*sorted(cuts), len(text)]
    pieces: list[ScriptPiece] = []
    for start, end in zip([0, *ends], ends, strict=False):
        pieces += parser.push(text[start:end])
    return joined(pieces + parser.finish())


def joined(pieces: Iterable[ScriptPiece]) -> list[ScriptPiece]:
    """Pieces that follow each other and are said in the same way made one."""
    made: list[ScriptPiece] = []
    for piece in pieces:
        last = made[-1] if made else None
        goes_on = not (piece.pause_s or piece.begins or piece.scene)
        if (
            last is not None
            and goes_on
            and last.start + len(last.text) == piece.start
            and (last.character, last.speed) == (piece.character, piece.speed)
        ):
            text = last.text + piece.text
            made[-1] = ScriptPiece(
                text, last.start, last.character, last.speed, last.pause_s, last.begins, last.scene
            )
        else:
            made.append(piece)
    return made


def script(text: str, *, quotes: bool = True, speaker: str | None = None) -> list[str]:
    """What is said, a line for each run of one speaker: ``Strahd: Welcome.``; the narrator's
    lines have no name. Blank ends are left out."""
    lines: list[tuple[str | None, str]] = []
    for piece in pieces_of(text, quotes=quotes, speaker=speaker):
        if lines and lines[-1][0] == piece.character and not piece.begins:
            lines[-1] = (piece.character, lines[-1][1] + piece.text)
        else:
            lines.append((piece.character, piece.text))
    named = [(f"{who}: " if who else "") + " ".join(text.split()) for who, text in lines]
    return [line for line in named if line.strip()]
