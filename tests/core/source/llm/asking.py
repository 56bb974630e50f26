"""What tests of the storyteller share: one that asks a real server, and what it told."""

from typing import Any

from skaldcast.core.settings import LlmSettings
from skaldcast.core.source.llm.status import StoryState, StoryStatus
from skaldcast.core.source.llm.storyteller import Answer, Storyteller
from tests.chat_server import ChatServer

_PATIENT: dict[str, Any] = {"first_token_s": 600.0, "stall_s": 600.0}
"""What ends for another reason shall not end for this one."""


class Table:
    """A storyteller at a server, whose waits before asking again take no time."""

    def __init__(self, server: ChatServer | str, **settings: Any) -> None:
        endpoint = server if isinstance(server, str) else server.endpoint
        self.told: list[StoryStatus] = []
        self.waits: list[float] = []
        self.storyteller = Storyteller(
            LlmSettings(**({"endpoint": endpoint, "model": "tale"} | _PATIENT | settings)),
            self.told.append,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def __aenter__(self) -> "Table":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.storyteller.close()

    @property
    def states(self) -> list[StoryState]:
        return [status.state for status in self.told]

    @property
    def lines(self) -> list[str]:
        """What the user was told."""
        return [status.text for status in self.told if status.text]


async def read(answer: Answer) -> tuple[str, str]:
    """The text of an answer, and the error that ended it."""
    text = ""
    try:
        async for piece in answer:
            text += piece
    except Exception as error:
        return text, str(error)
    return text, ""
