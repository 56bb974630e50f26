"""Reads quotation marks: where a quotation begins and ends, and who speaks it."""

import re
from typing import Final

from .attribution import (
    AFTER,
    Attribution,
    Trust,
    after_is_told,
    after_window,
    attribute_after,
    attribute_before,
)
from .look import NeedMore
from .speakers import CLOSERS
from .state import ScriptState

QUOTATION: Final = 200
"""So long a quotation may be whose speaker is named behind it: four seconds of a model that
writes 50 characters a second."""
CONTEXT: Final = 240
_CLOSES = {mark: re.compile(rf"[{closers}]|\n[^\S\n]*\n") for mark, closers in CLOSERS.items()}
_AMBIGUOUS: Final = '"”»'
"""Marks that open or close, by what stands beside them."""
_OPEN_AFTER: Final = "([{—–-*_/…>],:"


class QuoteReader:
    """Acts on a `ScriptState` at a quotation mark."""

    def __init__(self, state: ScriptState) -> None:
        self._state = state
        self._quoted_to = 0  # where the last quotation ended

    def read_mark(self, at: int) -> None:
        """Read the quotation mark at `at`; raises `NeedMore`."""
        state, speakers = self._state, self._state.speakers
        mark = state.look.text[at]
        quotation = speakers.quotation
        if quotation is not None and mark in quotation.closers:
            state.say(at, at + 1)
            speakers.close()
            self._quoted_to = state.offset(at + 1)
            state.switch()
        elif quotation is not None or speakers.action or not self._opens(at):
            state.say(at, at + 1)
        else:
            self._open(mark, at)
            state.switch()
            state.say(at, at + 1)

    def _open(self, mark: str, at: int) -> None:
        state, speakers = self._state, self._state.speakers
        if state.leads and speakers.resume(mark):
            return
        if speakers.quoted_by is not None:
            speakers.open(mark, speakers.quoted_by)
            return
        attribution = self._attribute(at)
        if attribution.trust is not Trust.NONE:
            speakers.open(mark, attribution.character)
            speakers.last_quoted = attribution.character

    def _opens(self, at: int) -> bool:
        look = self._state.look
        mark, before = look.text[at], look.before(at)
        if mark not in CLOSERS:
            return False
        if mark not in _AMBIGUOUS:
            return True
        after = look.char(at + 1)
        free = not before or before.isspace() or before in _OPEN_AFTER or before in CLOSERS
        return free and bool(after) and not after.isspace()

    def _attribute(self, at: int) -> Attribution:
        state, look = self._state, self._state.look
        begin = max(state.paragraph_from, self._quoted_to, state.offset(at) - CONTEXT)
        context = look.text[begin - look.base : at]
        before = attribute_before(context, state.characters)
        if before.trust in (Trust.NONE, Trust.NAMED):
            return before
        if before.trust is Trust.NOBODY and state.speakers.last_quoted is not None:
            before = Attribution(Trust.BESIDE, state.speakers.last_quoted)
            if context.rstrip()[-1:] == ",":  # "I see," said Strahd, "that you came."
                return before
        after = self._attribute_after(at)
        if after.trust is Trust.NAMED or before.trust is Trust.NOBODY:
            return after
        return before

    def _attribute_after(self, at: int) -> Attribution:
        """By what follows, as far as it has come: raises `NeedMore` where more may tell."""
        look = self._state.look
        most = at + 1 + QUOTATION
        settled = look.ended or look.stalled
        close = _CLOSES[look.text[at]].search(look.text, at + 1, most)
        if close is None or close.group().startswith("\n"):
            if close is None and len(look.text) < most and not settled:
                raise NeedMore
            return Attribution(Trust.NOBODY)
        after = look.text[close.end() : close.end() + AFTER]
        if not after_is_told(after) and not settled:
            raise NeedMore
        spoken = look.text[at + 1 : close.start()]
        return attribute_after(spoken, after_window(after), self._state.characters)
