"""All that was told, filtered as one types."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, RichLog

from ..keys import Key, bindings
from .sheet import Sheet

_KEYS = (Key("escape,f3", "dismiss", "Close", "close"),)


class LogScreen(Sheet[None]):
    """The messages, newest below."""

    BINDINGS = bindings(_KEYS, priority=True)

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet log") as sheet:
            sheet.border_title = "Messages"
            sheet.border_subtitle = "Esc closes"
            yield RichLog(wrap=True, markup=False, highlight=False)
            yield Input(placeholder="show lines with ...")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def _show(self, wanted: str) -> None:
        log, wanted = self.query_one(RichLog), wanted.casefold()
        log.clear()
        found = [line for line in self._lines if wanted in line.casefold()]
        for line in found or ["nothing was told" if not wanted else "no line has that in it"]:
            log.write(line)
