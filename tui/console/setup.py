"""What the console needs of the command line: a narrator, and what goes with one.

All of it is imported when it is asked for: the screens are there before.
"""

import contextlib
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import SkaldcastError
from ..streams import tell

if TYPE_CHECKING:
    from ...core.narrator import Narrator
    from ...core.narrator_options import NarratorOptions
    from ...core.source.llm.status import StoryStatus
    from ...core.source.llm.storyteller import Storyteller
    from ..bridging import Bridge


class Setup:
    """By the arguments of the command line, which are read again at each start of the voice: what
    was wrong in the settings may have been put right."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self.bridge: Bridge | None = None
        """While the voice is there, unless it is off."""

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

    def model_named(self) -> str:
        """The language model that is asked. Raises `ConfigError`."""
        from ..options import settings_of

        return settings_of(self._arguments).settings.llm.model

    @contextlib.asynccontextmanager
    async def around(self, narrator: "Narrator") -> AsyncGenerator[None]:
        """Keep the session's record, and let games in, while the voice is there; the bridge is
        left out where its address cannot be had, which is told."""
        from ..journaling import Begun, recorded

        async with recorded(self._arguments, narrator, Begun("console")):
            yield

    @contextlib.asynccontextmanager
    async def beside(self, narrator: "Narrator") -> AsyncGenerator[None]:
        """The bridge, once the narrator has started."""
        if getattr(self._arguments, "no_bridge", False):
            yield
            return
        from ..bridging import Bridge
        from ..options import settings_of

        self.bridge = bridge = Bridge(settings_of(self._arguments), narrator)
        try:
            try:
                await bridge.bind()
                await bridge.start()
            except SkaldcastError as error:
                tell(str(error))
                self.bridge = None
            yield
        finally:
            self.bridge = None
            await bridge.close()

    def finish(self, narrator: "Narrator") -> None:
        """The narration is over: write the report that was asked for."""
        from ..narration import finish_report

        finish_report(self._arguments, narrator)
