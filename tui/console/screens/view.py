"""What the full screens beside the main one have in common."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from .. import messages as m
from ..keys import IN_VIEW, Key, bindings
from ..widgets.key_bar import KeyBar
from ..widgets.progress import WorkBars

if TYPE_CHECKING:
    from ..app import ConsoleApp


class View(Screen[None]):
    """A title above, `compose_body`, a line for what was told, the keys below. The transport holds
    here too; Escape goes back to the cues."""

    BINDINGS = bindings(IN_VIEW)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (9, "-short"), (17, "-tall"), (40, "-high")]  # noqa: RUF012
    HEADING = ""
    """What it is about, and its keys in a few words."""
    KEYS: ClassVar[tuple[Key, ...]] = ()
    """Its own keys, which the palette has by their names while it is open."""

    @property
    def host(self) -> "ConsoleApp":
        """The console."""
        return cast("ConsoleApp", self.app)  # pyright: ignore[reportUnknownMemberType]

    def compose(self) -> ComposeResult:
        yield Static(self.HEADING, id="top", markup=False)
        with Vertical(id="view"):
            yield from self.compose_body()
        yield WorkBars(self.host.works)
        yield Static(id="notice", markup=False)
        yield KeyBar(id="keys")

    def compose_body(self) -> ComposeResult:
        """What the screen shows."""
        raise NotImplementedError

    def notice(self, text: str, *, is_trouble: bool = False) -> None:
        """One line for the user, until the next one."""
        label = self.query_one("#notice", Static)
        label.update(("Trouble: " if is_trouble else "") + " ".join(text.split()))
        label.set_class(is_trouble, "trouble")

    def take(self, message: m.FromEngine) -> None:
        """What the engine tells while this screen is open; most have no use for it."""
