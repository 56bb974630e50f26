"""Every setting: its value, where that came from, what it means; changed in the settings file."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.markup import escape
from textual.widgets import Input, Static

from ....core.config import check_override
from ....core.errors import ConfigError, SkaldcastError
from ....core.settings import keys
from ..keys import IN_SETTINGS, IN_VIEW, Key, bindings
from ..settings_file import (
    SettingLine,
    SettingsFile,
    SettingsSheet,
    Source,
    choices_of,
    effect_of,
    filtered,
)
from ..widgets.filter_line import FilterLine
from ..widgets.row_list import Row, RowList
from .asking import AskText
from .choosing import AskValue, PickOne
from .closing import while_open
from .restarting import Restarting

_ORIGIN_CELLS = 24
_WITH_MEANINGS = 150
"""Cells from which on the meanings stand in the list too."""


class SettingsEditing(Restarting):
    """What the screens have in common that show settings: `RowList` ``#settings`` with their rows
    and ``#detail`` below. Files are read and written in threads."""

    sheet: SettingsSheet | None = None
    """As it was read last."""

    @property
    def file(self) -> SettingsFile:
        return self.host.setup.settings

    @property
    def rows(self) -> RowList:
        return self.query_one("#settings", RowList)

    def on_mount(self) -> None:
        self.rows.focus()
        self.work(self.read)

    def work(self, doing: Callable[[], Awaitable[object]]) -> None:
        """Do something that takes time; what goes wrong is told."""

        async def act() -> None:
            try:
                with while_open:
                    await doing()
            except SkaldcastError as error:
                self.host.notice(str(error), is_trouble=True)

        self.run_worker(act(), group="settings")

    async def read(self) -> None:
        """Read the settings anew and show them."""
        self.sheet = await asyncio.to_thread(self.file.read)
        self.show()

    def show(self) -> None:
        """Show what was read."""
        raise NotImplementedError

    def tell_detail(self) -> None:
        """Say more of the chosen setting."""
        row = self.rows.chosen
        text = ""
        if self.sheet is not None and row is not None:
            text = detail(self.sheet.line(row.key))
        with while_open:
            self.query_one("#detail", Static).update(text)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        event.stop()
        self.tell_detail()

    # what keys do

    def action_edit(self) -> None:
        row = self.rows.chosen
        if self.sheet is not None and row is not None:
            self.edit(row.key, self.sheet.typed(row.key))

    def edit(self, name: str, text: str, wrong: str = "") -> None:
        """Ask for another value; `wrong` is what was wrong with the one typed before."""
        key = keys()[name]

        def taken(changed: str | None) -> None:
            if changed is not None:
                self.change(name, changed)

        if choices := choices_of(name):
            self.host.push_screen(PickOne(name, choices, text, hint=key.rule.meaning), taken)
            return
        hint = key.rule.meaning
        if key.rule.secret:
            hint += " What you type is not shown."
        sheet = AskValue(
            name, text, hint, lambda t: check(name, t), wrong=wrong, secret=key.rule.secret
        )
        self.host.push_screen(sheet, taken)

    def change(self, name: str, text: str) -> None:
        """Write a value into the file and have it heeded; asks again where it is refused."""

        async def act() -> None:
            try:
                await asyncio.to_thread(self.file.change, name, text)
            except ConfigError as error:
                self.host.notice(str(error), is_trouble=True)
                self.edit(name, text, str(error))
                return
            await self.changed(name)

        self.work(act)

    def action_reset(self) -> None:
        row = self.rows.chosen
        if row is not None:
            self.work(lambda: self._reset(row.key))

    async def _reset(self, name: str) -> None:
        if await asyncio.to_thread(self.file.reset, name):
            await self.changed(name)
        else:
            self.host.notice(f"{name} does not stand in {self.file.path.name}")

    async def changed(self, name: str) -> None:
        """A setting was changed in the file: show it, say when it is heeded, and heed it."""
        await self.read()
        if self.sheet is not None and self.sheet.loaded is not None:
            self.host.notice(told(self.sheet.line(name)))
            await self.host.link.settings_changed(name)


