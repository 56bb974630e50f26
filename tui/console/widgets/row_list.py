"""A list of rows in columns, drawn when they are seen, with one that is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..keys import IN_ROWS, bindings

Widths = Callable[[int], Sequence[int]]
"""The cells of a row's columns in a list of that many cells, one space between them; 0 leaves a
column out. What lies behind the last width has the rest."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    key: str
    """What it is about: the cursor stays on it where rows come and go."""
    cells: tuple[str, ...]
    tone: str = "row"
    """``row``, ``head`` (cannot be chosen), ``muted`` or ``trouble``."""


class RowList(ScrollView, can_focus=True):
    """Shows rows; `Moved` is posted where another one is chosen."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        "rows--row",
        "rows--head",
        "rows--muted",
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

    def __init__(
        self,
        widths: Widths = lambda _: (),
        *,
        empty: str = "",
        follows: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`empty` is shown where there are no rows. `follows`: rows come at the end, and the cursor
        goes with them while it stands there."""
        super().__init__(id=id)
        self._widths = widths
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
        self.virtual_size = Size(self.size.width, max(len(rows), 1))
        places = (at for at, row in enumerate(rows) if row.key == key)
        at = len(rows) - 1 if at_end else next(places, self.cursor)
        self._move_to(at, 1)
        self.refresh()
        if self.chosen != before:
            self.post_message(self.Moved(self, self.chosen))

    def choose(self, key: str) -> None:
        """Put the cursor on the row with this key, where there is one."""
        for at, row in enumerate(self._rows):
            if row.key == key:
                self._go(at, 1)

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, max(len(self._rows), 1))
        self._see(self.cursor)

    def render_line(self, y: int) -> Strip:
        at, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if at >= len(self._rows):
            text = f" {self.empty}" if y == 0 and not self._rows else ""
            style = self.get_component_rich_style("rows--muted")
            return Strip([Segment(set_cell_size(text, width), style)], width)
        row = self._rows[at]
        style = self.get_component_rich_style(f"rows--{row.tone}")
        mark = " "
        if at == self.cursor and row.tone != "head":
            mark = "›"
            if self.has_focus:
                style += self.get_component_rich_style("rows--chosen")
        text = mark + drawn(row.cells, self._widths(width - 1), width - 1)
        return Strip([Segment(text, style)], width)

    # what keys do

    def action_step(self, by: int) -> None:
        self._go(self.cursor + by, by)

    def action_page(self, by: int) -> None:
        self._go(self.cursor + by * max(self.size.height - 1, 1), by)

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
        last = max(len(self._rows) - 1, 0)
        at = min(max(at, 0), last)
        if not self._rows:
            return
        step = 1 if by > 0 else -1
        onward = range(at, len(self._rows)) if step > 0 else range(at, -1, -1)
        back = reversed(range(at)) if step > 0 else range(at, len(self._rows))
        places = (k for way in (onward, back) for k in way if self._rows[k].tone != "head")
        self.cursor = next(places, at)
        self._see(self.cursor)

    def _see(self, at: int) -> None:
        top = at - 1 if at and self._rows[at - 1 : at] and self._rows[at - 1].tone == "head" else at
        self.scroll_to_region(
            Region(0, top, max(self.size.width, 1), at - top + 1),
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
