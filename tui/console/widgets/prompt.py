"""The prompt line: what is typed is spoken, or asked, or added to the list."""

from pathlib import Path

from textual import events
from textual.message import Message
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
    """An input with a history. Enter posts `Input.Submitted`."""

    BINDINGS = bindings(IN_PROMPT)

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

    def took(self, line: str) -> None:
        """It was given."""
        self.history.add(line)
        self.value = ""

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
