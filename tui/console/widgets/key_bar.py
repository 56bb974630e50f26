"""The last line: the keys that matter most, made from the table; each can be clicked."""

from textual.widgets import Static

from ..keys import EVERYWHERE, shown


class KeyBar(Static):
    """Keys in the order of the table."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        parts = [
            f"[@click=app.{key.action}][b]{shown(key.keys.split(',')[0])}[/b] {key.label}[/]"
            for key in EVERYWHERE
            if key.in_footer
        ]
        super().__init__("  ".join(parts), id=id)
