"""The list of the other screens, each a key away."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from .. import views
from ..keys import Key, bindings
from .sheet import Sheet

_KEYS = (Key("escape,f12,ctrl+k,1", "dismiss", "Close", "close"),)


class GoToScreen(Sheet[str | None]):
    """Gives the name of the view that was chosen, by its digit or by Enter."""

    BINDINGS = bindings(_KEYS, priority=True)

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet") as sheet:
            sheet.border_title = "Go to"
            sheet.border_subtitle = "a digit or Enter goes there, Esc closes"
            yield OptionList(
                *(Option(f"{v.digit}  {v.label}: {v.meaning}", id=v.name) for v in views.VIEWS),
                markup=False,
            )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)

    def on_key(self, event: events.Key) -> None:
        for view in views.VIEWS:
            if view.digit == event.key:
                event.stop()
                self.dismiss(view.name)
