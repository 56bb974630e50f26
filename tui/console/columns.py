"""Columns that fit into a width. Plain."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One of a table."""

    title: str
    least: int = 4
    """Cells below which it is left out rather than made narrower."""
    right: bool = False
    """Its texts end at its right edge."""


def fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Cells of each column: as wide as its texts where there is room, else the last ones give
    first, down to their least; then the last ones are left out (0 cells)."""
    texts = [[c.title, *(row[at] for row in rows)] for at, c in enumerate(columns)]
    wide = [max(map(cell_len, column)) for column in texts]
    shown = len(columns)
    while shown > 1:
        least = sum(min(w, c.least) for w, c in zip(wide[:shown], columns, strict=False))
        if least + GAP * (shown - 1) <= width:
            break
        shown -= 1
    spare = sum(wide[:shown]) + GAP * (shown - 1) - width
    for at in reversed(range(shown)):
        least = columns[at].least if shown > 1 else 1
        given = min(max(spare, 0), max(wide[at] - least, 0))
        wide[at] -= given
        spare -= given
    return wide[:shown] + [0] * (len(columns) - shown)


def laid_out(columns: Sequence[Column], widths: Sequence[int], row: Sequence[str]) -> str:
    """A row in columns of these widths; what is too long ends in an ellipsis."""
    cells: list[str] = []
    for column, width, text in zip(columns, widths, row, strict=True):
        if not width:
            continue
        text = " ".join(text.split())
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1) + "…" if width > 1 else "…"
        pad = " " * (width - cell_len(text)) if column.right else ""
        cells.append(set_cell_size(pad + text, width))
    return (" " * GAP).join(cells)
