"""Small sheets that ask for one thing: a path, words to search, the text of a cue."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static, TextArea

from ..keys import Key, bindings
from .sheet import Sheet

_SHEET = (Key("escape", "dismiss", "Close", "close without a change"),)
_TEXT = (*_SHEET, Key("ctrl+s", "take", "Take over", "take the text over"))


class AskLine(Sheet[str | None]):
    """Asks for one line; None where it was left with Escape."""

    BINDINGS = bindings(_SHEET)

    def __init__(self, title: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._title, self._value, self._hint = title, value, hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet line") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "Enter takes it, Esc closes"
            yield Input(self._value, placeholder=self._hint)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)


class AskText(Sheet[str | None]):
    """Asks for a text of many lines; None where it was left with Escape, which keeps nothing of
    it. `before` is what counts as no change, where that is not `text` itself."""

    BINDINGS = bindings(_TEXT, priority=True)

    def __init__(
        self, title: str, text: str = "", hint: str = "", *, before: str | None = None
    ) -> None:
        super().__init__()
        self._title, self._text, self._hint = title, text, hint
        self._before = text if before is None else before
        self._unchanged = {self._before}

    @property
    def has_unsaved(self) -> bool:
        return any(area.text not in self._unchanged for area in self.query(TextArea))

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet text") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "Ctrl+S takes it over, Esc closes"
            if self._hint:
                yield Static(self._hint, markup=False, classes="hint")
            yield TextArea(self._text, soft_wrap=True, tab_behavior="focus")

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        if self._text == self._before:
            self._unchanged.add(area.text)  # which has one kind of line end
        area.focus()

    def action_take(self) -> None:
        self.dismiss(self.query_one(TextArea).text)
