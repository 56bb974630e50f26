"""The last messages, where the terminal has room for them."""

from collections import deque
from collections.abc import Sequence

from rich.text import Text
from textual.widget import Widget


class LastTold(Widget):
    """Shows the end of `told`, newest below."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Messages"
        self.told: Sequence[str] = deque[str]()

    def render(self) -> Text:
        rows = max(self.size.height, 1)
        lines = [self.told[k] for k in range(max(len(self.told) - rows, 0), len(self.told))]
        return Text("\n".join(lines), overflow="ellipsis", no_wrap=True)
