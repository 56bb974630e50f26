"""The language model that narrates: where it is, which one, what it is told to be, and a test."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from ....core.errors import LanguageModelError, SkaldcastError
from ....core.settings import LlmSettings
from ..keys import IN_NARRATOR, IN_VIEW, Key, bindings
from ..model_trial import Trial, models_of, report, said_of, try_model
from ..scripts import write_whole
from ..settings_file import SettingLine
from ..widgets.row_list import RowList
from .asking import AskText
from .choosing import PickOne
from .closing import while_open
from .settings import SettingsEditing, row_of

_SECTION = "llm"
_PROMPT_FILE = "narrator-prompt.txt"
_MOST_PROMPT = 100_000
"""Bytes, as the prompt's reader has it."""


class NarratorView(SettingsEditing):
    """The settings ``llm.*``; what is changed holds from the next question on."""

    BINDINGS = bindings((*IN_VIEW, *IN_NARRATOR))
    KEYS: ClassVar[tuple[Key, ...]] = IN_NARRATOR
    HEADING = "Narrator | e edit  m models  p prompt  x test  D default"

    def __init__(self) -> None:
        super().__init__()
        self._key_is_kept = False
        """In the system's keyring."""

    def compose_body(self) -> ComposeResult:
        yield RowList(lambda width: (14, max(width - 40, 10)), id="settings")
        yield Static(id="detail", markup=False)
        yield Static("Asking the server for its models ...", id="server", markup=False)
        yield Static("x asks one short line, which is not spoken.", id="answer", markup=False)

    async def read(self) -> None:
        from ....core.source.llm.api_key import find_api_key

        self._key_is_kept = bool(await asyncio.to_thread(find_api_key, ""))
        await super().read()
        self.run_worker(self._ask_server(), group="server", exclusive=True)

    def show(self) -> None:
        if self.sheet is None:
            return
        self.rows.border_title = "Language model"
        lines = [self._shown(line) for line in self.sheet.lines if line.section == _SECTION]
        self.rows.show([row_of(line, line.name.rpartition(".")[2]) for line in lines])
        self.tell_detail()

    def _shown(self, line: SettingLine) -> SettingLine:
        if line.name == "llm.prompt_file" and line.value == '""':
            return replace(line, value="built in (p shows it)")
        if line.name == "llm.api_key" and line.value == '""':
            return replace(line, value="kept in the keyring" if self._key_is_kept else "none")
        return line

    def _llm(self) -> LlmSettings | None:
        """The settings in force; where they cannot be read, that is told."""
        if self.sheet is not None and self.sheet.loaded is not None:
            return self.sheet.loaded.settings.llm
        if self.sheet is not None:
            self.host.notice(self.sheet.error, is_trouble=True)
        return None

    # the server

    async def _ask_server(self) -> list[str]:
        """The models that the server has; what it says, or why it says nothing, is shown."""
        llm = self._llm()
        if llm is None:
            return []
        models: list[str] = []
        try:
            models = await models_of(llm)
            said = said_of(llm, models)
        except LanguageModelError as error:
            said = f"Trouble: {error}"
        with while_open:
            self.query_one("#server", Static).update(said)
        return models

    def action_models(self) -> None:
        self.work(self._choose_model)

    async def _choose_model(self) -> None:
        models, llm = await self._ask_server(), self._llm()
        if llm is None:
            return

        def taken(model: str | None) -> None:
            if model is not None and model != llm.model:
                self.change("llm.model", model)

        hint = f"of {llm.endpoint}" if models else "The server names none: type the model's name."
        self.host.push_screen(PickOne("Model", models, llm.model, hint=hint, free=True), taken)

    def action_test(self) -> None:
        self.run_worker(self._test(), group="test", exclusive=True)

    async def _test(self) -> None:
        llm = self._llm()
        if llm is None:
            return

        def show(trial: Trial) -> None:
            with while_open:
                self.query_one("#answer", Static).update(report(trial, llm.model))

        show(Trial())
        show(await try_model(llm, show))

    # what the model is told to be

    def action_prompt(self) -> None:
        async def act() -> None:
            _, text = await asyncio.to_thread(self.host.setup.llm)
            self._edit_prompt(text, text)

        self.work(act)

    def _edit_prompt(self, text: str, before: str) -> None:
        def taken(changed: str | None) -> None:
            if changed is not None and changed != before:
                self.work(lambda: self._keep_prompt(changed, before))

        hint = "What the model is told to be. It writes for the ear, and names who speaks in [...]."
        self.host.push_screen(AskText("Prompt", text, hint, before=before), taken)

    async def _keep_prompt(self, text: str, before: str) -> None:
        try:
            await asyncio.to_thread(self._write_prompt, text)
        except SkaldcastError:
            self._edit_prompt(text, before)  # nothing that was typed is lost
            raise
        await self.changed("llm.prompt_file")

    def _write_prompt(self, text: str) -> None:
        if len(text.encode("utf-8", "replace")) > _MOST_PROMPT:
            raise LanguageModelError(f"a prompt has at most {_MOST_PROMPT:,} bytes; shorten it")
        path = self.file.load().settings.llm.prompt_file
        if path is None:
            path = _free(self.file.path.with_name(_PROMPT_FILE))
            write_whole(path, text)
            self.file.change("llm.prompt_file", str(path))
        else:
            write_whole(path, text)


def _free(path: Path) -> Path:
    """The same place, or one beside it that is not taken."""
    places = [path, *(path.with_stem(f"{path.stem}-{number}") for number in range(2, 100))]
    return next((place for place in places if not place.exists()), path)
