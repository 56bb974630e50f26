"""All voices of all synthesizers, and the models that can be fetched."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from ....core.models.catalogue import Model
from ....core.synthesis.registry import VoiceRow
from ..columns import Column
from ..keys import IN_VOICES, bindings
from ..model_desk import ModelRow
from ..voice_desk import NewVoice, check_installed
from ..voice_list import matching, sample_in
from ..widgets.row_list import Row, RowList
from .asking import AskLine
from .confirming import AskYes
from .desk_view import DeskView
from .voice_form import VoiceForm

_VOICES = (
    Column("voice", 14),
    Column("use", 8),
    Column("languages", 6),
    Column("what it is", 12),
    Column("licence", 8),
    Column("from", 8),
)
_MODELS = (
    Column("model", 8),
    Column("here", 8),
    Column("size", 7, right=True),
    Column("licence", 8),
    Column("what it is", 12),
)


class VoicesView(DeskView):
    """Voices above, models below; Tab goes from one to the other."""

    HEADING = "Voices and models"
    KEYS = IN_VOICES
    BINDINGS = bindings(IN_VOICES)

    def __init__(self) -> None:
        super().__init__()
        self._voices: Sequence[VoiceRow] = ()
        self._models: Sequence[ModelRow] = ()
        self._wanted = ""

    def compose_desk(self) -> ComposeResult:
        yield RowList(columns=_VOICES, title="Voices", empty="no voices", id="voices")
        yield Static(id="detail", markup=False)
        yield RowList(
            columns=_MODELS,
            title="Models: Enter fetches, the licence is shown first",
            empty="no models",
            id="models",
        )

    @property
    def _table(self) -> RowList:
        return self.query_one("#voices", RowList)

    @property
    def _on_models(self) -> bool:
        return self.query_one("#models", RowList).has_focus

    @property
    def _voice(self) -> VoiceRow | None:
        at = self._table.cursor
        return self._voices[at] if at < len(self._voices) else None

    @property
    def _model(self) -> ModelRow | None:
        at = self.query_one("#models", RowList).cursor
        return self._models[at] if at < len(self._models) else None

    async def open(self) -> None:
        await self.console.desks.voices.open()
        await self.console.desks.models.open()

    def show(self) -> None:
        desk = self.console.desks.voices
        self._voices, self._models = desk.rows, self.console.desks.models.rows
        self._table.show([self._row(row) for row in self._voices])
        self.query_one("#models", RowList).show([_model_row(row) for row in self._models])
        self._show_detail()
        self.titled(
            "Voices and models", f"{len(self._voices)} voices", f"the narrator's: {desk.narrator}"
        )

    def _row(self, row: VoiceRow) -> Row:
        tone = "marked" if self.console.desks.voices.narrates(row) else "row"
        return Row(row.voice.spec, self._cells(row), tone)

    def _cells(self, row: VoiceRow) -> tuple[str, ...]:
        voice = row.voice
        use = "" if not row.missing else "missing"
        if self.console.desks.voices.narrates(row):
            use = "narrator"
        missing = f"not installed: {row.missing}; " if row.missing else ""
        languages = ", ".join(voice.languages)
        told = missing + voice.description
        return voice.spec, use, languages, told, voice.licence, voice.source

    def on_row_list_moved(self) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        """All that is told of the voice, which a row may have no room for."""
        row = self._voice
        told = "" if row is None else " | ".join(text for text in self._cells(row) if text)
        self.query_one("#detail", Static).update(told)

    # keys

    def on_row_list_taken(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        if self._on_models:
            self._ask_licence()
            return
        row = self._voice
        if row is not None:
            self.attempt(lambda: self._ask_narrator(row))

    def _ask_narrator(self, row: VoiceRow) -> None:
        check_installed(row)
        lines = [f"{row.voice.spec} becomes the narrator's voice.", "", row.voice.description]
        lines += ["It is saved in the settings, and the voice starts again, which takes seconds."]
        if self.console.link.narrates:
            lines += ["", "WHAT IS BEING SPOKEN ENDS."]

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(self.console.desks.voices.choose(row))

        self.console.push_screen(AskYes("The narrator's voice", *lines), answered)

    def _ask_licence(self) -> None:
        if (row := self._model) is None:
            return
        model: Model = row.model
        licence, size = model.licence, f"{model.size / 1e6:.0f} MB"
        lines = [f"{model.title}, {size}: {row.state}.", f"Licence: {licence.name}."]
        lines += ["In our words; the text itself decides:", "", " ".join(licence.gist), ""]
        lines += [f"The text: {licence.url}", "", "Do you agree to it, and shall it be fetched?"]

        def answered(yes: bool | None) -> None:
            if yes:
                self.attempt(lambda: self.console.desks.models.fetch(model))
            else:
                self.console.notice(f"{model.name} was not fetched: its licence was not agreed to")

        self.console.push_screen(AskYes(f"Fetch {model.name}", *lines), answered)

    def action_audition(self) -> None:
        row = self._voice
        if row is None or self._on_models:
            return

        def hear() -> None:
            check_installed(row)
            text = sample_in(row.voice.languages)
            self.console.link.audition(text, voice=row.voice.spec)

        self.attempt(hear)

    def action_add(self) -> None:
        self._ask_new(self.console.desks.voices.last[False], blends=False)

    def action_blend(self) -> None:
        written, row = self.console.desks.voices.last[True], self._voice
        if not written.made_of and row is not None and row.voice.synthesizer == "xtts":
            written = NewVoice(written.name, f"{row.voice.name}=0.5, ")
        self._ask_new(written, blends=True)

    def _ask_new(self, written: NewVoice, *, blends: bool) -> None:
        def taken(new: NewVoice | None) -> None:
            if new is not None:
                self.attempt(lambda: self.console.desks.voices.make(new, blends=blends))

        self.console.push_screen(VoiceForm(written, blends=blends), taken)

    def action_delete(self) -> None:
        row, desk = self._voice, self.console.desks.voices
        if row is None or self._on_models:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(desk.remove(row))

        def ask() -> None:
            desk.check_removable(row)
            lines = [f"Delete the voice {row.voice.spec}? It cannot be brought back."]
            if desk.narrates(row):
                lines += ["", "IT IS THE NARRATOR'S: choose another one before the next start."]
            self.console.push_screen(AskYes("Remove a voice", *lines), answered)

        self.attempt(ask)

    def action_search(self) -> None:
        def taken(wanted: str | None) -> None:
            if wanted:
                self._wanted = wanted
                self.action_next_match()

        self.console.push_screen(AskLine("Search", self._wanted, "words"), taken)

    def action_next_match(self) -> None:
        if not self._wanted:
            return
        rows, at = list(self._voices), self._table.cursor
        found = matching([*rows[at + 1 :], *rows[: at + 1]], self._wanted)
        if found:
            self._table.move_to(rows.index(found[0]))
        else:
            self.console.notice(f"no voice has {self._wanted!r} in it")


def _model_row(row: ModelRow) -> Row:
    model = row.model
    size = f"{model.size / 1e6:.0f} MB"
    return Row(model.name, (model.name, row.state, size, model.licence.name, model.title))
