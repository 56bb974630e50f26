"""The buffer: seconds ready, the marks at which playout starts and holds, and what it was like."""

from collections import deque

from rich.text import Text
from textual.widget import Widget

from ..messages import FiguresTold, Marked, Metered

FULL_S = 25.0
"""As much as is made ahead."""
_STEP_S = 0.5
"""Of the history, a column each."""
_KEPT = 400
_BARS = " ▁▂▃▄▅▆▇█"
_UNDERRUN, _HOLD = "!", "H"


class BufferMeter(Widget):
    """A bar and, below it, the history: the level every half second, ``H`` for a hold and ``!`` for
    an underrun."""

    COMPONENT_CLASSES = {"meter--bar", "meter--rest", "meter--trouble", "meter--history"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Buffer"
        self.border_subtitle = "H hold  ! underrun"
        self._marks: dict[str, float] = {}
        self._now = Metered(0.0, 0.0, "idle")
        self._figures = FiguresTold(None, None, None, 0, 0)
        self._history: deque[tuple[float, str]] = deque(maxlen=_KEPT)
        self._column_until = 0.0
        self._mark = ""

    def show_marks(self, marks: dict[str, float]) -> None:
        """Letter -> seconds, where the policy has marks."""
        self._marks = marks
        named = [f"{letter} {at_s:g} s" for letter, at_s in marks.items()]
        self.border_title = "  ".join(["Buffer", *(named or ["starts as soon as it is safe"])])
        self.refresh()

    def metered(self, now: Metered) -> None:
        """Another look at the buffer."""
        self._now = now
        if now.time_s >= self._column_until:
            self._column_until = now.time_s + _STEP_S
            self._history.append((now.buffered_s, self._mark))
            self._mark = ""
        self.refresh()

    def marked(self, marked: Marked) -> None:
        """A hold or an underrun."""
        if marked.is_underrun or not self._mark:
            self._mark = _UNDERRUN if marked.is_underrun else _HOLD
        if self._history and not self._history[-1][1]:
            self._history[-1] = (self._history[-1][0], self._mark)
            self._mark = ""
        self.refresh()

    def told(self, figures: FiguresTold) -> None:
        """Other counts."""
        self._figures = figures
        self.refresh()

    def render(self) -> Text:
        width, rows = self.size.width, max(self.size.height - 1, 0)
        text = self._bar(width)
        for row in reversed(range(rows)):
            text.append("\n")
            text.append_text(self._history_row(width, row, rows))
        return text

    def _bar(self, width: int) -> Text:
        """Seconds, a bar with the marks, and the counts, as far as they have room."""
        figures = self._figures
        margin = figures.margin_min_s
        tail = f" underruns {figures.underruns}  holds {figures.holds}"
        if margin is not None:
            tail += f"  least margin {margin:+.1f} s"
        if width < 60:
            tail = f" underruns {figures.underruns}" if width > 34 else ""
        head = f"{self._now.buffered_s:5.1f} s "
        cells = max(width - len(head) - len(tail) - 2, 4)
        full = min(round(self._now.buffered_s / FULL_S * cells), cells)
        bar = ["█"] * full + ["·"] * (cells - full)
        for letter, at_s in self._marks.items():
            bar[min(round(at_s / FULL_S * cells), cells - 1)] = letter
        trouble = "meter--trouble" if figures.underruns else "meter--rest"
        return Text.assemble(
            head,
            ("[", self.get_component_rich_style("meter--rest")),
            ("".join(bar), self.get_component_rich_style("meter--bar")),
            ("]", self.get_component_rich_style("meter--rest")),
            (tail, self.get_component_rich_style(trouble)),
        )

    def _history_row(self, width: int, row: int, rows: int) -> Text:
        """One row of the history, in few pieces: it is drawn 20 times a second."""
        columns = list(self._history)[-width:]
        top_s = max((level for level, _ in columns), default=0.0) or 1.0
        signs: list[str] = []
        for level, mark in columns:
            if mark and row == 0:
                signs.append(mark)
                continue
            eighths = round(min(level / top_s, 1.0) * rows * 8) - row * 8
            if row == 0 and level > 0.0:
                eighths = max(eighths, 1)
            signs.append(_BARS[min(max(eighths, 0), 8)])
        text = Text("".join(signs), self.get_component_rich_style("meter--history"))
        if row == 0:
            trouble = self.get_component_rich_style("meter--trouble")
            for at, (_, mark) in enumerate(columns):
                if mark:
                    text.stylize(trouble, at, at + 1)
        return text
