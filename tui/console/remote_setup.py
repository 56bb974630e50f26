"""What an attached console needs: the narrator of an engine that runs elsewhere."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, Self

from ...core.errors import StateError
from ..streams import tell

if TYPE_CHECKING:
    from ...core.cue import Cue
    from ...core.cue_list import CueList, Line
    from ...core.source.llm.status import StoryStatus
    from .remote_narrator import RemoteNarrator


class RemoteSetup:
    """By the address of a bridge and its password."""

    farewell = "closing: the voice goes on"
    stands_still_with_us = False

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._password = password

    @property
    def voice_named(self) -> str:
        """Where it is looked for."""
        return f"of {self._url}"

    def make_narrator(self) -> "RemoteNarrator":
        """Called in a thread: it imports the bridge's client."""
        from .remote_narrator import RemoteNarrator

        return RemoteNarrator(self._url, password=self._password, on_trouble=tell)

    def make_storyteller(self, on_status: "Callable[[StoryStatus], None]") -> "_NoStoryteller":
        """None can be had by way of the bridge."""
        del on_status
        return _NoStoryteller()

    def model_named(self) -> str:
        """The engine's model is not to be had by way of the bridge."""
        return "none (attached)"

    def given_before(
        self, narrator: "RemoteNarrator", cues: "CueList"
    ) -> "Iterable[tuple[Line, Cue]]":
        """Those that were given and have not ended, found by their text."""
        from .remote_cues import lines_of

        return lines_of(narrator.cues, cues)

    def client_brought(self, cue_id: str) -> bool:
        """Whether a cue is a game's, not a console's."""
        from .remote_cues import is_consoles

        return not is_consoles(cue_id)

    def client_count(self) -> int | None:
        """How many clients the bridge has is not told by it."""
        return None

    def make_renderer(self, options: object, path: object) -> NoReturn:
        """Raises `StateError`: the voice is not here."""
        del options, path
        raise StateError(
            "an attached console writes no files: use `skaldcast read` where the voice is"
        )

    @contextlib.asynccontextmanager
    async def around(self, narrator: object) -> AsyncGenerator[None]:
        """The engine keeps the record and has the bridge."""
        del narrator
        yield

    beside = around

    def finish(self, narrator: object) -> None:
        """The engine writes its own report."""


class _NoStoryteller:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def tell(self, narrator: Any, prompt: str) -> object:
        del narrator, prompt
        raise StateError(
            "an attached console cannot ask the model; use `skaldcast ask` where the model is"
        )

    def stop(self) -> None:
        pass
