"""The text of a script, with what is spoken by whom, and what is not, marked by the grammar itself.

Textual's own highlighting wants a tree-sitter grammar; `get_line` is its public way to style lines.
"""

from functools import lru_cache, partial
from pathlib import Path

from rich.text import Text
from textual import events
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.message import Message
from textual.widgets import TextArea

from ....core.script.cast import Cast
from ..prompting import dropped_path
from ..script_reading import LONGEST, Mark, marks_of

_MOST_LINES = 200
"""Of a paragraph that is looked for around a line."""


class _QuickDocument(WrappedDocument):
    """Knows its height: Textual's own counts all lines anew for each row that it draws, which is
    50 ms for a picture of 1 MB."""

    @property
    def height(self) -> int:
        return len(self._offset_to_line_info)


class ScriptArea(TextArea):
    """Marks are read for the lines that are seen only, so that 1 MB costs what a page does."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        "script--name",
        "script--speech",
        "script--control",
        "script--silent",
    }

    class Dropped(Message):
        """A file was dropped into the terminal."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    def __init__(self, text: str, cast: Cast, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(text, soft_wrap=True, tab_behavior="focus", id=id)
        self._marks_of = lru_cache(512)(partial(marks_of, cast=cast))
        self.wrapped_document = _QuickDocument(self.document)
        self.navigator = DocumentNavigator(self.wrapped_document)

    def get_line(self, line_index: int) -> Text:
        text = super().get_line(line_index)
        for mark in self._marks(line_index):
            style = self.get_component_rich_style(f"script--{mark.kind}", partial=True)
            text.stylize(style, mark.start, mark.end)
        return text

    def _marks(self, line_index: int) -> list[Mark]:
        """None in a paragraph that is longer than people write: it would be read anew with each
        key."""
        lines, first, last = self.document.lines, line_index, line_index + 1
        if not lines[line_index].strip():
            return []
        while first > 0 and lines[first - 1].strip() and last - first < _MOST_LINES:
            first -= 1
        while last < len(lines) and lines[last].strip() and last - first < _MOST_LINES:
            last += 1
        if last - first >= _MOST_LINES or sum(map(len, lines[first:last])) > LONGEST:
            return []
        return self._marks_of("\n".join(lines[first:last]))[line_index - first]

    async def _on_paste(self, event: events.Paste) -> None:
        """Textual calls its own after this one, unless that is prevented."""
        if (path := dropped_path(event.text)) is not None:
            event.prevent_default()
            event.stop()
            self.post_message(self.Dropped(path))
