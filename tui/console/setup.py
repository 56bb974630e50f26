"""What the console needs of the command line: a narrator, and what goes with one.

All of it is imported when it is asked for: the screens are there before.
"""

import contextlib
import os
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import SkaldcastError
from ..streams import tell
from .settings_file import SettingsFile

if TYPE_CHECKING:
    from ...core.cue import Cue
    from ...core.cue_list import CueList, Line
    from ...core.narrator import Narrator
    from ...core.narrator_options import NarratorOptions
    from ...core.settings import LlmSettings
    from ...core.source.llm.status import StoryStatus
    from ...core.source.llm.storyteller import Storyteller
    from ..bridging import Bridge


class Setup:
    """By the arguments of the command line, which are read again at each start of the voice: what
    was wrong in the settings may have been put right."""

    farewell = "closing: the voice fades out ..."
    stands_still_with_us = True

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self.settings = settings_file(arguments)
        self.bridge: Bridge | None = None
        """There while the voice is."""
        self.bridge_trouble = "the bridge comes with the voice, which is not there yet"
        """Why there is no bridge; empty where there is one."""

    def client_brought(self, cue_id: str) -> bool:
        """Whether a cue that has not ended came over the bridge."""
        return self.bridge is not None and self.bridge.brought(cue_id)

    def client_count(self) -> int | None:
        """How many clients the bridge has; None without one."""
        return None if self.bridge is None else self.bridge.clients

    @property
    def voice_named(self) -> str:
        """The voice that was asked for on the command line; empty without one."""
        return getattr(self._arguments, "voice", "")

    def make_narrator(self) -> "Narrator":
        """Called in a thread: it imports the engine. Raises `SkaldcastError`."""
        from ..narration import make_narrator
        from ..options import settings_of

        for warning in settings_of(self._arguments).warnings:
            tell(f"warning: {warning}")
        return make_narrator(self._arguments)

    def make_renderer(self, options: "NarratorOptions", path: Path) -> "Narrator":
        """One that speaks as those options have it, into a file."""
        from ...core.narrator import Narrator

        return Narrator(replace(options, output=f"wav:{path}", ambience=None))

    def make_storyteller(self, on_status: "Callable[[StoryStatus], None]") -> "Storyteller":
        """Raises `ConfigError`."""
        from ...core.source.llm.storyteller import Storyteller
        from ..options import settings_of

        return Storyteller(settings_of(self._arguments).settings.llm, on_status)

    def llm(self) -> "tuple[LlmSettings, str]":
        """The language model's settings and its system prompt, as they are now. Reads files.
        Raises `ConfigError`."""
        from ...core.source.llm.prompt import read_prompt

        llm = self.settings.load().settings.llm
        return llm, read_prompt(llm.prompt_file)

    def model_named(self) -> str:
        """The language model that is asked. Raises `ConfigError`."""
        from ..options import settings_of

        return settings_of(self._arguments).settings.llm.model

    def given_before(self, narrator: "Narrator", cues: "CueList") -> "Iterable[tuple[Line, Cue]]":
        """None: the narrator is a new one."""
        del narrator, cues
        return ()

    @contextlib.asynccontextmanager
    async def around(self, narrator: "Narrator") -> AsyncGenerator[None]:
        """Keep the session's record, and let games in, while the voice is there; the bridge is
        left out where its address cannot be had, which is told."""
        from ..journaling import Begun, recorded

        async with recorded(self._arguments, narrator, Begun("console")):
            yield

    @contextlib.asynccontextmanager
    async def beside(self, narrator: "Narrator") -> AsyncGenerator[None]:
        """The bridge and the web address, once the narrator has started."""
        if getattr(self._arguments, "no_bridge", False):
            self.bridge_trouble = "there is no bridge: Skaldcast was started with --no-bridge"
            yield
            return
        from ..bridging import Bridge
        from ..options import settings_of
        from ..web_address import WebAddress

        loaded = settings_of(self._arguments)
        bridge = self.bridge = Bridge(loaded, narrator)
        web = WebAddress(loaded, narrator, lambda: bridge.clients or 0)
        self.bridge_trouble = ""
        try:
            try:
                await bridge.bind()
                await bridge.start()
            except SkaldcastError as error:
                self.bridge_trouble = str(error)
                tell(str(error))
            self.bridge_trouble = self.bridge_trouble or bridge.trouble
            if not getattr(self._arguments, "no_web", False):
                with _told():
                    await web.start()
            yield
        finally:
            self.bridge = None
            self.bridge_trouble = "the bridge went with the voice: F4 or R starts both again"
            await bridge.close()
            await web.close()

    def finish(self, narrator: "Narrator") -> None:
        """The narration is over: write the report that was asked for."""
        from ..narration import finish_report

        finish_report(self._arguments, narrator)


@contextlib.contextmanager
def _told() -> Generator[None]:
    """What goes wrong inside is told, and the voice is there all the same."""
    try:
        yield
    except SkaldcastError as error:
        tell(str(error))


def settings_file(arguments: Namespace) -> SettingsFile:
    """The settings file that these arguments mean."""
    from ...core.config import config_path
    from ..options import overrides_of

    named: Path | None = getattr(arguments, "config", None)
    path = named or config_path()
    return SettingsFile(path, os.environ, overrides_of(arguments), named=named is not None)
