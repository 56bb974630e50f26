"""Reads the beginnings of a script's lines, and what is not spoken line by line."""

import re
from typing import Final

from .lines import LineKind, LineMark, line_mark
from .look import NeedMore
from .speakers import CLOSERS
from .state import Place, ScriptState
from .tags import read_tag

BLOCK: Final = 4000
"""Characters of a comment or a block of code: what has not closed by then is text."""
_MOST_SEEN: Final = 64
_SPACES = re.compile(r"[^\S\n]*")
_EMOJI = re.compile("[\u2190-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]*")
_ASIDE = re.compile(r"[^()\n]*")
_ASIDE_MOST: Final = 80
_SPOKEN_FENCES: Final = frozenset({"text", "txt", "markdown", "md", "plaintext", "plain"})


class LineReader:
    """Acts on a `ScriptState` at the places `LINE`, `TAG`, `ASIDE`, `SKIP` and `BLOCK`. Each
    method reads on by one step, or raises `NeedMore` and changes nothing."""

    def __init__(self, state: ScriptState) -> None:
        self._state = state
        self._in_block_quote = False
        self._seen: dict[str, str] = {}  # the names of tags so far
        self._in_fence = False  # one whose text is spoken

    def begin_line(self) -> None:
        """Read what the line begins with."""
        state = self._state
        at = state.look.at
        mark = line_mark(state.look, at)
        match mark.kind:
            case LineKind.BLANK:
                state.say(at, mark.end)
                state.speakers.end_paragraph()
                self._begin_paragraph(mark)
                state.switch()
            case LineKind.RULE | LineKind.HEADING:
                self._section(mark)
            case LineKind.ITEM:
                state.speakers.end_line()
                state.writer.begin()
                state.listed = True
                self._go(Place.TAG, mark.end)
                state.switch()
            case LineKind.BLOCK_QUOTE:
                self._block_quote(mark)
            case LineKind.UNSPOKEN:
                self._go(Place.SKIP, mark.begin)
            case LineKind.FENCE:
                self._fence(mark)
            case LineKind.TEXT:
                state.listed = False
                self._go(Place.TAG, at)

    def _go(self, place: Place, at: int) -> None:
        state = self._state
        state.place = place
        state.silent = state.leads = True
        state.drop(at)

    def _begin_paragraph(self, mark: LineMark) -> None:
        state = self._state
        self._in_block_quote = False
        state.line_from = state.paragraph_from = state.offset(mark.end)

    def _section(self, mark: LineMark) -> None:
        state = self._state
        state.speakers.end_section()
        state.writer.begin(scene=True)
        self._begin_paragraph(mark)
        state.heading = mark.kind is LineKind.HEADING
        if state.heading:
            state.speakers.take_tag(None, block=False)
        state.listed = False
        self._go(Place.TEXT if state.heading else Place.LINE, mark.end)
        state.switch()

    def _block_quote(self, mark: LineMark) -> None:
        end = mark.end + (self._state.look.char(mark.end) == " ")
        if not self._in_block_quote:
            self._state.writer.begin()
            self._in_block_quote = True
        self._go(Place.LINE, end)

    def _fence(self, mark: LineMark) -> None:
        """A block of code is not spoken, unless it says that it is text."""
        state, look = self._state, self._state.look
        info = look.text[mark.begin : mark.end].lstrip("`").strip()
        if "`" in info:  # code within a line
            self._go(Place.TEXT, mark.begin)
        elif self._in_fence or info.casefold() in _SPOKEN_FENCES:
            self._in_fence = not self._in_fence
            self._go(Place.SKIP, mark.end)
        else:
            try:
                end = look.find("\n```", mark.end, BLOCK)
            except NeedMore:
                if not look.stalled:
                    raise
                state.skip_block("\n```")
                return
            if end < 0 and not look.ended:
                self._go(Place.SKIP, mark.end)  # too long for one: text
                return
            self._go(Place.SKIP, end + 1 if end >= 0 else len(look.text))

    def read_tag(self) -> None:
        """Read the tag, where there is one."""
        state, look = self._state, self._state.look
        begin = look.at
        first = look.char(begin)
        if first.isspace():
            begin = look.run(_SPACES, begin, _ASIDE_MOST).end()
            first = look.char(begin)
        if first > "\u2190" and (end := look.run(_EMOJI, begin, 8).end()) > begin:
            begin = look.run(_SPACES, end, _ASIDE_MOST).end()
            first = look.char(begin)
        tag = None
        if first.isalpha() or first in ("*", "_"):
            tag = read_tag(look, begin, self._known, listed=state.listed)
        if first not in CLOSERS and state.speakers.carries:
            state.speakers.drop_carried()
            state.switch()
        opens = first == "(" and state.speakers.awaits_speech
        state.place = Place.ASIDE if opens else Place.TEXT
        if tag is not None:
            if tag.character is not None and len(self._seen) < _MOST_SEEN:
                self._seen[tag.character.casefold()] = tag.character
            state.take_tag(tag.character, tag.end, block=tag.block)

    def _known(self, name: str) -> str | None:
        """The cast's name for it, or that of a line before: who has spoken will speak again."""
        return self._state.characters(name) or self._seen.get(name.casefold())

    def read_aside(self) -> None:
        """Leave out a stage direction in parentheses right behind a tag."""
        state, look = self._state, self._state.look
        begin = look.run(_SPACES, look.at, _ASIDE_MOST).end()
        mark = look.char(begin) if look.char(begin) in ("*", "_") else ""
        opener = begin + len(mark)
        if look.char(opener) == "(" and look.char(opener + 1) != "(":
            end = look.run(_ASIDE, opener + 1, _ASIDE_MOST).end()
            if look.char(end) == ")" and (not mark or look.char(end + 1) == mark):
                state.drop(end + 1 + len(mark))
        state.place = Place.TEXT

    def skip_line(self) -> None:
        """Leave out the rest of the line."""
        state = self._state
        end = state.look.text.find("\n", state.look.at)
        if end < 0:
            state.drop(len(state.look.text))
            return
        state.line_from = state.offset(end + 1)
        self._go(Place.LINE, end + 1)

    def skip_block(self) -> None:
        """Leave out the rest of a comment or block of code."""
        state, look = self._state, self._state.look
        end = look.text.find(state.closer, look.at)
        if end < 0:
            state.drop(max(look.at, len(look.text) - len(state.closer) + 1))
            if look.ended:
                state.drop(len(look.text))
            raise NeedMore
        state.drop(end + len(state.closer))
        state.place = Place.SKIP if state.closer.startswith("\n") else Place.TEXT
