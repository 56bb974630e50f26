"""Health in a line or two: what speaks, where to, and how well."""

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

if TYPE_CHECKING:
    from ....core.vitals import Vitals

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
            "GPU": "",
            "bridge": "",
            "listeners": "",
            "model": "",
        }

    def tell(self, name: str, text: str) -> None:
        """Another fact."""
        if self._facts[name] != text:
            self._facts[name] = text
            self.refresh()

    def fact(self, name: str) -> str:
        """What was told of it; empty without."""
        return self._facts[name]

    def measured(self, vitals: "Vitals") -> None:
        """Measured figures."""
        if vitals.real_time_factor is not None:
            self.tell("speed", f"RTF {vitals.real_time_factor:.2f}")
        if vitals.time_to_first_audio_s is not None:
            self.tell("first word", f"{vitals.time_to_first_audio_s:.2f} s")
        self.tell("GPU", ", ".join(map(card_words, vitals.gpu)))
        self.tell("listeners", str(vitals.listeners or ""))

    def clients(self, count: int | None) -> None:
        """Of the bridge; None without one."""
        match count:
            case None:
                self.tell("bridge", "off")
            case 1:
                self.tell("bridge", "1 client")
            case _:
                self.tell("bridge", f"{count} clients")

    @property
    def text(self) -> str:
        """All of it."""
        return _BETWEEN.join(f"{name} {text}" for name, text in self._facts.items() if text)

    def render(self) -> Text:
        facts = [f"{name} {text}" for name, text in self._facts.items() if text]
        lines = packed(facts, self.size.width, max(self.size.height, 1))
        return Text("\n".join(lines), no_wrap=True, overflow="ellipsis")


def packed(facts: list[str], width: int, rows: int) -> list[str]:
    """Facts in `rows` lines, as many as have room; the first one stands there in any case."""
    lines = [facts[0]]
    for fact in facts[1:]:
        if cell_len(lines[-1]) + cell_len(_BETWEEN) + cell_len(fact) <= width:
            lines[-1] += _BETWEEN + fact
        elif len(lines) < rows:
            lines.append(fact)
        else:
            break
    return lines


def card_words(row: dict[str, Any]) -> str:
    """A row of `GpuWatch.report`: ``RTX 4070 3.1 of 12.0 GB, 41 % busy``."""
    name = row["name"].removeprefix("NVIDIA ").removeprefix("GeForce ")
    used_gb, total_gb = row["vram_used_mb"] / 1000, row["vram_total_mb"] / 1000
    words = f"{name} {used_gb:.1f} of {total_gb:.1f} GB"
    busy = row["busy_share"]
    return words if busy is None else f"{words}, {100 * busy:.0f} % busy"
