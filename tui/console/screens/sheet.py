"""What lies over a screen, asks for something, and goes."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Sheet(ModalScreen[ScreenResultType]):
    """It goes once. Two Enters that come together are two messages, and Textual's own `dismiss`
    takes whatever lies on top for each: the second would take the screen below, and with the last
    one the program."""

    _left = False

    @property
    def has_unsaved(self) -> bool:
        """Something was written here that goes with it where it is not taken over."""
        return False

    @property
    def heading(self) -> str:
        """What stands above it."""
        return next((str(part.border_title) for part in self.query(".sheet")), "")

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with `result`."""
        if self._left or not self.is_current:
            return AwaitComplete.nothing()
        self._left = True
        return super().dismiss(result)
