"""A list of rows in columns, drawn when they are seen, with one that is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..columns import Column, fit, laid_out
from ..keys import IN_ROWS, bindings

Widths = Callable[[int], Sequence[int]]
"""The cells of a row's columns in a list of that many cells, one space between them; 0 leaves a
column out. What lies behind the last width has the rest."""


_CURSOR = "› "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    key: str
    """What it is about: the cursor stays on it where rows come and go."""
    cells: tuple[str, ...]
    tone: str = "row"
    """``row``, ``head`` (cannot be chosen), ``marked``, ``muted`` or ``trouble``."""


class RowList(ScrollView, can_focus=True):
    """Shows rows, below titles where it has `columns`, which fit into the terminal by themselves.
    `Moved` is posted where another one is chosen, `Taken` where the chosen one is clicked."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        "rows--row",
        "rows--head",
        "rows--marked",
        "rows--muted",
        "rows--title",
        "rows--trouble",
        "rows--chosen",
    }
    BINDINGS = bindings(IN_ROWS)

    class Moved(Message):
        """Another row is chosen; None where there is none."""

        def __init__(self, rows: "RowList", row: Row | None) -> None:
            super().__init__()
            self.rows = rows
            self.row = row

        @property
        def control(self) -> "RowList":
            return self.rows

    class Taken(Message):
        """The row was clicked where the cursor was already."""

    def __init__(
        self,
        widths: Widths = lambda _: (),
        *,
        columns: Sequence[Column] = (),
        title: str = "",
        empty: str = "",
        follows: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`empty` is shown where there are no rows. `follows`: rows come at the end, and the cursor
        goes with them while it stands there."""
        super().__init__(id=id)
        self.border_title = title or None
        self._widths = widths
        self._columns = columns
        self._top = 1 if columns else 0  # the lines that the titles take
        self._fitted = [0] * len(columns)
        self._follows = follows
        self._rows: Sequence[Row] = ()
        self.cursor = 0
        self.empty = empty

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return None if row is None or row.tone == "head" else row

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def show(self, rows: Sequence[Row]) -> None:
        """Other rows; the cursor stays on the one with the same key, where it is still there."""
        before, key = self.chosen, getattr(self.chosen, "key", None)
        at_end = self._follows and self.cursor >= len(self._rows) - 1
        self._rows = rows
        self._lay_out()
        places = (at for at, row in enumerate(rows) if row.key == key)
        at = len(rows) - 1 if at_end else next(places, self.cursor)
        self._move_to(at, 1)
        self.refresh()
        if self.chosen != before:
            self.post_message(self.Moved(self, self.chosen))

    def move_to(self, at: int) -> None:
        """Put the cursor there, or as near as can be."""
        self._go(at, 1)

    def choose(self, key: str) -> None:
        """Put the cursor on the row with this key, where there is one."""
        for at, row in enumerate(self._rows):
            if row.key == key:
                self._go(at, 1)

    def on_resize(self) -> None:
        self._lay_out()
        self._see(self.cursor)

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.size.width, max(len(self._rows), 1) + self._top)
        if self._columns:
            cells = [row.cells for row in self._rows]
            self._fitted = fit(self._columns, cells, self.size.width - len(_CURSOR))

    def render_line(self, y: int) -> Strip:
        width, y = self.scrollable_content_region.width, y - self._top
        if y < 0:  # the titles stay
            style = self.get_component_rich_style("rows--title")
            titles = self._drawn([column.title for column in self._columns], width, " ")
            return Strip([Segment(titles, style)], width)
        at = y + self.scroll_offset.y
        if at >= len(self._rows):
            text = f" {self.empty}" if y == 0 and not self._rows else ""
            style = self.get_component_rich_style("rows--muted")
            return Strip([Segment(set_cell_size(text, width), style)], width)
        row = self._rows[at]
        style = self.get_component_rich_style(f"rows--{row.tone}")
        mark = " "
        if at == self.cursor and row.tone != "head":
            mark = _CURSOR[0]
            if self.has_focus:
                style += self.get_component_rich_style("rows--chosen")
        return Strip([Segment(self._drawn(row.cells, width, mark), style)], width)

    def _drawn(self, cells: Sequence[str], width: int, mark: str) -> str:
        if self._columns:
            line = laid_out(self._columns, self._fitted, cells)
            return set_cell_size(mark.ljust(len(_CURSOR)) + line, width)
        return mark + drawn(cells, self._widths(width - 1), width - 1)

    def on_click(self, event: events.Click) -> None:
        at = event.y - self.gutter.top - self._top + self.scroll_offset.y
        if not 0 <= at < len(self._rows) or self._rows[at].tone == "head":
            return
        if at == self.cursor:
            self.post_message(self.Taken())
        self._go(at, 1)

    # what keys do

    def action_step(self, by: int) -> None:
        self._go(self.cursor + by, by)

    def action_page(self, by: int) -> None:
        self._go(self.cursor + by * max(self.size.height - 1 - self._top, 1), by)

    def action_first(self) -> None:
        self._go(0, 1)

    def action_last(self) -> None:
        self._go(len(self._rows) - 1, -1)

    def _go(self, at: int, by: int) -> None:
        before = self.cursor
        self._move_to(at, by)
        self.refresh()
        if self.cursor != before:
            self.post_message(self.Moved(self, self.chosen))

    def _move_to(self, at: int, by: int) -> None:
        """Go there, or on in the same direction over heads; back where there is nothing else."""
        if not self._rows:
            self.cursor = 0
            return
        at = min(max(at, 0), len(self._rows) - 1)
        step = 1 if by > 0 else -1
        onward = range(at, len(self._rows)) if step > 0 else range(at, -1, -1)
        back = reversed(range(at)) if step > 0 else range(at, len(self._rows))
        places = (k for way in (onward, back) for k in way if self._rows[k].tone != "head")
        self.cursor = next(places, at)
        self._see(self.cursor)

    def _see(self, at: int) -> None:
        top = at - 1 if at and self._rows[at - 1 : at] and self._rows[at - 1].tone == "head" else at
        self.scroll_to_region(
            Region(0, top, max(self.size.width, 1), at - top + 1 + self._top),
            animate=False,
            force=True,
            immediate=True,
        )


def drawn(cells: Sequence[str], widths: Sequence[int], width: int) -> str:
    """The cells of a row side by side in exactly `width`; what is too long ends in an ellipsis."""
    line = ""
    for at, cell in enumerate(cells):
        room = widths[at] if at < len(widths) else width - cell_len(line)
        if room > 0:
            line += _fitted(cell, min(room, max(width - cell_len(line), 0))) + " "
    return set_cell_size(line, max(width, 0))


def _fitted(text: str, room: int) -> str:
    text = " ".join(text.split())
    if cell_len(text) > room > 1:
        return set_cell_size(text, room - 1) + "…"
    return set_cell_size(text, max(room, 0))
