"""What tests with sockets share: a server around a narrator that only keeps account, and raw
clients."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from skaldcast.bridge.limits import Limits
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.protocol import SUBPROTOCOL
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.audio_tap import AudioTap
from skaldcast.core.errors import SkaldcastError
from skaldcast.core.events import Event, WordStarted
from skaldcast.core.subscription import Subscription
from tests.bridge.talking import FakeSpeaker
from tests.fakes import Clock


class FakeNarrator(FakeSpeaker):
    """Tells what a test lets it tell."""

    def __init__(self) -> None:
        super().__init__(Clock())
        self.failure: SkaldcastError | None = None
        self._failed = asyncio.Event()
        self._subscription: Subscription | None = None

    def events(self, *, capacity: int = 1000) -> Subscription:
        self._subscription = Subscription(capacity)
        return self._subscription

    def add_tap(self, tap: AudioTap) -> None:
        self.tap = tap

    async def failed(self) -> None:
        await self._failed.wait()

    def fail(self, error: SkaldcastError) -> None:
        self.failure = error
        self._failed.set()

    def tell(self, *events: Event) -> None:
        assert self._subscription is not None
        told, self.told = [*self.told, *events], []
        for event in told:
            self._subscription.put(event)

    def tell_words(self, count: int, word: str = "word") -> None:
        self.tell(*(WordStarted(float(n), "a", word, 0, 0.1) for n in range(count)))


@contextlib.asynccontextmanager
async def serving(
    *, limits: Limits | None = None, **options: Any
) -> AsyncIterator[tuple[BridgeServer, FakeNarrator]]:
    """A server that listens, and its narrator."""
    narrator = FakeNarrator()
    chosen = BridgeOptions(port=0, limits=limits or Limits(), **options)
    server = BridgeServer(narrator, chosen)
    await server.bind()
    await server.start()
    try:
        yield server, narrator
    finally:
        await server.close()


class RawClient:
    """A client that reads and writes frames, and answers nothing by itself."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        return json.loads(await self.socket.recv())

    async def identify(self, **fields: Any) -> dict[str, Any]:
        hello = await self.receive()
        assert hello["type"] == "hello"
        await self.send(type="identify", protocol=1, client="test", **fields)
        return await self.receive()

    async def send(self, **fields: Any) -> None:
        await self.socket.send(json.dumps(fields))

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The reply; events that come before it are kept."""
        await self.send(type=kind, id="x", **fields)
        while True:
            message = await self.receive()
            if message.get("id") == "x":
                return message
            self.events.append(message)

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of this kind."""
        while True:
            message = self.events.pop(0) if self.events else await self.receive()
            if message["type"] == kind:
                return message

    async def closed(self) -> tuple[int | None, str]:
        """Why the server closed the connection."""
        try:
            while True:
                await self.socket.recv()
        except ConnectionClosed as error:
            return (error.rcvd.code, error.rcvd.reason) if error.rcvd else (None, "")


@contextlib.asynccontextmanager
async def raw(url: str, **options: Any) -> AsyncIterator[RawClient]:
    """A connection of which `hello` has not been read."""
    defaults = {"subprotocols": [SUBPROTOCOL], "compression": None, "close_timeout": 0.2}
    options = defaults | {"proxy": None} | options
    async with connect(url, **options) as socket:
        yield RawClient(socket)
