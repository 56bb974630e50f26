"""The full screens beside the main one, in one table: each has a digit, as in cmus."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .screens.view import View


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A screen that the user can go to."""

    digit: str
    name: str
    label: str
    meaning: str
    """One line, for the list of screens and the palette."""
    make: "Callable[[], View]"
    """Imports the screen: the console is there before."""


def _narrator() -> "View":
    from .screens.narrator import NarratorView

    return NarratorView()


def _bridge() -> "View":
    from .screens.bridge import BridgeView

    return BridgeView()


def _settings() -> "View":
    from .screens.settings import SettingsView

    return SettingsView()


VIEWS: tuple[ViewEntry, ...] = (
    ViewEntry(
        "5", "narrator", "Narrator", "the language model: where, which, prompt, test", _narrator
    ),
    ViewEntry("6", "bridge", "Bridge", "games: address, clients, password, messages", _bridge),
    ViewEntry("7", "settings", "Settings", "every setting with its meaning", _settings),
)
"""In the order of their digits; 1 is the main screen."""


def view_named(name: str) -> ViewEntry:
    """The entry of this name; `KeyError` where there is none."""
    return next(entry for entry in VIEWS if entry.name == name)
