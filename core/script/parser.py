"""Reads a script as it arrives: who says what of it, how, and what of it is not spoken.

The grammar is in docs/script.md.
"""

from collections.abc import Callable

from .line_reader import LineReader
from .look import NeedMore
from .pieces import ScriptPiece
from .state import Place, ScriptState
from .text_reader import TextReader


def _nobody(name: str) -> str | None:
    del name
    return None


class ScriptParser:
    """Turns the text of one cue into pieces, each said by one speaker.

    What is held back is what could still mean something else; it is bounded. Without `release`
    the pieces, joined where only the cut divides them, depend on the text alone.
    """

    def __init__(
        self,
        *,
        characters: Callable[[str], str | None] = _nobody,
        quotes: bool = False,
        speaker: str | None = None,
    ) -> None:
        """`characters`: a name or alias in any case -> the cast's name for it, None where it has
        none. `quotes`: quoted speech gets the voice of who says it. `speaker`: who speaks where
        the script does not say; None is the narrator."""
        self._characters = characters
        self._quotes = quotes
        self._speaker = speaker
        self._restart()

    def _restart(self) -> None:
        state = ScriptState(self._characters, quotes=self._quotes, speaker=self._speaker)
        lines = LineReader(state)
        self._state = state
        self._look = state.look
        self._released = False
        self._read_line = {
            Place.LINE: lines.begin_line,
            Place.TAG: lines.read_tag,
            Place.ASIDE: lines.read_aside,
            Place.SKIP: lines.skip_line,
            Place.BLOCK: lines.skip_block,
        }
        self._read_text = TextReader(state).read

    def push(self, text: str) -> list[ScriptPiece]:
        """Add text that has come; the pieces that are settled by it."""
        if not text:
            return []
        self._released = False
        self._look.append(text)
        return self._advance()

    def release(self) -> list[ScriptPiece]:
        """Let go of what is held back in doubt, in its most likely reading: the source has
        stalled. A bracket, comment or mark that is open stays, for it is likely not spoken."""
        self._look.stalled = True
        pieces = self._advance()
        self._look.stalled = False
        self._released = True
        return pieces

    def finish(self) -> list[ScriptPiece]:
        """The rest: no more text comes. The parser is then as new."""
        self._look.ended = True
        pieces = self._advance()
        self._state.writer.finish(self._look.base + len(self._look.text))
        pieces += self._state.writer.take()
        self._restart()
        return pieces

    @property
    def holds(self) -> bool:
        """Something is held back that `release` may let go."""
        return not self._released and self._look.at < len(self._look.text)

    def _advance(self) -> list[ScriptPiece]:
        look, state = self._look, self._state
        try:
            while look.at < len(look.text):
                if state.place is Place.TEXT:
                    self._read_text()
                else:
                    self._read_line[state.place]()
        except NeedMore:
            pass
        return state.writer.take()
