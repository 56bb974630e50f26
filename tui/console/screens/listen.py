"""How others listen: the link, and its QR code to hold a phone at."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ...listener_link import ListenerLink, qr_code
from .sheet import Sheet


class ListenScreen(Sheet[None]):
    """What `listener_link` made."""

    BINDINGS = [("escape,q", "dismiss", "Close")]  # noqa: RUF012

    def __init__(self, made: ListenerLink) -> None:
        super().__init__()
        self._made = made

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="sheet") as sheet:
            sheet.border_title = "Listen elsewhere"
            sheet.border_subtitle = "Esc closes"
            yield Static(self._made.link, markup=False)
            yield Static(self._made.note, markup=False, classes="hint")
            yield Static(qr_code(self._made.link), markup=False)
