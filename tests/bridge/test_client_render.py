"""Files as a client gets them, with a server that answers as the test says."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from skaldcast.bridge.client_render import ClientRenders
from skaldcast.bridge.protocol import Ok, RenderFinished, RenderOk
from skaldcast.bridge.protocol import requests as ask
from skaldcast.bridge.protocol.audio import pack_bytes
from skaldcast.core.errors import BridgeError
from tests.core.narrating import until

REQUEST = ask.Render(id="1", text="Hi.")


class Server:
    """Takes requests, where it is there, and answers the first with the stream 7."""

    def __init__(self, *, there: bool = True) -> None:
        self.asked: list[ask.Request] = []
        self.given_up = 0
        self._there = there
        self.renders = ClientRenders(self.ask, lambda: "2", lambda _: there)

    async def ask(self, request: ask.Request, kind: type[Ok]) -> Ok:
        self.asked.append(request)
        if not self._there:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.given_up += 1
                raise
        if isinstance(request, ask.RenderCancel):
            raise BridgeError("no such file: it has ended")
        reply = RenderOk(id=request.id, stream=7)
        self.renders.begin(request.id, reply.stream)
        return reply

    @property
    def is_forgotten(self) -> bool:
        return not self.renders._asked and not self.renders._coming


def run(work: Callable[[asyncio.Task[object]], Awaitable[None]], server: Server) -> None:
    async def main() -> None:
        making = asyncio.create_task(server.renders.render(lambda: REQUEST))
        await until(lambda: bool(server.asked))
        await work(making)  # pyright: ignore[reportArgumentType]

    asyncio.run(asyncio.wait_for(main(), 20))


async def _end(making: asyncio.Task[object]) -> None:
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making


def test_what_the_server_never_heard_of_is_not_asked_for_any_more():
    server = Server(there=False)

    async def work(making: asyncio.Task[object]) -> None:
        await _end(making)
        await until(lambda: server.given_up == 1)
        assert server.is_forgotten

    run(work, server)
    assert server.asked == [REQUEST]


def test_one_that_has_ended_when_it_is_taken_back_is_forgotten():
    server = Server()

    async def work(making: asyncio.Task[object]) -> None:
        await _end(making)
        await until(lambda: server.is_forgotten)

    run(work, server)
    assert [type(request) for request in server.asked] == [ask.Render, ask.RenderCancel]


def test_a_file_of_which_a_part_is_missing_is_told():
    server = Server()

    async def work(making: asyncio.Task[object]) -> None:
        server.renders.take(pack_bytes(7, 0, 0, b"abc"))
        server.renders.tell(RenderFinished(stream=7, size=4, duration_s=1.0))
        with pytest.raises(BridgeError, match="part of the file is missing"):
            await making

    run(work, server)
