"""Small sheets that ask for one thing that must be right: a value, or one of many."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..keys import Key, bindings
from ..widgets.row_list import Row, RowList
from .sheet import Sheet

_SHEET = (Key("escape", "dismiss", "Close", "close without a change"),)
_PICK = (
    *_SHEET,
    Key("up", "step(-1)", "Up", "choose the one above"),
    Key("down", "step(1)", "Down", "choose the one below"),
    Key("pageup", "page(-1)", "Page up", "a page up"),
    Key("pagedown", "page(1)", "Page down", "a page down"),
)


class AskValue(Sheet[str | None]):
    """Asks for one line until `check` has nothing against it; None where it was left with
    Escape. What is typed of a secret is not shown."""

    BINDINGS = bindings(_SHEET)

    def __init__(
        self,
        title: str,
        value: str,
        hint: str,
        check: Callable[[str], str | None],
        *,
        wrong: str = "",
        secret: bool = False,
    ) -> None:
        """`check` returns what is wrong with a text, None where nothing is; `wrong` is what was
        wrong with `value`."""
        super().__init__()
        self._title, self._value, self._hint = title, value, hint
        self._check, self._wrong, self._secret = check, wrong, secret

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet value") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "Enter takes it, Esc closes"
            yield Static(self._hint, markup=False, classes="hint")
            yield Input(self._value, password=self._secret)
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        self._tell(self._wrong)

    def _tell(self, wrong: str) -> None:
        self.query_one("#wrong", Static).update(f"Trouble: {wrong}" if wrong else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        wrong = self._check(event.value.strip())
        if wrong is None:
            self.dismiss(event.value.strip())
        else:
            self._tell(wrong)


class PickOne(Sheet[str | None]):
    """Asks for one of `options`, filtered as one types; None where it was left with Escape.

    With `free` what was typed is taken as it is where none has it in it.
    """

    BINDINGS = bindings(_PICK, priority=True)

    def __init__(
        self,
        title: str,
        options: Sequence[str],
        now: str = "",
        *,
        hint: str = "",
        free: bool = False,
    ) -> None:
        super().__init__()
        self._title, self._options, self._now = title, options, now
        self._hint, self._free = hint, free

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "type to filter, Enter takes it, Esc closes"
            if self._hint:
                yield Static(self._hint, markup=False, classes="hint")
            yield Input(placeholder="show those with ...")
            yield RowList(empty="none has that in it")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show("")
        self.query_one(RowList).choose(self._now)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def _show(self, wanted: str) -> None:
        found = [text for text in self._options if wanted.casefold() in text.casefold()]
        now = self._now
        rows = [Row(text, (f"{text}  (now)" if text == now else text,)) for text in found]
        self.query_one(RowList).show(rows)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row = self.query_one(RowList).chosen
        if row is not None:
            self.dismiss(row.key)
        elif self._free and event.value.strip():
            self.dismiss(event.value.strip())

    def action_step(self, by: int) -> None:
        self.query_one(RowList).action_step(by)

    def action_page(self, by: int) -> None:
        self.query_one(RowList).action_page(by)
