"""A sheet on which one voice is chosen among all, narrowed down as one types."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from ....core.synthesis.registry import VoiceRow
from ..columns import Column
from ..keys import Key, bindings
from ..voice_list import matching
from ..widgets.row_list import Row, RowList
from .sheet import Sheet

_KEYS = (
    Key("escape", "dismiss", "Close", "close without a change"),
    Key("enter", "take", "Take", "take the voice"),
    Key("up", "step(-1)", "Up", "the voice above"),
    Key("down", "step(1)", "Down", "the voice below"),
    Key("x", "audition", "Hear", "hear it: in the list, which Tab goes to"),
)
_COLUMNS = (Column("voice", 14), Column("languages", 6), Column("what it is", 12))
_BY_ITSELF = Row("", ("(by itself)", "", "the voice that the character gets without one"))


class ChooseVoice(Sheet[str | None]):
    """Gives the spec of a voice, empty for none of its own; None where it was left with Escape.
    `hear` lets one be heard."""

    BINDINGS = bindings(_KEYS)

    def __init__(
        self, title: str, rows: Sequence[VoiceRow], now: str, hear: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._title, self._all, self._now, self._hear = title, rows, now, hear
        self._found: list[VoiceRow | None] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet voices") as sheet:
            sheet.border_title = self._title
            sheet.border_subtitle = "type to narrow down, Enter takes, Tab then x: hear, Esc closes"
            yield Input(placeholder="show voices with ...")
            yield RowList(columns=_COLUMNS, title="Voices", empty="no voice has that in it")

    def on_mount(self) -> None:
        self._show("")
        at = next((k for k, r in enumerate(self._found) if r and r.voice.spec == self._now), 0)
        self.query_one(RowList).move_to(at)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def on_row_list_taken(self, event: RowList.Taken) -> None:
        event.stop()
        self.action_take()

    def _show(self, wanted: str) -> None:
        self._found = [*matching(self._all, wanted)] if wanted.strip() else [None, *self._all]
        table = self.query_one(RowList)
        table.show([_BY_ITSELF if row is None else _row(row) for row in self._found])
        table.move_to(0)

    def action_step(self, by: int) -> None:
        self.query_one(RowList).action_step(by)

    def action_take(self) -> None:
        if self._found:
            self.dismiss(self._spec)

    def action_audition(self) -> None:
        if self._found and self._spec:
            self._hear(self._spec)

    @property
    def _spec(self) -> str:
        row = self._found[self.query_one(RowList).cursor]
        return "" if row is None else row.voice.spec


def _row(row: VoiceRow) -> Row:
    missing = f"not installed: {row.missing}; " if row.missing else ""
    voice = row.voice
    cells = (voice.spec, ", ".join(voice.languages), missing + voice.description)
    return Row(voice.spec, cells)
