"""The web address, over real sockets."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from skaldcast.bridge.web.access import Access
from skaldcast.bridge.web.application import make_application
from skaldcast.bridge.web.options import WebLimits, WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.bridge.web.visitors import Visitors
from skaldcast.core.errors import BridgeError
from skaldcast.core.events import ChunkStarted, OutputLost
from tests.bridge.web.watching import FakeNarrator
from tests.core.narrating import run, until


@contextlib.asynccontextmanager
async def serving(
    folder: Path, *, host: str = "127.0.0.1", require_token: bool = False, **limits: Any
) -> AsyncIterator[tuple[WebServer, FakeNarrator]]:
    narrator = FakeNarrator()
    options = WebOptions(
        host=host,
        port=0,
        origins=("https://game.example",),
        require_token=require_token,
        limits=WebLimits(**limits),
    )
    server = WebServer(narrator, options, TokenStore(folder / "tokens.json"), version="0.1.0")
    await server.start()
    try:
        yield server, narrator
    finally:
        await server.close()


def port_of(server: WebServer) -> int:
    return int(server.url.rpartition(":")[2])


async def get(
    server: WebServer, path: str, method: str = "GET", **options: Any
) -> tuple[int, Any, Any]:
    url = f"http://127.0.0.1:{port_of(server)}{path}"
    async with aiohttp.request(method, url, **options) as answer:
        body = await answer.text()
        if answer.content_type == "application/json":
            body = await answer.json()
        return answer.status, body, answer.headers


async def raw(server: WebServer, request: bytes) -> bytes:
    """All that is answered to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


