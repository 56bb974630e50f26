"""Who reads no more, and whose token is revoked, is let go: over real sockets."""

import contextlib
import json
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from skaldcast.bridge.web.options import WebLimits, WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.core.events import ChunkStarted
from skaldcast.core.narrator import Narrator
from skaldcast.core.rendering import Rendition
from tests.bridge.web.test_server import get, port_of, serving
from tests.core.listening import listener
from tests.core.narrating import FAST, run, until
from tests.core.simulation import sentences

QUICK = {"look_s": 0.05, "unread_looks": 5}
LONG = sentences(range(300))
"""Spoken, it is more than the system's buffers hold."""
HEADERS = "Host: localhost\r\nConnection: keep-alive\r\n"


@pytest.fixture(params=["by us alone", "by the system too"])
def bounded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who breaks the connections off."""
    if request.param == "by us alone":
        monkeypatch.delattr(socket, "TCP_USER_TIMEOUT", raising=False)


@contextlib.contextmanager
def not_reading(server: WebServer, request: str) -> Iterator[None]:
    """Somebody who asks, and never reads the answer."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        one.connect(("127.0.0.1", port_of(server)))
        one.sendall(request.encode())
        yield


def speech(text: str, token: str = "") -> str:
    body = json.dumps({"input": text, "response_format": "pcm"})
    return (
        f"POST /v1/audio/speech?token={token} HTTP/1.1\r\n{HEADERS}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


@contextlib.asynccontextmanager
async def speaking(
    folder: Path, *, require_token: bool = False, **limits: Any
) -> AsyncGenerator[tuple[WebServer, Narrator, TokenStore]]:
    """A server with a real narrator."""
    tokens = TokenStore(folder / "tokens.json")
    options = WebOptions(
        port=0, require_token=require_token, limits=WebLimits(**{**QUICK, **limits})
    )
    async with Narrator(FAST) as narrator:
        server = WebServer(narrator, options, tokens)
        await server.start()
        try:
            yield server, narrator, tokens
        finally:
            narrator.stop()
            await server.close()


def renditions(narrator: Narrator) -> list[Rendition]:
    return narrator._running.renderer._renditions  # pyright: ignore


@pytest.mark.usefixtures("bounded")
def test_a_request_for_speech_that_is_not_read_is_given_up_and_others_go_on(tmp_path: Path):
    async def work() -> None:
        async with speaking(tmp_path) as (server, narrator, _):
            with not_reading(server, speech(LONG)):
                await until(lambda: bool(renditions(narrator)))
                (unread,) = renditions(narrator)
                body = {"input": LONG[:4_000], "response_format": "pcm"}
                async with aiohttp.request(
                    "POST", f"{server.url}/v1/audio/speech", json=body
                ) as answer:
                    size = len(await answer.read())
                assert size > 4_000 * 0.06 * 48_000
                await until(lambda: unread.ended)
                assert not unread.cut_whole
                await until(lambda: not server.connections)

    run(work)


@pytest.mark.usefixtures("bounded")
def test_subtitles_that_are_not_read_are_given_up_and_others_go_on(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, **QUICK) as (server, narrator):
            ask = f"GET /subtitles HTTP/1.1\r\n{HEADERS}\r\n"
            url = f"http://127.0.0.1:{port_of(server)}/subtitles"
            chunk = ChunkStarted(1.0, "a", "x" * 100_000, 0, 1.5)
            with not_reading(server, ask):
                await until(lambda: server.connections == 1)
                async with aiohttp.request("GET", url, read_bufsize=2**20) as answer:
                    await answer.content.readuntil(b"\n\n")
                    while server.connections == 2:
                        narrator.tell(chunk)
                        assert b"xxx" in await answer.content.readuntil(b"\n\n")
                    narrator.tell(chunk)
                    assert b"xxx" in await answer.content.readuntil(b"\n\n")

    run(work)


def test_the_server_ends_although_somebody_does_not_read(tmp_path: Path):
    async def work() -> None:
        limits = {"look_s": 60.0, "close_s": 0.1}
        async with serving(tmp_path, **limits) as (server, narrator):
            with not_reading(server, f"GET /subtitles HTTP/1.1\r\n{HEADERS}\r\n"):
                await until(lambda: server.connections == 1)
                for _ in range(5):
                    narrator.tell(ChunkStarted(1.0, "a", "x" * 1_000_000, 0, 1.5))
                await server.close()
                assert not server.connections

    run(work)


def revoked(work: Callable[[WebServer, Narrator, TokenStore, str], Awaitable[None]], folder: Path):
    """Do `work` at a server with a token that it revokes."""

    async def serve() -> None:
        limits = {"unread_looks": 100_000}  # who goes, goes with its token
        async with speaking(folder, require_token=True, **limits) as (server, narrator, tokens):
            await work(server, narrator, tokens, tokens.add("table"))

    run(serve)


def test_who_reads_along_goes_with_its_token(tmp_path: Path):
    async def work(server: WebServer, _: Narrator, tokens: TokenStore, token: str) -> None:
        other = tokens.add("other")
        url = f"{server.url}/subtitles?token="
        async with (
            aiohttp.request("GET", url + token) as answer,
            aiohttp.request("GET", url + other) as others,
        ):
            await answer.content.readuntil(b"\n\n")
            tokens.revoke("table")
            with pytest.raises(aiohttp.ClientError):
                await answer.read()
            assert server.connections == 1
            assert not others.content.at_eof()

    revoked(work, tmp_path)


def test_speech_that_is_being_made_ends_with_its_token(tmp_path: Path):
    async def work(server: WebServer, narrator: Narrator, tokens: TokenStore, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        body = {"input": LONG, "response_format": "pcm"}
        url = f"{server.url}/v1/audio/speech"
        async with aiohttp.request("POST", url, headers=headers, json=body) as answer:
            await answer.content.readany()
            (rendition,) = renditions(narrator)
            tokens.revoke("table")
            await until(lambda: rendition.ended)
            assert not rendition.cut_whole
            with pytest.raises(aiohttp.ClientError):
                await answer.read()

    revoked(work, tmp_path)


def test_who_listens_goes_with_its_token(tmp_path: Path):
    async def work(server: WebServer, narrator: Narrator, tokens: TokenStore, token: str) -> None:
        tokens.add("other")
        narrator.play(LONG)

        async def signal(offer: str) -> str:
            headers = {"Content-Type": "application/sdp"}
            path = f"/whep?token={token}"
            status, answer, _ = await get(server, path, "POST", data=offer, headers=headers)
            assert status == 201
            return answer

        async with listener(signal) as one:
            await one.hears(0.1)
            tokens.revoke("table")
            await until(lambda: one.peer.connectionState == "closed")
            assert not narrator.broadcast.listeners

    revoked(work, tmp_path)


def test_this_machine_needs_no_token_and_loses_nothing_by_one_that_is_revoked(tmp_path: Path):
    async def work() -> None:
        async with speaking(tmp_path) as (server, _, tokens):
            token = tokens.add("table")
            async with aiohttp.request("GET", f"{server.url}/subtitles?token={token}") as answer:
                await answer.content.readuntil(b"\n\n")
                tokens.revoke("table")
                assert not server.visitors.any_by_token
                assert server.connections == 1

    run(work)
