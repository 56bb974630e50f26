"""How loud it is: what is being heard, in decibels below full scale."""

from math import log10

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from ..messages import Metered

_FLOOR_DB = -48.0
"""The left end of the bar; speech is seldom below while it lasts."""
_FULL = 0.999
"""A peak of so much is cut off somewhere."""
_LABEL = "level "


class LevelMeter(Widget):
    """A bar of the root mean square with a mark at the peak, and the peak as a number, ``CLIP``
    where it is full scale."""

    COMPONENT_CLASSES = {"level--bar", "level--rest"}  # noqa: RUF012

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._peak = self._rms = 0.0

    def metered(self, now: Metered) -> None:
        """Another look."""
        peak, rms = (now.peak, now.rms) if now.vitals.state in _HEARD else (0.0, 0.0)
        if (peak, rms) != (self._peak, self._rms):
            self._peak, self._rms = peak, rms
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        rest = self.get_component_rich_style("level--rest")
        bar = self.get_component_rich_style("level--bar")
        tail = level_words(self._peak)
        cells = max(self.size.width - len(_LABEL) - len(tail) - 3, 4)
        segments = [
            Segment(f"{_LABEL}[", rest),
            Segment(level_bar(self._peak, self._rms, cells), bar),
            Segment(f"] {tail}", rest),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)


_HEARD = ("playing", "draining")
"""States in which something sounds."""


def level_words(peak: float) -> str:
    """A peak as a number with its unit, always as wide."""
    if peak >= _FULL:
        return "   CLIP"
    return f"{20 * log10(peak):4.0f} dB" if peak > 0.0 else " silent"


def level_bar(peak: float, rms: float, cells: int) -> str:
    """`cells` characters: filled up to the root mean square, a bar across at the peak."""
    full, at = _cell(rms, cells), _cell(peak, cells)
    bar = "█" * full + "·" * (cells - full)
    return bar if at <= full or not at else f"{bar[: at - 1]}|{bar[at:]}"


def _cell(level: float, cells: int) -> int:
    db = 20 * log10(level) if level > 0.0 else _FLOOR_DB
    return min(max(round((db - _FLOOR_DB) / -_FLOOR_DB * cells), 0), cells)