def test_health_and_metrics_are_answered(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            status, body, headers = await get(server, "/health")
            assert (status, body["status"]) == (200, "ok")
            assert headers["Cache-Control"] == "no-store"
            status, body, headers = await get(server, "/metrics")
            assert status == 200
            assert "skaldcast_underruns_total 1.0" in body
            assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
            wants = {"Accept": "application/openmetrics-text"}
            _, body, _ = await get(server, "/metrics", headers=wants)
            assert body.endswith("# EOF\n")

    run(work)


def test_what_the_engine_tells_changes_the_answer(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            narrator.tell(OutputLost(1.0, "unplugged"))
            await until(lambda: server.status.trouble is not None)
            status, body, _ = await get(server, "/health")
            assert status == 503
            assert "unplugged" in body["reason"]

    run(work)


def test_wrong_paths_and_methods_are_told_in_one_form(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            status, body, _ = await get(server, "/nothing")
            assert (status, body["error"]["message"]) == (404, "Not Found: GET /nothing")
            status, body, headers = await get(server, "/health", "POST")
            assert (status, body["error"]["message"]) == (405, "Method Not Allowed: POST /health")
            assert headers["Allow"] == "GET,HEAD"

    run(work)


def test_web_pages_of_others_and_names_that_lead_here_are_refused(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            evil = {"Origin": "https://evil.example"}
            assert (await get(server, "/metrics", headers=evil))[0] == 403
            rebound = {"Host": f"evil.example:{port_of(server)}"}
            status, body, headers = await get(server, "/metrics", headers=rebound)
            assert status == 401
            assert "a token is needed" in body["error"]["message"]
            assert headers["WWW-Authenticate"].startswith("Bearer")

    run(work)


def test_a_page_that_is_named_is_told_that_it_may(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            page = {"Origin": "https://game.example"}
            status, _, headers = await get(server, "/health", headers=page)
            assert (status, headers["Access-Control-Allow-Origin"]) == (200, page["Origin"])
            asks = page | {"Access-Control-Request-Method": "POST"}
            status, _, headers = await get(server, "/v1/audio/speech", "OPTIONS", headers=asks)
            assert status == 204
            assert "POST" in headers["Access-Control-Allow-Methods"]

    run(work)


def test_from_elsewhere_a_token_is_needed_until_it_is_revoked(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, host="0.0.0.0") as (server, _):
            store = TokenStore(tmp_path / "tokens.json")
            token = store.add("table")
            assert (await get(server, "/health"))[0] == 200
            assert (await get(server, "/metrics"))[0] == 401
            bearer = {"Authorization": f"Bearer {token}"}
            assert (await get(server, "/metrics", headers=bearer))[0] == 200
            assert (await get(server, f"/metrics?token={token}"))[0] == 200
            assert (await get(server, "/metrics?token=wrong"))[0] == 401
            store.revoke("table")
            assert (await get(server, "/metrics", headers=bearer))[0] == 401
            (tmp_path / "tokens.json").write_text("broken")
            assert (await get(server, "/metrics", headers=bearer))[0] == 401

    run(work)


def test_this_machine_too_needs_a_token_where_that_is_wanted(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, require_token=True) as (server, _):
            token = TokenStore(tmp_path / "tokens.json").add("proxy")
            assert await server.needs_tokens()
            assert (await get(server, "/health"))[0] == 200
            assert (await get(server, "/"))[0] == 401
            assert (await get(server, f"/?token={token}"))[0] == 200

    run(work)


def test_an_event_that_is_not_understood_is_logged_and_those_after_it_are_seen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            url = f"http://127.0.0.1:{port_of(server)}/subtitles"
            async with aiohttp.request("GET", url) as answer:
                await answer.content.readuntil(b"\n\n")
                narrator.tell(ChunkStarted(1.0, "broken", "Nobody finds its cue.", 0, 1.5))
                narrator.tell(OutputLost(2.0, "unplugged"))
                narrator.tell(ChunkStarted(3.0, "a", "The gate stood open.", 0, 1.5))
                assert b"The gate stood open." in await answer.content.readuntil(b"\n\n")
            assert (await get(server, "/health"))[0] == 503

    run(work)
    assert "ChunkStarted was not taken note of" in caplog.text


def test_a_header_that_is_too_long_or_too_many_is_a_bad_request(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, line_bytes=500, headers=8) as (server, _):
            long = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 600 + b"\r\n\r\n"
            assert (await raw(server, long)).startswith(b"HTTP/1.0 400")
            many = b"GET /health HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20 + b"\r\n"
            assert (await raw(server, many)).startswith(b"HTTP/1.0 400")
            assert (await raw(server, b"\x16\x03\x01\x00\xff\r\n\r\n")).startswith(b"HTTP/1.0 400")
            assert (await get(server, "/health"))[0] == 200

    run(work)


def test_a_connection_that_asks_nothing_is_closed(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, idle_s=0.05) as (server, _):
            assert await raw(server, b"") == b""
            assert await raw(server, b"GET /health HTTP/1.1\r\nHost: loc") == b""

    run(work)


def test_of_more_connections_than_there_may_be_the_last_is_told(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, connections=2) as (server, _):
            held = [await asyncio.open_connection("127.0.0.1", port_of(server)) for _ in "ab"]
            ask = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            answer = await raw(server, ask)
            assert answer.startswith(b"HTTP/1.1 503")
            for _, writer in held:
                writer.close()
            await until(lambda: not server.connections)
            assert (await raw(server, ask)).startswith(b"HTTP/1.1 200")

    run(work)


def test_an_address_that_is_taken_or_not_known_is_told(tmp_path: Path):
    async def work(host: str, port: int, told: str) -> None:
        store = TokenStore(tmp_path / "tokens.json")
        server = WebServer(FakeNarrator(), WebOptions(host=host, port=port), store)
        with pytest.raises(BridgeError, match=told):
            await server.start()
        await server.close()

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run(lambda: work("127.0.0.1", port, f"cannot listen on 127.0.0.1:{port}: address already"))
    run(lambda: work("no-such-host.invalid", 0, "not known"))


def handlers(*routes: web.RouteDef, **limits: Any) -> web.Application:
    access = Access(is_ours=True)
    return make_application(access, WebLimits(**limits), Visitors(30), routes)


def answered(application: web.Application, work: Callable[[str], Awaitable[None]]) -> None:
    """Let `work` ask an application of its own routes."""

    async def serve() -> None:
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            await work(f"http://127.0.0.1:{runner.addresses[0][1]}")
        finally:
            await runner.cleanup()

    run(serve)


def test_a_body_that_is_too_large_is_refused():
    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def work(url: str) -> None:
        async with aiohttp.request("POST", f"{url}/x", data=b"x" * 100) as answer:
            assert (answer.status, await answer.text()) == (200, "100")
        async with aiohttp.request("POST", f"{url}/x", data=b"x" * 1001) as answer:
            assert answer.status == 413
            assert "too large" in (await answer.json())["error"]["message"].lower()

    answered(handlers(web.post("/x", read), body_bytes=1000), work)


def test_a_fault_of_ours_says_nothing_of_what_is_inside(caplog: pytest.LogCaptureFixture):
    async def fail(_: web.Request) -> web.Response:
        raise RuntimeError("a secret")

    async def work(url: str) -> None:
        async with aiohttp.request("GET", f"{url}/x") as answer:
            assert answer.status == 500
            assert "secret" not in await answer.text()

    answered(handlers(web.get("/x", fail)), work)
    assert "a secret" in caplog.text