class SettingsView(SettingsEditing):
    """All of them, by section, filtered as one types."""

    BINDINGS = bindings((*IN_VIEW, *IN_SETTINGS))
    KEYS: ClassVar[tuple[Key, ...]] = IN_SETTINGS
    HEADING = "Settings | e edit  D default  / filter  o open file  R restart voice"

    def compose_body(self) -> ComposeResult:
        yield Static(id="wrong", markup=False)
        yield RowList(_widths, empty="no setting has that in it", id="settings")
        yield Static(id="detail", markup=False)
        yield FilterLine(placeholder="/ show the settings with ...", id="filter")

    def show(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        made = "" if sheet.exists else " (made when something is changed)"
        self.rows.border_title = escape(f"{sheet.path}{made}")
        wrong = self.query_one("#wrong", Static)
        wrong.display = bool(sheet.error)
        wrong.update(f"Trouble: {sheet.error}\no opens the file to mend it." if sheet.error else "")
        found = filtered(sheet.lines, self.query_one("#filter", Input).value)
        self.rows.show(list(_with_heads(found)))
        self.tell_detail()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        with while_open:
            self.show()

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_open_file(self) -> None:
        async def act() -> None:
            self._edit_text(await asyncio.to_thread(self.file.text))

        self.work(act)

    def _edit_text(self, text: str, before: str | None = None) -> None:
        """Have the file edited as text. `before` is what stands in it, where that is not `text`."""
        before = text if before is None else before

        def taken(changed: str | None) -> None:
            if changed is not None and changed != before:
                self.work(lambda: self._write(changed, before))

        wrong = self.sheet.error if self.sheet is not None else ""
        hint = f"Trouble: {wrong}" if wrong else "Keys and passwords stand here as they are."
        self.host.push_screen(AskText(str(self.file.path), text, hint, before=before), taken)

    async def _write(self, text: str, before: str) -> None:
        try:
            await asyncio.to_thread(self.file.write_text, text)
        except SkaldcastError:
            self._edit_text(text, before)  # nothing that was typed is lost
            raise
        await self.read()
        if self.sheet is not None and self.sheet.error:
            self.host.notice(self.sheet.error, is_trouble=True)
        else:
            self.host.notice(f"saved {self.file.path.name}; R starts the voice again with it")
            await self.host.link.settings_changed("llm.model")


def check(name: str, text: str) -> str | None:
    """What is wrong with a text as a value of that setting, by itself; None where nothing is."""
    if keys()[name].rule.secret and not text:
        return "type it, or leave with Esc; D takes it away"
    try:
        check_override(name, text)
    except ConfigError as error:
        return str(error)
    return None


def told(line: SettingLine) -> str:
    """A line for the user: what a setting is now, and when that is heeded."""
    if line.is_fixed:
        return f"{line.name} is kept in the file, but {line.origin} goes before it: {line.value}"
    return f"{line.name} = {line.value}, heeded {effect_of(line.name).value}"


def detail(line: SettingLine) -> str:
    """All that is to be said of a setting, in three lines."""
    origin = f"Now {line.value}, from {line.origin}."
    if line.is_fixed:
        origin += " That goes before the file."
    if line.source is Source.UNKNOWN:
        origin = "The settings cannot be read: see above."
    takes = f"Takes {line.allowed}." if line.allowed else ""
    heeded = f"A change is heeded {effect_of(line.name).value}."
    return "\n".join((f"{line.name}: {line.meaning}", f"{takes} {origin}".strip(), heeded))


def row_of(line: SettingLine, name: str) -> Row:
    """A setting in columns: name, value, origin."""
    tone = "muted" if line.origin == "default" else "row"
    return Row(line.name, (name, line.value, line.origin, line.meaning), tone)


def _with_heads(lines: Sequence[SettingLine]) -> list[Row]:
    rows: list[Row] = []
    section = None
    for line in lines:
        if line.section != section:
            section = line.section
            rows.append(Row(f"[{section}]", (f"[{section}]" if section else "above all",), "head"))
        rows.append(row_of(line, line.name.rpartition(".")[2]))
    return rows


def _widths(width: int) -> tuple[int, ...]:
    """Name, value, origin, meaning, as far as there is room."""
    name = 16 if width >= 50 else 12
    origin = _ORIGIN_CELLS if width >= 70 else 0
    if width >= _WITH_MEANINGS:
        return (name, 60, origin)
    return (name, max(width - name - origin - 3, 8), origin, 0)
