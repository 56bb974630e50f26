"""Tables for people on a terminal, tab-separated lines for programs."""

import sys
from collections.abc import Mapping, Sequence

from .streams import emit


def print_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print rows on standard output; `styles` colours the cells of these texts on a terminal."""
    if sys.stdout.isatty():
        emit(_for_people(header, rows, styles or {}))
    else:
        emit("\n".join("\t".join(map(_one_cell, row)) for row in (header, *rows)))


def _one_cell(text: str) -> str:
    return " ".join(text.split())


def _for_people(
    header: Sequence[str], rows: Sequence[Sequence[str]], styles: Mapping[str, str]
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, styles.get(cell, "")) for cell in row))
    console = Console()
    with console.capture() as capture:
        console.print(table)
    return capture.get().rstrip("\n")
