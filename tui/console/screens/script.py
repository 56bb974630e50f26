"""The whole script as text: marked by the grammar, with what may be a mistake listed below."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static, TextArea
from textual.widgets.text_area import Selection

from ....core.errors import TextError
from ....core.script.cast import Cast
from ..keys import IN_SCRIPT, bindings
from ..script_reading import Doubt, DoubtFinder
from ..scripts import read_script
from ..widgets.row_list import Row, RowList
from ..widgets.script_area import ScriptArea
from .closing import while_open
from .confirming import AskYes
from .sheet import Sheet

_QUIET_S = 0.4
"""After a key, before the text is looked through again."""
_HINT = (
    "Each paragraph is a cue; [Name] before the words says who speaks. Ctrl+F finds, Ctrl+Z undoes."
)


@dataclass(frozen=True, slots=True)
class Edited:
    """The text as it was left."""

    text: str
    save: bool
    """Into its file, too."""


class ScriptScreen(Sheet[Edited | None]):
    """Edits a text; None where it was left without a change, or the changes were given up.

    `before` is what counts as no change, where that is not `text` itself; `said` is told at once.
    """

    BINDINGS = bindings(IN_SCRIPT, priority=True)
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-short"), (17, "-tall")]  # noqa: RUF012

    def __init__(
        self, title: str, text: str, cast: Cast, *, before: str | None = None, said: str = ""
    ) -> None:
        super().__init__()
        self._title, self._text, self._cast, self._said = title, text, cast, said
        self._before = text if before is None else before
        self._finder = DoubtFinder(cast)
        self._doubts: list[Doubt] = []
        self._changed = True
        self._looking = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet text script") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "Ctrl+S saves, Ctrl+E takes it over, Esc closes"
            yield Static(_HINT, markup=False, classes="hint")
            yield ScriptArea(self._text, self._cast)
            yield Input(placeholder="find ... (Enter: the next)", id="find")
            yield Static(self._said, id="said-here", markup=False)
            yield RowList(lambda _: (10,), empty="looking for mistakes ...", id="doubts")

    def on_mount(self) -> None:
        self.area.focus()
        self.query_one("#find").display = False
        self._look_soon()

    @property
    def area(self) -> ScriptArea:
        return self.query_one(ScriptArea)

    @property
    def has_unsaved(self) -> bool:
        return any(area.text != self._before for area in self.query(ScriptArea))

    def tell(self, text: str) -> None:
        """One line for the user."""
        with while_open:
            self.query_one("#said-here", Static).update(text)

    # what may be a mistake

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._changed = True
        self._look_soon()

    def _look_soon(self) -> None:
        if not self._looking:
            self._looking = True
            self.set_timer(_QUIET_S, lambda: self.run_worker(self._look(), group="doubts"))

    async def _look(self) -> None:
        """Look through the text, and again where it has changed meanwhile. In a thread: 1 MB takes
        half a second."""
        with while_open:
            while self._changed:
                self._changed = False
                self._doubts = await asyncio.to_thread(self._finder.find, self.area.text)
                self._show()
        self._looking = False

    def _show(self) -> None:
        rows = self.query_one("#doubts", RowList)
        rows.empty = "nothing that looks like a mistake"
        rows.show(
            [
                Row(f"{doubt.line}/{number}", (f"line {doubt.line + 1}", doubt.text))
                for number, doubt in enumerate(self._doubts)
            ]
        )

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()
        if event.rows.has_focus and event.row is not None:
            self._go_to(int(event.row.key.partition("/")[0]))

    def action_problem(self) -> None:
        at = self.area.cursor_location[0]
        lines = sorted({doubt.line for doubt in self._doubts})
        if lines:
            line = next((line for line in lines if line > at), lines[0])
            self._go_to(line)
            self.area.focus()
        else:
            self.tell("nothing that looks like a mistake")

    def _go_to(self, line: int) -> None:
        self.area.move_cursor((min(line, self.area.document.line_count - 1), 0), center=True)

    # finding

    def action_find(self) -> None:
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        wanted, area = event.value, self.area
        if not wanted:
            return
        text, pattern = area.text, re.compile(re.escape(wanted), re.IGNORECASE)
        at = index_of(area.document.lines, max(area.selection))
        found = pattern.search(text, at) or pattern.search(text)
        if found is None:
            self.tell(f"nothing has {wanted!r} in it")
            return
        area.selection = Selection(location_of(text, found.start()), location_of(text, found.end()))
        area.scroll_cursor_visible(center=True)
        self.tell("" if found.start() >= at else "from the beginning again")

    # in and out

    async def on_script_area_dropped(self, event: ScriptArea.Dropped) -> None:
        """The text of a file that was dropped is put in where the cursor is; it can be undone."""
        event.stop()
        try:
            texts = await asyncio.to_thread(read_script, event.path)
        except TextError as error:
            self.tell(f"Trouble: {error}")
            return
        with while_open:
            self.area.insert("\n\n".join(texts))
        self.tell(f"{event.path.name} is put in: {len(texts)} cues; Ctrl+Z takes it out again")

    def action_take(self) -> None:
        self.dismiss(Edited(self.area.text, save=False))

    def action_save(self) -> None:
        self.dismiss(Edited(self.area.text, save=True))

    def action_close(self) -> None:
        if self.query_one("#find").has_focus:
            self.query_one("#find").display = False
            self.area.focus()
        elif not self.has_unsaved:
            self.dismiss(None)
        else:
            app = cast("App[object]", self.app)  # pyright: ignore[reportUnknownMemberType]
            app.push_screen(
                AskYes("Close", "Give up what was changed in the text?"), self._given_up
            )

    def _given_up(self, sure: bool | None) -> None:
        if sure:
            self.dismiss(None)


def index_of(lines: Sequence[str], location: tuple[int, int]) -> int:
    """Where a line and a column are in the lines joined."""
    row, column = location
    return sum(map(len, lines[:row])) + row + column


def location_of(text: str, index: int) -> tuple[int, int]:
    """The line and the column of an index."""
    return text.count("\n", 0, index), index - (text.rfind("\n", 0, index) + 1)
