"""A cue's text on its way into utterances, each with one speaker, and these into chunks. Plain.

The script's grammar says who speaks and what is markup; each utterance has a chunker of its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from .script.pieces import ScriptPiece
from .text.chunker import Chunker
from .types import Boundary, Chunk
from .voice_in_use import Part

DOUBT_S = 0.3
"""A source that is silent for so long is not waited for where the grammar is in doubt: whose words
a quotation is may stand behind it."""
Offsets = tuple[tuple[int, int], ...]
"""Where stretches of a chunk's text begin: in the chunk, and in the text of the cue."""

_LAST_MARK = re.compile(r"([^\w\s])[\"'”’»“)\]*_]*\s*\Z")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*\Z")
_ENDS = {
    **dict.fromkeys(".!?…。！？", Boundary.SENTENCE),
    **dict.fromkeys(",،、，", Boundary.COMMA),
    **dict.fromkeys(":：", Boundary.COLON),
    **dict.fromkeys(";؛；", Boundary.SEMICOLON),
    **dict.fromkeys("—–-", Boundary.DASH),
}


class Parser(Protocol):
    """What reads a cue's text: `ScriptParser`, or `PlainText`."""

    @property
    def holds(self) -> bool:
        """Something is held back in doubt, which `release` would let go."""
        ...

    def push(self, text: str) -> list[ScriptPiece]: ...

    def release(self) -> list[ScriptPiece]: ...

    def finish(self) -> list[ScriptPiece]: ...


@dataclass(frozen=True, slots=True)
class UtteranceChunk:
    """A chunk, and who speaks it."""

    chunk: Chunk
    """Its `start` is an offset in the cue's text."""
    part: Part
    pause_s: float = 0.0
    """Silence that the script asks for before it."""
    scene: bool = False
    """A new scene begins with it."""
    offsets: Offsets = ()
    """Empty where the chunk stands in the cue's text as one stretch."""

    @property
    def end(self) -> int:
        """Where in the cue's text it ends."""
        return cue_offset(self.chunk, self.offsets, len(self.chunk.text))


def cue_offset(chunk: Chunk, offsets: Offsets, offset: int) -> int:
    """Where in the cue's text the character stands that is at `offset` of a chunk's."""
    begin, place = 0, chunk.start
    for inside, outside in offsets:
        if inside > offset:
            break
        begin, place = inside, outside
    return place + offset - begin


