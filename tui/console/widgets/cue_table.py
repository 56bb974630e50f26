"""The list of cues: a line each, drawn when it is seen, so that 10,000 cost what 20 do."""

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ....core.cue_list import CueList, CueState, Line
from ..keys import IN_LIST, bindings

_SIGNS = {
    CueState.WAITING: "· waiting",
    CueState.PREPARING: "~ making",
    CueState.PREPARED: "+ ready",
    CueState.QUEUED: "> next",
    CueState.SPEAKING: "» SPEAKING",
    CueState.SPOKEN: "= spoken",
    CueState.SKIPPED: "/ skipped",
    CueState.FAILED: "! FAILED",
}
"""A sign and a word: nothing is told by colour alone."""
_STATE_CELLS = 10
_CHARACTER_CELLS = 14
_LOOKED_AT = 300
"""Characters of a cue that tell who speaks."""
_EMPTY = (
    "No cues yet.",
    "",
    "Ctrl+O opens a script, +text on the prompt adds a line,",
    "and what you type there without + is spoken at once.",
)


class CueTable(ScrollView, can_focus=True):
    """Shows `cues`; what is asked for by key is posted."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        "cues--row",
        "cues--chosen",
        "cues--standby",
        "cues--live",
        "cues--failed",
        "cues--done",
    }
    BINDINGS = bindings(IN_LIST)

    class Asked(Message):
        """Please do this to `line`, None where the list is empty."""

        def __init__(self, what: str, line: Line | None) -> None:
            super().__init__()
            self.what = what
            self.line = line

    def __init__(self, cues: CueList, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.cues = cues
        self.cursor = 0
        self._characters: tuple[str, ...] = ()
        self.border_title = "Cues"

    # what is shown

    @property
    def chosen(self) -> Line | None:
        """The line under the cursor."""
        return self.cues[self.cursor] if self.cursor < len(self.cues) else None

    def know(self, characters: tuple[str, ...]) -> None:
        """Those of the cast, as the engine knows them."""
        self._characters = characters
        self.refresh()

    def choose(self, line: Line) -> None:
        """Put the cursor on a line and show it."""
        self._move_to(self.cues.index(line))

    def list_changed(self) -> None:
        """Lines came or went, or have another place."""
        self.virtual_size = Size(self.size.width, max(len(self.cues), 1))
        self._move_to(self.cursor)
        self.refresh()

    def line_changed(self, line: Line) -> None:
        """A line has another state; it is shown where it is live, unless the list is in use."""
        try:
            at = self.cues.index(line)
        except ValueError:
            return
        if line.state.is_live and not self.has_focus:
            self._show(at)
        top = at - self.scroll_offset.y
        if 0 <= top < self.size.height:
            self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, max(len(self.cues), 1))
        self._show(self.cursor)

    def render_line(self, y: int) -> Strip:
        at, width = y + self.scroll_offset.y, self.size.width
        if not len(self.cues):
            text = _EMPTY[y] if y < len(_EMPTY) else ""
            style = self.get_component_rich_style("cues--done")
            return Strip([Segment(set_cell_size(f"  {text}", width), style)], width)
        if at >= len(self.cues):
            return Strip.blank(width, self.rich_style)
        line = self.cues[at]
        style = self.get_component_rich_style(self._class_of(line))
        if at == self.cursor and self.has_focus:
            style += self.get_component_rich_style("cues--chosen")
        return Strip([Segment(set_cell_size(self._row(at, line, width), width), style)], width)

    def _class_of(self, line: Line) -> str:
        if line.state.is_live:
            return "cues--live"
        if line.state is CueState.FAILED:
            return "cues--failed"
        if line is self.cues.standby:
            return "cues--standby"
        spoken = line.state in (CueState.SPOKEN, CueState.SKIPPED)
        return "cues--done" if spoken else "cues--row"

    def _row(self, at: int, line: Line, width: int) -> str:
        """One line: the standby's mark, number, state, who speaks, first words."""
        mark = "▶" if line is self.cues.standby else " "
        cursor = "›" if at == self.cursor else " "
        digits = len(str(len(self.cues)))
        row = f"{cursor}{mark}{at + 1:>{digits}} {set_cell_size(_SIGNS[line.state], _STATE_CELLS)} "
        character, text = speaker_of(line.text[:_LOOKED_AT], self._characters)
        if width >= 56:
            row += set_cell_size(line.character or character, _CHARACTER_CELLS) + " "
        elif width < 34:
            row = f"{cursor}{mark}{at + 1:>{digits}} {_SIGNS[line.state][0]} "
        else:
            text = line.text[:_LOOKED_AT]
        text = " ".join(text.split())
        if line.error and line.state is not CueState.SPEAKING:
            text = f"{line.error} | {text}"
        room = width - cell_len(row)
        if cell_len(text) > room > 1:
            text = set_cell_size(text, room - 1) + "…"
        return row + text

    # what keys do

    def action_step(self, by: int) -> None:
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self._move_to(self.cursor + by * max(self.size.height - 1, 1))

    def action_first(self) -> None:
        self._move_to(0)

    def action_last(self) -> None:
        self._move_to(len(self.cues) - 1)

    def action_move(self, by: int) -> None:
        if (line := self.chosen) is not None and 0 <= self.cursor + by < len(self.cues):
            self.cues.move(line, self.cursor + by)
            self._move_to(self.cursor + by)
            self.post_message(self.Asked("moved", line))

    def _ask(self, what: str) -> None:
        self.post_message(self.Asked(what, self.chosen))

    def action_stand_by(self) -> None:
        self._ask("stand_by")

    def action_replay(self) -> None:
        self._ask("replay")

    def action_edit(self) -> None:
        self._ask("edit")

    def action_add(self) -> None:
        self._ask("add")

    def action_duplicate(self) -> None:
        self._ask("duplicate")

    def action_delete(self) -> None:
        self._ask("delete")

    def action_undo(self) -> None:
        self._ask("undo")

    def action_search(self) -> None:
        self._ask("search")

    def action_next_match(self) -> None:
        self._ask("next_match")

    def _move_to(self, at: int) -> None:
        self.cursor = min(max(at, 0), max(len(self.cues) - 1, 0))
        self._show(self.cursor)
        self.refresh()

    def _show(self, at: int) -> None:
        self.scroll_to_region(
            Region(0, at, max(self.size.width, 1), 1), animate=False, force=True, immediate=True
        )


@lru_cache(4096)
def speaker_of(text: str, characters: tuple[str, ...]) -> tuple[str, str]:
    """Who speaks first in the beginning of a cue, as the grammar of scripts has it, and the words
    from there; nobody is the narrator."""
    from ....core.script.parser import ScriptParser

    names = {name.casefold(): name for name in characters}
    parser = ScriptParser(characters=lambda name: names.get(name.casefold()))
    pieces = [*parser.push(text), *parser.finish()]
    said = next((piece for piece in pieces if piece.text.strip()), None)
    if said is None or not said.character:
        return "", text
    return said.character, text[said.start :]
