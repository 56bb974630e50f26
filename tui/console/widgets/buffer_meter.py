"""The buffer: seconds ready, the marks at which playout starts and holds, and what it was like."""

from collections import deque
from math import isfinite

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..messages import Marked, Metered

FULL_S = 25.0
"""As much as is made ahead."""
_STEP_S = 0.5
"""Of the history, a column each."""
_KEPT = 400
_BARS = " ▁▂▃▄▅▆▇█"
_UNDERRUN, _HOLD = "!", "H"
_LEGEND = "H hold  ! underrun"


class BufferMeter(Widget):
    """A bar and, below it, the history: the level every half second, ``H`` for a hold and ``!`` for
    an underrun. On the bar ``S`` is where playout starts by now, and ``P`` where it would hold."""

    COMPONENT_CLASSES = {"meter--bar", "meter--rest", "meter--trouble", "meter--history"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Buffer"
        self.border_subtitle = _LEGEND
        self._now: Metered | None = None
        self._history: deque[tuple[float, str]] = deque(maxlen=_KEPT)
        self._column_until = 0.0
        self._mark = ""

    def metered(self, now: Metered) -> None:
        """Another look at the buffer. Drawn is what has changed."""
        before, self._now = self._now, now
        if now.vitals.time_s >= self._column_until:
            self._column_until = now.vitals.time_s + _STEP_S
            self._history.append((now.vitals.buffered_s, self._mark))
            self._mark = ""
            self._tell_marks()
            self.refresh()
        elif before is None or _drawn(before) != _drawn(now):
            self.refresh(Region(0, 0, self.size.width, 1))

    @property
    def looked_at_s(self) -> float:
        """When the buffer was looked at last, on the clock of the events; -1 before the first."""
        return -1.0 if self._now is None else self._now.vitals.time_s

    def marked(self, marked: Marked) -> None:
        """A hold or an underrun."""
        if marked.is_underrun or not self._mark:
            self._mark = _UNDERRUN if marked.is_underrun else _HOLD
        if self._history and not self._history[-1][1]:
            self._history[-1] = (self._history[-1][0], self._mark)
            self._mark = ""
        self.refresh()

    def _tell_marks(self) -> None:
        """On the border, where there is one."""
        if self._now is None:
            return
        vitals = self._now.vitals
        title = f"Buffer  S {vitals.start_mark_s:.1f} s  P {vitals.pause_mark_s:.1f} s"
        legend = _LEGEND
        if vitals.margin_min_s is not None:
            if isfinite(vitals.margin_s):
                title += f"  margin {vitals.margin_s:+.1f} s"
            legend = f"least {vitals.margin_min_s:+.1f} s  {_LEGEND}"
        if (title, legend) != (self.border_title, self.border_subtitle):
            self.border_title, self.border_subtitle = title, legend

    def render_line(self, y: int) -> Strip:
        width, rows = self.size.width, max(self.size.height - 1, 0)
        segments = self._bar(width) if y == 0 else self._history_row(width, rows - y, rows)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _bar(self, width: int) -> list[Segment]:
        """Seconds, a bar with the marks, and the counts, as far as they have room."""
        rest = self.get_component_rich_style("meter--rest")
        if self._now is None:
            return [Segment("the buffer is empty", rest)]
        vitals = self._now.vitals
        tail = f" underruns {vitals.underruns}  holds {vitals.holds}"
        if vitals.margin_min_s is not None and width >= 74:
            tail += f"  least margin {vitals.margin_min_s:+.1f} s"
        if width < 60:
            tail = f" underruns {vitals.underruns}" if width > 34 else ""
        head = f"{vitals.buffered_s:5.1f} s "
        cells = max(width - len(head) - len(tail) - 2, 4)
        full = min(round(vitals.buffered_s / FULL_S * cells), cells)
        bar = ["█"] * full + ["·"] * (cells - full)
        for letter, at_s in (("S", vitals.start_mark_s), ("P", vitals.pause_mark_s)):
            bar[min(round(at_s / FULL_S * cells), cells - 1)] = letter
        trouble = self.get_component_rich_style("meter--trouble") if vitals.underruns else rest
        return [
            Segment(f"{head}[", rest),
            Segment("".join(bar), self.get_component_rich_style("meter--bar")),
            Segment("]", rest),
            Segment(tail, trouble),
        ]

    def _history_row(self, width: int, row: int, rows: int) -> list[Segment]:
        """One row of the history, row 0 being the lowest."""
        columns = list(self._history)[-width:]
        top_s = max((level for level, _ in columns), default=0.0) or 1.0
        style = self.get_component_rich_style("meter--history")
        trouble = self.get_component_rich_style("meter--trouble")
        segments: list[Segment] = []
        signs: list[str] = []
        for level, mark in columns:
            if mark and row == 0:
                segments += [Segment("".join(signs), style), Segment(mark, trouble)]
                signs = []
                continue
            eighths = round(min(level / top_s, 1.0) * rows * 8) - row * 8
            if row == 0 and level > 0.0:
                eighths = max(eighths, 1)
            signs.append(_BARS[min(max(eighths, 0), 8)])
        return [*segments, Segment("".join(signs), style)]


def _drawn(now: Metered) -> tuple[float, ...]:
    """What of it the bar shows."""
    vitals = now.vitals
    return (
        round(vitals.buffered_s, 1),
        round(vitals.margin_s, 1),
        vitals.underruns,
        vitals.holds,
        vitals.start_mark_s,
        vitals.pause_mark_s,
    )
