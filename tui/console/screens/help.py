"""The help, made from the table of keys."""

from rich.table import Table
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..keys import GROUPS, shown
from ..prompting import PLACEHOLDER
from .sheet import Sheet

_SIGNS = """\
▶ stands by: GO speaks it.  › is chosen: edit, move and delete are about it.
Buffer: seconds that are ready; below, their history, H a hold, ! an underrun.
S on the bar: playout starts there by now. P: below it, it holds at a pause."""


class HelpScreen(Sheet[None]):
    """All keys with their meanings."""

    BINDINGS = [("escape,f1,q", "dismiss", "Close")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = "Keys"
            sheet.border_subtitle = "Esc closes"
            yield Static(PLACEHOLDER, markup=False)
            yield Static(f"\n{_SIGNS}", markup=False)
            for title, keys in GROUPS:
                table = Table.grid(padding=(0, 2))
                for key in keys:
                    names = " ".join(shown(name) for name in key.keys.split(",")) or key.label
                    table.add_row(names, key.meaning)
                yield Static(f"\n{title}", classes="heading", markup=False)
                yield Static(table)
