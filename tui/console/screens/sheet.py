"""What lies over a screen and gives a value back."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

T = TypeVar("T")


class Sheet(ModalScreen[T]):
    """A modal screen that is left once: what was typed behind the key that left it would otherwise
    leave the screen below, and with the last one the program."""

    _left = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Leave with `result`."""
        if self._left or not self.is_current:
            return AwaitComplete.nothing()
        self._left = True
        return super().dismiss(result)
