"""What lies over a screen, asks for something, and goes."""

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Sheet(ModalScreen[ScreenResultType]):
    """It goes once. Two Enters that come together are two messages, and Textual's own `dismiss`
    takes whatever lies on top for each: the second would take the screen below."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        if not self.is_current:
            return AwaitComplete.nothing()
        return super().dismiss(result)
