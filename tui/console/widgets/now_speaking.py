"""What is being spoken, with the word being heard marked."""

from rich.markup import escape
from rich.text import Text
from textual.widget import Widget

from ..messages import SpeechHeard

_QUIET = "Nothing is being spoken."


class NowSpeaking(Widget):
    """The text from the chunk that is being heard on. The word stands reversed, which is seen
    without colours."""

    COMPONENT_CLASSES = {"now--word", "now--said"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Now speaking"
        self._heard: SpeechHeard | None = None

    def heard(self, heard: SpeechHeard) -> None:
        """Another word."""
        self._heard = heard
        self._entitle(f"{heard.character}{', from a game' if heard.is_clients else ''}")
        self.refresh()

    def wait(self, waiting: int) -> None:
        """So many cues have not ended, this one among them."""
        more = max(waiting - 1, 0)
        subtitle = f"{more} more behind it" if more else ""
        if subtitle != self.border_subtitle:
            self.border_subtitle = subtitle

    def _entitle(self, who: str) -> None:
        title = f"Now speaking: {escape(who.removeprefix(', '))}" if who else "Now speaking"
        if title != self.border_title:
            self.border_title = title

    def quiet(self) -> None:
        """Nothing is spoken any more."""
        self._heard = None
        self._entitle("")
        self.refresh()

    @property
    def word(self) -> str:
        """The one that is marked; empty without one."""
        heard = self._heard
        return "" if heard is None else heard.text[heard.start : heard.end]

    def render(self) -> Text:
        heard = self._heard
        if heard is None:
            return Text(_QUIET, style=self.get_component_rich_style("now--said"))
        begin = self._first_shown(heard)
        room = self.size.width * self.size.height
        text = Text(heard.text[begin : begin + room].replace("\n", " "), no_wrap=False)
        text.stylize(self.get_component_rich_style("now--said"), 0, heard.start - begin)
        text.stylize(
            self.get_component_rich_style("now--word"), heard.start - begin, heard.end - begin
        )
        return text

    def _first_shown(self, heard: SpeechHeard) -> int:
        """Where to begin so that the word is seen: at the chunk's start, or a line before it."""
        room = max(self.size.width * (self.size.height - 1), 1)
        if heard.end <= room:
            return 0
        begin = heard.text.rfind(" ", 0, max(heard.start - self.size.width // 2, 0)) + 1
        return begin or heard.start
