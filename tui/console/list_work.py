"""The console's long works: those of the whole list, and giving one up."""

from collections.abc import Callable
from pathlib import Path

from ...core.user_path import user_path
from .engine_link import EngineLink
from .going import Going
from .list_making import sound_place
from .screens.asking import AskLine
from .seam import ConsoleSetup
from .works import Works


class ListWork(Going):
    """An application with a list, that is made ahead or put into a file."""

    link: EngineLink
    setup: ConsoleSetup

    def __init__(self) -> None:
        super().__init__()
        self.works = Works(lambda text, trouble: self.notice(text, is_trouble=trouble))

    @property
    def script(self) -> Path | None:
        """The file that the list was taken from, or saved in."""
        raise NotImplementedError

    def notice(self, text: str, *, is_trouble: bool = False) -> None:
        """A line for the user."""
        raise NotImplementedError

    def attempt(self, action: Callable[[], object]) -> None:
        """Do what a key asks for; what cannot be done is told."""
        raise NotImplementedError

    def action_prepare_list(self) -> None:
        self.attempt(lambda: self.works.start("Prepare the list", self.link.prepare_all))

    def action_render(self) -> None:
        def taken(path: str | None) -> None:
            if path is not None:
                self.attempt(lambda: self._render(sound_place(user_path(path))))

        name = "list.wav" if self.script is None else str(self.script.with_suffix(".wav"))
        self.push_screen(
            AskLine("Render to a file", name, "a path that ends in .wav or .flac"), taken
        )

    def _render(self, place: Path) -> None:
        self.works.start(f"Render {place.name}", lambda work: self.link.render(work, place))

    def action_listen(self) -> None:
        self.attempt(self._show_link)

    def _show_link(self) -> None:
        from ..listener_link import make_link
        from .screens.listen import ListenScreen

        made = make_link(self.setup.load_settings().settings.web)
        self.push_screen(ListenScreen(made))

    def action_give_up(self) -> None:
        self.attempt(self.works.give_up)