@dataclass(slots=True)
class _Utterance:
    """The one that is being pushed."""

    part: Part
    chunker: Chunker
    pause_s: float
    scene: bool
    length: int = 0
    """Characters it has been given."""
    stretches: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Where stretches of it begin, in it and in the cue; those of chunks given out are dropped."""
    next_outside: int = -1

    def add(self, piece: ScriptPiece) -> str:
        if piece.start != self.next_outside:
            self.stretches.append((self.length, piece.start))
        self.length += len(piece.text)
        self.next_outside = piece.start + len(piece.text)
        return piece.text

    def give_out(self, chunk: Chunk) -> UtteranceChunk:
        begin, end = chunk.start, chunk.start + len(chunk.text)
        while len(self.stretches) > 1 and self.stretches[1][0] <= begin:
            del self.stretches[0]
        inside, outside = self.stretches[0]
        start = outside + begin - inside
        offsets: Offsets = ()
        if len(self.stretches) > 1 and self.stretches[1][0] < end:
            later = ((at - begin, place) for at, place in self.stretches[1:] if at < end)
            offsets = ((0, start), *later)
        pause_s, self.pause_s = self.pause_s, 0.0
        scene, self.scene = self.scene, False
        placed = chunk if start == begin else replace(chunk, start=start)
        return UtteranceChunk(placed, self.part, pause_s, scene, offsets)


class Utterances:
    """Text in, chunks out; what the source's silence leaves in doubt is let go by `release`.

    `direct` says who speaks a piece, `chunker` makes one for an utterance of a part. What stands
    before the offset `begin` is read and directed, for what follows depends on it, and not spoken.
    """

    def __init__(
        self,
        parser: Parser,
        direct: Callable[[ScriptPiece], Part],
        chunker: Callable[[Part], Chunker],
        *,
        begin: int = 0,
    ) -> None:
        self._parser = parser
        self._direct = direct
        self._make_chunker = chunker
        self._begin = begin
        self._open: _Utterance | None = None
        self._pause_s, self._scene = 0.0, False  # what lies before the next utterance
        self._pushed_at = 0.0

    def push(self, text: str, now: float) -> list[UtteranceChunk]:
        """More text, which came at `now`; the chunks that are settled by it."""
        self._pushed_at = now
        return self._take(self._parser.push(text), now)

    def release(self, now: float, *, buffered_s: float) -> list[UtteranceChunk]:
        """The chunks that have waited long enough, with `buffered_s` seconds still to be heard."""
        chunks: list[UtteranceChunk] = []
        if self._parser.holds and now >= self._pushed_at + DOUBT_S:
            # It came when it did: the chunker waits no second time for what follows.
            chunks += self._take(self._parser.release(), self._pushed_at)
        if self._open is not None:
            let_go = self._open.chunker.release(now, buffered_s=buffered_s)
            chunks += map(self._open.give_out, let_go)
        return chunks

    def finish(self, now: float) -> list[UtteranceChunk]:
        """The rest: no more text comes."""
        chunks = self._take(self._parser.finish(), now)
        return chunks + self._end(whole=True)

    def deadline(self) -> float | None:
        """When `release` may next let something go, though no text has come."""
        times = [self._open.chunker.deadline() if self._open is not None else None]
        if self._parser.holds:
            times.append(self._pushed_at + DOUBT_S)
        return min((t for t in times if t is not None), default=None)

    def _take(self, pieces: Iterable[ScriptPiece], now: float) -> list[UtteranceChunk]:
        chunks: list[UtteranceChunk] = []
        for piece in pieces:
            utterance = self._open
            part = None if utterance is None else utterance.part
            if utterance is None or piece.text.strip() or not piece.text:
                part = self._direct(piece)  # white space belongs to what it follows
            if piece.start < self._begin:
                end = piece.start + len(piece.text)
                if end <= self._begin:
                    continue
                rest = piece.text[self._begin - piece.start :]
                piece = ScriptPiece(rest, self._begin, piece.character, piece.speed)
            breaks = piece.begins or piece.scene
            if utterance is not None and (breaks or piece.pause_s or part != utterance.part):
                chunks += self._end(whole=breaks)
            self._pause_s += piece.pause_s
            self._scene = self._scene or piece.scene
            if piece.text and part is not None:
                chunks += self._push(piece, part, now)
        return chunks

    def _push(self, piece: ScriptPiece, part: Part, now: float) -> list[UtteranceChunk]:
        if self._open is None:
            self._open = _Utterance(part, self._make_chunker(part), self._pause_s, self._scene)
            self._pause_s, self._scene = 0.0, False
        utterance = self._open
        chunks = utterance.chunker.push(utterance.add(piece), now)
        return [utterance.give_out(chunk) for chunk in chunks]

    def _end(self, *, whole: bool) -> list[UtteranceChunk]:
        """End the utterance; where another follows in the same paragraph, the pause is the one
        that its last mark asks for."""
        if self._open is None:
            return []
        utterance, self._open = self._open, None
        chunks = utterance.chunker.finish()
        if chunks and not whole:
            chunks[-1] = replace(chunks[-1], boundary=boundary_at_end(chunks[-1].text))
        given = [utterance.give_out(chunk) for chunk in chunks]
        self._pause_s += utterance.pause_s  # of an utterance without a chunk
        self._scene = self._scene or utterance.scene
        return given


def boundary_at_end(text: str) -> Boundary:
    """What `text` ends with, which another speaker takes up."""
    if _BLANK_LINE.search(text):
        return Boundary.PARAGRAPH
    mark = _LAST_MARK.search(text)
    return Boundary.BRACKET if mark is None else _ENDS.get(mark[1], Boundary.BRACKET)
