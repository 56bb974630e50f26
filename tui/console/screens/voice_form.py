"""A sheet that asks what a new voice is called, and what it is made of."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ..keys import Key, bindings
from ..voice_desk import NewVoice
from .sheet import Sheet

_KEYS = (
    Key("escape", "dismiss", "Close", "close without a change"),
    Key("ctrl+s", "take", "Make it", "make the voice"),
)
_CLIPS = "Recordings of it, 6 to 30 s in all: paths with commas between, or files dropped here"
_PARTS = "The voices and their weights: anna=0.6, berta=0.4"


class VoiceForm(Sheet[NewVoice | None]):
    """None where it was left with Escape. Enter goes on to the next line, and takes the last."""

    BINDINGS = bindings(_KEYS, priority=True)

    def __init__(self, written: NewVoice, *, blends: bool) -> None:
        super().__init__()
        self._written, self._blends = written, blends

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet form") as sheet:
            sheet.border_title = "A voice between others" if self._blends else "A new voice"
            sheet.border_subtitle = "Enter: next line, Ctrl+S makes it, Esc closes"
            yield Static("Its name", markup=False)
            yield Input(self._written.name, id="name")
            yield Static(_PARTS if self._blends else _CLIPS, markup=False)
            yield Input(self._written.made_of, id="made_of")
            yield Static("Its language, as de or pt-BR; empty: as the model has it", markup=False)
            yield Input(self._written.language, id="language")

    @property
    def has_unsaved(self) -> bool:
        return bool(self.query(Input)) and self._typed() != self._written

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "language":
            self.action_take()
        else:
            self.focus_next()

    def action_take(self) -> None:
        self.dismiss(self._typed())

    def _typed(self) -> NewVoice:
        return NewVoice(
            *(self.query_one(f"#{name}", Input).value for name in ("name", "made_of", "language"))
        )
