"""The line below a list that says which of its rows are shown."""

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Input


class FilterLine(Input):
    """Filters as one types; Enter, Escape and the way down lead back to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("enter,down", "app.focus_previous", "To the list"),
        ("escape", "clear_and_leave", "Show all"),
    ]

    def action_clear_and_leave(self) -> None:
        """Show all again; where all is shown already, back to the list."""
        if self.value:
            self.value = ""
        else:
            self.screen.focus_previous()
