"""All that was told, filtered as one types, going on while it is open."""

from collections.abc import Sequence
from typing import cast

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..keys import IN_MESSAGES, bindings
from ..widgets.row_list import Row, RowList
from .closing import while_open
from .sheet import Sheet

_EVERY_S = 0.25
"""Between two looks for something new."""
_CLOCK = 8
"""Characters of the time of day, before a space."""
_TROUBLE = "trouble:"


class LogScreen(Sheet[None]):
    """The messages of `told`, which grows at its end, newest below."""

    BINDINGS = bindings(IN_MESSAGES, priority=True)

    def __init__(self, told: Sequence[str]) -> None:
        super().__init__()
        self._told = told
        self._newest: str | None = None
        self._troubles_only = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet log") as sheet:
            sheet.border_title = "Messages"
            yield RowList(lambda _: (_CLOCK,), follows=True)
            yield Static(id="detail", markup=False)
            yield Input(placeholder="show lines with ...")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show()
        self.set_interval(_EVERY_S, self.look)

    def look(self) -> None:
        """Show what was told since."""
        # Each line is an object of its own, so that the newest one tells whether there are more.
        if self._told and self._told[-1] is not self._newest:
            with while_open:
                self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        with while_open:
            self._show()

    def _show(self) -> None:
        self._newest = self._told[-1] if self._told else None
        wanted = self.query_one(Input).value
        rows = self.query_one(RowList)
        rows.empty = "no line has that in it" if self._told else "nothing was told"
        rows.show(told_rows(self._told, wanted, troubles_only=self._troubles_only))
        which = "troubles only" if self._troubles_only else "all"
        sheet = self.query_one(".sheet")
        sheet.border_subtitle = f"{which} (Ctrl+L)  Ctrl+Y copies  Esc closes"

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()
        with while_open:
            text = "" if event.row is None else event.row.cells[1]
            self.query_one("#detail", Static).update(text)

    # what keys do

    def action_level(self) -> None:
        self._troubles_only = not self._troubles_only
        self._show()

    def action_copy(self) -> None:
        row = self.query_one(RowList).chosen
        if row is not None:
            app = cast("App[object]", self.app)  # pyright: ignore[reportUnknownMemberType]
            app.copy_to_clipboard(" ".join(row.cells))
            self.query_one("#detail", Static).update("Copied, where the terminal allows it.")

    def action_step(self, by: int) -> None:
        self.query_one(RowList).action_step(by)

    def action_page(self, by: int) -> None:
        self.query_one(RowList).action_page(by)


def told_rows(told: Sequence[str], wanted: str, *, troubles_only: bool) -> list[Row]:
    """The lines that have `wanted` in them, in any case: when, and what."""
    rows: list[Row] = []
    for line in told:
        when, text = line[:_CLOCK], line[_CLOCK + 1 :]
        is_trouble = text.startswith(_TROUBLE)
        if (is_trouble or not troubles_only) and wanted.casefold() in line.casefold():
            rows.append(Row(str(id(line)), (when, text), "trouble" if is_trouble else "row"))
    return rows
