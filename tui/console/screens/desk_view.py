"""What the screens for cast, voices and devices have in common."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.widgets import Static

from ....core.errors import SkaldcastError
from .. import messages as m
from ..keys import Key, hint
from .view import View

if TYPE_CHECKING:
    from ..app import ConsoleApp

_log = logging.getLogger(__name__)


class DeskView(View):
    """Its keys below the title, long work below what it shows. What it shows is read anew when it
    comes to the front, and when something was changed."""

    KEYS: ClassVar[tuple[Key, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self._was_opened = False

    def compose_body(self) -> ComposeResult:
        yield Static(id="hint", markup=False)
        yield from self.compose_desk()

    def compose_desk(self) -> ComposeResult:
        """What the screen shows."""
        raise NotImplementedError

    async def open(self) -> None:
        """Read what is shown; raises `SkaldcastError`."""
        raise NotImplementedError

    def show(self) -> None:
        """Show it as it stands."""
        raise NotImplementedError

    @property
    def console(self) -> "ConsoleApp":
        return cast("ConsoleApp", self.app)  # pyright: ignore[reportUnknownMemberType]

    def titled(self, *parts: str) -> None:
        """What stands in the first line."""
        self.query_one("#top", Static).update(" | ".join(part for part in parts if part))

    def on_mount(self) -> None:
        self.action_reload()

    def on_resize(self) -> None:
        self.query_one("#hint", Static).update(hint(self.KEYS, self.size.width - 2))

    def on_screen_resume(self) -> None:
        if self._was_opened:  # the first time it is on its way already
            self.action_reload()

    def take(self, message: m.FromEngine) -> None:
        match message:
            case m.DeskChanged():
                self.action_reload()
            case m.VoiceReady(voice=voice):
                self.notice(f"the voice {voice} is ready")
            case m.VoiceFailed(reason=reason):
                self.notice(f"{reason}; F4 tries again", is_trouble=True)
            case m.Told(text=text, is_trouble=is_trouble):
                self.notice(text, is_trouble=is_trouble)
            case _:
                pass

    def action_reload(self) -> None:
        self.run_worker(self._reload(), group="reload", exclusive=True, exit_on_error=False)

    async def _reload(self) -> None:
        try:
            await self.open()
        except SkaldcastError as error:
            self.notice(str(error), is_trouble=True)
        self._was_opened = True
        self.show()

    def attempt(self, action: Callable[[], object]) -> None:
        """Do what a key asks for; what cannot be done is told."""
        try:
            action()
        except (SkaldcastError, ValueError) as error:
            self.console.notice(str(error), is_trouble=True)

    def do(self, doing: Coroutine[object, object, str]) -> None:
        """Do it behind the screen, also where that is left; what comes of it is told."""
        self.console.run_worker(self._do(doing), group="desk", exit_on_error=False)

    async def _do(self, doing: Coroutine[object, object, str]) -> None:
        console = self.console
        try:
            if told := await doing:
                console.notice(told)
        except SkaldcastError as error:
            console.notice(str(error), is_trouble=True)
        except Exception as error:  # a defect of ours: the screens stay, and it is told
            _log.exception("what a key asked for failed")
            console.notice(f"an internal error, {error!r}", is_trouble=True)
