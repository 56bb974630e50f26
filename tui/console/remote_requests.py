"""What is asked of an engine elsewhere, on its way over the bridge."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ...bridge import protocol
from ...bridge.client import BridgeClient
from ...core.cue import Cue
from ...core.errors import BridgeError, StateError

_PIECE = 15_000
"""Characters in one message, which may have 64 KB."""
_MOST = 500
"""That wait for their replies."""


class RemoteRequests:
    """Sent in the order in which they are asked for, without anybody waiting; beyond a bound one
    more that has no reply yet is refused.

    Runs in the screens' event loop. `on_trouble` is told what the engine refused, in one line.
    """

    def __init__(self, client: BridgeClient, url: str, on_trouble: Callable[[str], object]) -> None:
        self._client = client
        self._url = url
        self._on_trouble = on_trouble
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def close(self) -> None:
        """Give up those that have no reply."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ask(self, request: Coroutine[Any, Any, None]) -> None:
        """Bring a request on its way; the client keeps their order. Raises `StateError` while there
        is no connection."""
        if not self._client.connected or len(self._tasks) >= _MOST:
            request.close()
            raise StateError(
                f"there is no connection to the engine at {self._url}: it is tried again and again"
                if not self._client.connected
                else "the engine does not answer: too much waits already"
            )
        self.begin(self._asked(request))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what takes several requests, beside all else; `close` gives it up too."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _asked(self, request: Coroutine[Any, Any, None]) -> None:
        try:
            await request
        except BridgeError as error:
            if not self._closing:
                self._on_trouble(str(error))


async def say(client: BridgeClient, cue: Cue) -> None:
    """Have a cue spoken, a long one in pieces; raises `BridgeError`."""
    first, *rest = (cue.text[at : at + _PIECE] for at in range(0, len(cue.text) or 1, _PIECE))
    given: dict[str, Any] = {
        "voice": cue.voice,
        "character": cue.character,
        "priority": protocol.Priority[cue.priority.name],
        "cue_id": cue.cue_id,
    }
    if not rest:
        await client.say(first, **given)
        return
    await client.say_start(first, **given)
    for piece in rest:
        await client.say_append(cue.cue_id, piece)
    await client.say_finish(cue.cue_id)
