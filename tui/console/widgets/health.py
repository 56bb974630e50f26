"""One line of health: what speaks, where to, and how well."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from ..messages import FiguresTold

_BETWEEN = "  |  "


class HealthLine(Widget):
    """Facts by name, in their order; those that have no room are left out from the end."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._facts: dict[str, str] = {
            "voice": "starting",
            "device": "",
            "speed": "",
            "first word": "",
            "model": "",
        }

    def tell(self, name: str, text: str) -> None:
        """Another fact."""
        self._facts[name] = text
        self.refresh()

    def fact(self, name: str) -> str:
        """What was told of it; empty without."""
        return self._facts[name]

    def told(self, figures: FiguresTold) -> None:
        """Measured figures."""
        if figures.real_time_factor is not None:
            self._facts["speed"] = f"RTF {figures.real_time_factor:.2f}"
        if figures.time_to_first_audio_s is not None:
            self._facts["first word"] = f"{figures.time_to_first_audio_s:.2f} s"
        self.refresh()

    @property
    def text(self) -> str:
        """All of it."""
        return _BETWEEN.join(f"{name} {text}" for name, text in self._facts.items() if text)

    def render(self) -> Text:
        facts = [f"{name} {text}" for name, text in self._facts.items() if text]
        while len(facts) > 1 and cell_len(_BETWEEN.join(facts)) > self.size.width:
            facts.pop()
        return Text(_BETWEEN.join(facts), no_wrap=True, overflow="ellipsis")
