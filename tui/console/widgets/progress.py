"""Bars of long work. To have something done: `app.works.start("Fetch xtts", doing)`, where `doing`
is an async function of the `Work`; it calls `work.tell(done, total, "3 of 9 MB")`, in a thread too,
returns a last word, and is cancelled by Ctrl+B. To show it: `yield WorkBars(self.app.works)`."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.widget import Widget

from ..works import Work, Works

_EVERY_S = 0.2
_BAR_CELLS = 24
_NAME_CELLS = 28


class WorkBars(Widget):
    """A line for each long work: its name, a bar, how far it is; a click gives it up. Without any
    it takes no room."""

    DEFAULT_CSS = """
    WorkBars { height: auto; max-height: 4; padding: 0 1; color: $secondary; display: none; }
    WorkBars.-working { display: block; }
    """

    def __init__(self, works: Works, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._works = works
        self._shown: list[str] = []

    def on_mount(self) -> None:
        self.set_interval(_EVERY_S, self.look)
        self.look()

    def look(self) -> None:
        """Draw what has changed."""
        lines = [work_line(w, self._works.running_s(w), self.size.width) for w in self._works.all]
        if lines == self._shown:
            return
        self.set_class(bool(lines), "-working")
        self.refresh(layout=len(lines) != len(self._shown))
        self._shown = lines

    def render(self) -> RenderResult:
        return Text("\n".join(self._shown), no_wrap=True, overflow="ellipsis")

    def on_click(self, event: Click) -> None:
        works = self._works.all
        if event.y < len(works):
            self._works.give_up(works[event.y])


def work_line(work: Work, running_s: float, width: int) -> str:
    """How far a work is, in `width` cells: ``Render  [██···]  40 %  2 of 5 cues  Ctrl+B gives up``.
    Where that is not known, a mark that moves on each second."""
    if work.share is None:
        at, bar = int(running_s) % _BAR_CELLS, ["·"] * _BAR_CELLS
        bar[at] = "█"
        how_far = f"{running_s:.0f} s"
    else:
        full = round(work.share * _BAR_CELLS)
        bar = ["█"] * full + ["·"] * (_BAR_CELLS - full)
        how_far = f"{100 * work.share:.0f} %"
    name = work.name
    if cell_len(name) > _NAME_CELLS:
        name = set_cell_size(name, _NAME_CELLS - 1) + "…"
    drawn, hint = f"[{''.join(bar)}]", "Ctrl+B gives up"
    line = ""
    for parts in (
        (name, drawn, how_far, work.note, hint),
        (name, drawn, how_far, hint),
        (name, drawn, how_far),
        (name, how_far),
    ):
        line = "  ".join(part for part in parts if part)
        if cell_len(line) <= width:
            break
    return line
