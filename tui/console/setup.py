"""What the console needs of the command line: a narrator, and what goes with one.

All of it is imported when it is asked for: the screens are there before.
"""

import contextlib
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import SkaldcastError
from ..streams import tell

if TYPE_CHECKING:
    from ...core.config import LoadedSettings
    from ...core.narrator import Narrator
    from ...core.source.llm.status import StoryStatus
    from ...core.source.llm.storyteller import Storyteller


class Setup:
    """By the arguments of the command line, which are read again at each start of the voice: what
    was wrong in the settings may have been put right."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments

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

    def load_settings(self) -> "LoadedSettings":
        """As they are now. Raises `ConfigError`."""
        from ..options import settings_of

        return settings_of(self._arguments)

    @property
    def settings_file(self) -> Path:
        """Where they are saved."""
        from ..settings_saving import settings_file

        return settings_file(self._arguments)

    def save_settings(self, values: "Mapping[str, object]") -> Path:
        """Keep what was chosen, in the file that is returned. Raises `ConfigError`."""
        from ..settings_saving import save_settings

        return save_settings(self._arguments, values)

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

        bridge = Bridge(settings_of(self._arguments), narrator)
        try:
            try:
                await bridge.bind()
                await bridge.start()
            except SkaldcastError as error:
                tell(str(error))
            yield
        finally:
            await bridge.close()

    def finish(self, narrator: "Narrator") -> None:
        """The narration is over: write the report that was asked for."""
        from ..narration import finish_report

        finish_report(self._arguments, narrator)
