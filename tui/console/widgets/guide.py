"""The guide of the first start. It takes no focus: the prompt can be used while it is read."""

from textual.widgets import Static

from ..keys import EVERYWHERE, shown

SAMPLE = "The gate stands open, and the lamps are lit. Welcome, traveller."
"""What is spoken where Enter is pressed with nothing typed."""

_WELCOME = """\
[b]Welcome to Skaldcast: what you type is spoken.[/b]
{state}

 1  Type a line and press [b]Enter[/b]; with nothing typed you hear a sample.
 2  [b]Ctrl+O[/b] opens a script: each paragraph is a cue.
    [b]{go}[/b] speaks the one that stands by (▶), and the next stands by.
 3  [b]{panic}[/b] makes it silent at once. [b]F1[/b] shows all keys.
    [b]Esc[/b] closes this guide."""


class Guide(Static):
    """Says how to begin, and how the first voice is coming along."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "First steps"
        self.tell("The voice is being loaded ...")

    def tell(self, state: str) -> None:
        """What has come of it so far."""
        keys = {key.action: shown(key.keys.split(",")[0]) for key in EVERYWHERE}
        text = state.replace("[", "\\[")
        self.update(_WELCOME.format(go=keys["go"], panic=keys["panic"], state=text))
