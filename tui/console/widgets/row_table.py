"""A table with a cursor, whose columns fit into the terminal: of voices, characters, devices."""

from collections.abc import Sequence

from rich.cells import set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..columns import Column, fit, laid_out
from ..keys import IN_ROWS, bindings


class RowTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows rows of texts below their titles. `›` and reversed video are the cursor."""

    COMPONENT_CLASSES = {"rows--title", "rows--row", "rows--marked", "rows--chosen"}  # noqa: RUF012
    BINDINGS = bindings(IN_ROWS)

    class Moved(Message):
        """The cursor is on another row."""

    class Taken(Message):
        """The row was clicked where the cursor was already."""

    def __init__(self, columns: Sequence[Column], title: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = title
        self.cursor = 0
        self._columns = columns
        self._rows: Sequence[Sequence[str]] = ()
        self._marked: frozenset[int] = frozenset()
        self._empty = ""
        self._widths = [0] * len(columns)

    def show(
        self, rows: Sequence[Sequence[str]], *, marked: Sequence[int] = (), empty: str = ""
    ) -> None:
        """These rows; `marked` stand out, and `empty` is said where there are none."""
        self._rows, self._marked, self._empty = rows, frozenset(marked), empty
        self._lay_out()

    def move_to(self, at: int) -> None:
        """Put the cursor there, or as near as can be."""
        before, self.cursor = self.cursor, min(max(at, 0), max(len(self._rows) - 1, 0))
        # One more row than it has: the titles take a line of the window.
        row = Region(0, self.cursor, max(self.size.width, 1), 2)
        self.scroll_to_region(row, animate=False, force=True, immediate=True)
        self.refresh()
        if self.cursor != before:
            self.post_message(self.Moved())

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        self._widths = fit(self._columns, self._rows, self.size.width - 2)
        self.virtual_size = Size(self.size.width, len(self._rows) + 1)
        self.move_to(self.cursor)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:  # the titles stay
            titles = [column.title for column in self._columns]
            return self._strip("  " + laid_out(self._columns, self._widths, titles), "rows--title")
        at = y - 1 + self.scroll_offset.y
        if not self._rows and y == 1:
            return self._strip(f"  {self._empty}", "rows--row")
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        sign = "› " if at == self.cursor else "  "
        text = sign + laid_out(self._columns, self._widths, self._rows[at])
        kind = "rows--marked" if at in self._marked else "rows--row"
        return self._strip(text, kind, chosen=at == self.cursor and self.has_focus)

    def _strip(self, text: str, kind: str, *, chosen: bool = False) -> Strip:
        style = self.get_component_rich_style(kind)
        if chosen:
            style += self.get_component_rich_style("rows--chosen")
        width = self.size.width
        return Strip([Segment(set_cell_size(text, width), style)], width)

    # keys and mouse

    def action_step(self, by: int) -> None:
        self.move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        self.move_to(self.cursor + by * max(self.size.height - 2, 1))

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(len(self._rows) - 1)

    def on_click(self, event: events.Click) -> None:
        at = event.y - self.gutter.top - 1 + self.scroll_offset.y
        if not 0 <= at < len(self._rows):
            return
        if at == self.cursor:
            self.post_message(self.Taken())
        self.move_to(at)
