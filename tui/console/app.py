"""The console's application: puts screens, list and engine together."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import SystemCommand
from textual.driver import Driver
from textual.screen import Screen
from textual.signal import Signal

from ...core.errors import SkaldcastError, TextError
from . import messages as m
from . import views
from .cue_work import CueWork
from .desks import Desks
from .engine_link import EngineLink
from .keeping import Keeper, Kept
from .keys import BY_NAME, EVERYWHERE, bindings, shown
from .log_keeping import LogPosted
from .notices import in_words
from .patient_driver import PatientDriver
from .prompting import Prompted, Wish, read_prompt
from .screens.main import MainScreen
from .screens.view import View
from .theme import DARK, LIGHT
from .widgets.guide import SAMPLE
from .widgets.prompt import Prompt

if TYPE_CHECKING:
    from .seam import ConsoleSetup

_MESSAGES = 2_000
"""Kept for the screen of messages."""
_FADE_S = 0.15
"""From the request to pause until it is silent: a pipe, then a fade of 50 ms."""
_AUTOSAVE_S = 1.0
_ONLY_ON_MAIN = {"open", "save", "script"}
_NOT_OVER_SHEETS = {*_ONLY_ON_MAIN, "help", "log", "command_palette", "suspend", "views", "render"}
_PICTURE_S = 0.05
"""Until the first picture is on the terminal."""


class ConsoleApp(CueWork):
    """Open it with `run_async`; its value is the exit status.

    `setup` makes the narrator, `folder` keeps what is kept, `script` is opened at the start;
    `time_of_day` is what stands before each message, eight characters.
    """

    CSS_PATH = "console.tcss"
    TITLE = "Skaldcast"
    BINDINGS = bindings(EVERYWHERE, priority=True)
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "f2"

    def __init__(
        self,
        setup: "ConsoleSetup",
        folder: Path,
        *,
        script: Path | None = None,
        time_of_day: Callable[[], str] = lambda: time.strftime("%H:%M:%S"),
    ) -> None:
        super().__init__(Keeper(folder), script=script)
        self.setup = setup
        self._time_of_day = time_of_day
        self.link = EngineLink(setup, self.cues, self.post_message)
        self.told: deque[str] = deque(maxlen=_MESSAGES)
        self.desks = Desks(setup, self.link, self.works, self._say, self.post_message)
        self._farewell = setup.farewell
        self._kept = Kept()
        self._speaking: asyncio.Task[None] | None = None
        self._paused_for_shell = self._begun = False
        self._log_posted = LogPosted(self.post_message)

    # life

    def get_driver_class(self) -> type[Driver]:
        """Textual's own where it is told which, as in a browser."""
        chosen = super().get_driver_class()
        return PatientDriver if issubclass(PatientDriver, chosen) else chosen

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._keeper.claim()
        self._kept = self._keeper.kept()
        self.theme = DARK.name if self._kept.dark else LIGHT.name
        self.begin_capture_print(self)  # what `tell` says
        logging.getLogger().addHandler(self._log_posted)
        self.main = MainScreen(self.cues, self.works, guided=not self._kept.guide_shown)
        self.push_screen(self.main)
        self.set_interval(_AUTOSAVE_S, self._autosave.save)
        back: Signal[ConsoleApp] = self.app_resume_signal  # pyright: ignore[reportUnknownMemberType, reportAssignmentType, reportUnknownVariableType]
        back.subscribe(self, self._on_back)
        self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        logging.getLogger().removeHandler(self._log_posted)

    def _begin(self) -> None:
        self._begun = True
        self.main.last_told.told = self.told
        self.open_at_start()
        if not self._kept.guide_shown:
            self._keep(replace(self._kept, guide_shown=True))
        # The engine's imports take the interpreter for a second: the first picture goes before.
        self.set_timer(_PICTURE_S, self._start_voice)

    def _start_voice(self) -> None:
        if not self.is_leaving:
            self._speaking = asyncio.create_task(self.link.voice.run(), name="engine link")

    async def farewell(self) -> None:
        """What would be lost is kept first: the voice may take long to end."""
        self.notice(self._farewell)
        await self._autosave.finish()
        await self.desks.close()
        await self.works.close()
        await self.link.voice.close()
        if self._speaking is not None:
            await asyncio.wait((self._speaking,))
        await self._autosave.finish()
        self._keeper.close()

    @property
    def longest_farewell_s(self) -> float | None:
        """A file of sound is whole only once it was finished, however long that takes."""
        return None if self.link.writes_a_file else super().longest_farewell_s

    # what is told

    def notice(self, text: str, *, is_trouble: bool = False) -> None:
        """A line for the user, on the screen and among the messages."""
        text = " ".join(text.split())
        self._remember(f"trouble: {text}" if is_trouble else text)
        if not self._begun:
            return
        self.main.notice(text, is_trouble=is_trouble)
        if isinstance(self.screen, View):
            self.screen.notice(text, is_trouble=is_trouble)

    def _say(self, text: str, is_trouble: bool) -> None:
        self.notice(text, is_trouble=is_trouble)

    def on_print(self, event: events.Print) -> None:
        """What the command line's parts say to the user."""
        for line in event.text.splitlines():
            if line := line.strip().removeprefix("skaldcast: "):
                self.notice(line)

    def on_logged(self, record: m.Logged) -> None:
        """Troubles are told; the rest stands among the messages."""
        if record.is_trouble:
            self.notice(record.text, is_trouble=True)
        else:
            self._remember(f"{record.level}: {' '.join(record.text.split())}")

    def on_from_engine(self, message: m.FromEngine) -> None:
        """What the engine tells goes to the main screen, whatever lies over it."""
        if (line := in_words(message)) is not None:
            self._remember(line)
        if isinstance(message, m.VoiceStarting):
            self.attempt(lambda: self.works.start("Load the voice", self.link.voice.loading))
        if isinstance(message, m.LineChanged):
            self._autosave.place_changed()
        self.main.follows(self.link.runs_on)
        self.main.take(message)
        if isinstance(self.screen, View):
            self.screen.take(message)

    def _remember(self, line: str) -> None:
        self.told.append(f"{self._time_of_day()} {line}")
        if self._begun:
            self.main.last_told.refresh()

    def attempt(self, action: Callable[[], object]) -> None:
        """Do what a key asks for; what cannot be done is told."""
        try:
            action()
        except (SkaldcastError, ValueError) as error:
            self.notice(str(error), is_trouble=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a sheet is open, the keys of sheets are its own; the transport stays, as it does on
        the other screens."""
        del parameters
        if not self._begun:  # the first picture is not there yet
            return action == "quit"
        if isinstance(self.screen, View):
            return action not in _ONLY_ON_MAIN
        return action not in _NOT_OVER_SHEETS or self.screen is self.main

    # transport

    def action_go(self) -> None:
        self.attempt(self.link.go)
        self.main.list_changed()

    def action_pause(self) -> None:
        self.attempt(self.link.toggle_pause)

    def action_skip(self) -> None:
        self.attempt(self.link.skip)

    def action_panic(self) -> None:
        self.attempt(self.link.panic)

    def action_replay(self) -> None:
        self.attempt(self.link.replay)

    def action_follow(self) -> None:
        self.attempt(lambda: self.main.follows(self.link.follow()))

    def action_start_voice(self) -> None:
        self.attempt(self.link.voice.start_again)

    async def action_suspend(self) -> None:
        """This process stands still until `fg` and makes no more text of the list into speech, so
        the voice is paused first: it goes on where it stopped, and nothing runs dry."""
        if self.link.pause_for():
            self._paused_for_shell = True
            self.set_timer(_FADE_S, self.action_suspend_process)
        else:
            self.action_suspend_process()

    def _on_back(self, _: object) -> None:
        if self._paused_for_shell:
            self._paused_for_shell = False
            self.attempt(self.link.resume)

    # the prompt

    def on_prompt_given(self, event: Prompt.Given) -> None:
        prompted = read_prompt(event.line)
        if prompted is None and not event.line.strip() and self.main.guide is not None:
            prompted = Prompted(Wish.SPEAK, SAMPLE)
        if prompted is None:
            return
        self.attempt(lambda: self.link.give(prompted))
        if prompted.wish is Wish.ADD:
            self.list_changed()

    # looks

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette has what the table of keys has, and what the open view's has."""
        for key in screen.KEYS if isinstance(screen, View) else ():
            name = f"{key.label} ({shown(key.keys.split(',')[0])})"
            yield SystemCommand(name, key.meaning, partial(screen.run_action, key.action))
        for key in (*EVERYWHERE, *BY_NAME):
            if key.action != "command_palette":
                name = f"{key.label} ({shown(key.keys.split(',')[0])})" if key.keys else key.label
                yield SystemCommand(name, key.meaning, partial(self.run_action, key.action))
        for view in views.VIEWS:
            yield SystemCommand(view.label, view.meaning, partial(self.action_view, view.name))

    def action_help(self) -> None:
        from .screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_log(self) -> None:
        from .screens.log import LogScreen

        self.push_screen(LogScreen(self.told))

    def action_theme(self) -> None:
        dark = self.theme != DARK.name
        self.theme = DARK.name if dark else LIGHT.name
        self._keep(replace(self._kept, dark=dark))

    def _keep(self, kept: Kept) -> None:
        self._kept = kept
        with contextlib.suppress(TextError):  # the next start shows the guide again, no more
            self._keeper.keep(kept)
