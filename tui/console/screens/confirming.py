"""A sheet that asks for a yes."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from ..keys import Key, bindings
from .sheet import Sheet

_KEYS = (
    Key("y", "yes", "Yes", "do it"),
    Key("escape,n", "no", "No", "leave it as it is"),
)


class AskYes(Sheet[bool]):
    """True for `y`, and not for Enter, which comes twice too easily; any other way out of it is a
    no. It says what it is about in `lines`."""

    BINDINGS = bindings(_KEYS)

    def __init__(self, title: str, *lines: str) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet asking") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "y yes, Esc no"
            with VerticalScroll():
                yield Static("\n".join(self._lines), markup=False)

    def action_yes(self) -> None:
        self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)
