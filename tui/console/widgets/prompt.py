"""The prompt line: what is typed is spoken, or asked, or added to the list."""

from pathlib import Path

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.suggester import Suggester
from textual.widgets import Input

from ..keys import IN_PROMPT, bindings
from ..prompting import LONGEST_LINE, PLACEHOLDER, History, complete, dropped_path


class _Names(Suggester):
    """Completes the names of characters."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.characters: tuple[str, ...] = ()

    async def get_suggestion(self, value: str) -> str | None:
        return complete(value, self.characters)


class Prompt(Input):
    """An input with a history. Enter posts what was typed, and the line is free at once."""

    BINDINGS = bindings(IN_PROMPT)
    # Textual lays out the whole screen at each letter otherwise, which costs more than all the rest
    # of a key; the line itself is as wide as before.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    class Given(Message):
        """Enter was pressed."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Dropped(Message):
        """A file was dropped into the terminal."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Pasted(Message):
        """More text was pasted than belongs on one line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        self._names = _Names()
        super().__init__(placeholder=PLACEHOLDER, suggester=self._names, id=id)
        self.history = History()

    def know(self, characters: tuple[str, ...]) -> None:
        """Complete these names."""
        self._names.characters = characters

    async def _on_key(self, event: events.Key) -> None:
        """Do what a key of ours means in its turn. Textual lets it bubble up to the app first, and
        letters that came with it, as over a slow line, would overtake it."""
        action = _ACTIONS.get(event.key)
        if action is None:
            await super()._on_key(event)
            return
        event.prevent_default()
        event.stop()
        await self.run_action(action)

    async def action_submit(self) -> None:
        line, self.value = self.value, ""
        if line.strip():
            self.history.add(line.strip())
        self.post_message(self.Given(line))

    def action_older(self) -> None:
        self._put(self.history.older(self.value))

    def action_newer(self) -> None:
        self._put(self.history.newer(self.value))

    def _put(self, line: str) -> None:
        self.value = line
        self.cursor_position = len(line)

    def _on_paste(self, event: events.Paste) -> None:
        """The terminal's paste: Textual's own keeps the first line and drops the rest."""
        event.prevent_default()
        event.stop()
        text = event.text
        if (path := dropped_path(text)) is not None:
            self.post_message(self.Dropped(path))
        elif len(text) > LONGEST_LINE or "\n\n" in text.strip().replace("\r\n", "\n"):
            self.post_message(self.Pasted(text))
        else:
            self.insert_text_at_cursor(" ".join(text.split("\n")).replace("\r", ""))


_ACTIONS = {
    key.strip(): binding.action
    for binding in (*Input.BINDINGS, *Prompt.BINDINGS)
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
