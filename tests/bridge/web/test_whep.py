"""How a player gets the voice: WHEP, over real sockets."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from skaldcast.core.errors import BroadcastError
from tests.bridge.web.test_server import get, raw, serving
from tests.core.narrating import run

SDP = {"Content-Type": "application/sdp"}


def test_an_offer_is_answered_and_its_resource_ends_it(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            status, body, headers = await get(server, "/whep", "POST", data="an offer", headers=SDP)
            assert (status, body) == (201, "an answer to an offer")
            assert headers["Content-Type"].startswith("application/sdp")
            assert headers["Location"] == "/whep/listener0"
            assert (await get(server, headers["Location"], "DELETE"))[0] == 200
            assert not narrator.listeners.there

    run(work)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BroadcastError("the offer is no SDP"), 400),
        (BroadcastError("50 listen already", later=True), 503),
    ],
)
def test_why_nobody_can_listen_is_told(error: BroadcastError, status: int, tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            narrator.listeners.refuses = error
            told, body, headers = await get(server, "/whep", "POST", data="x", headers=SDP)
            assert (told, body["error"]["message"]) == (status, str(error))
            assert ("Retry-After" in headers) == (status == 503)

    run(work)


def test_before_the_voice_is_there_one_is_asked_to_come_again(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            narrator.started = False
            assert (await get(server, "/whep", "POST", data="x", headers=SDP))[0] == 503
            assert (await get(server, "/whep/nobody", "DELETE"))[0] == 503

    run(work)


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"v=0", "text/plain", 415),
        (b"\xff\xfe", "application/sdp", 400),
        (b"x" * 70_000, "application/sdp", 413),
        (b"x" * 2_000_000, "application/sdp", 413),
    ],
)
def test_what_is_no_offer_does_not_reach_the_engine(
    data: bytes, kind: str, status: int, tmp_path: Path
):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            told, _, _ = await get(
                server, "/whep", "POST", data=data, headers={"Content-Type": kind}
            )
            assert told == status
            assert not narrator.listeners.there

    run(work)


def test_an_offer_that_comes_in_pieces_has_the_same_bound(tmp_path: Path):
    async def pieces() -> AsyncGenerator[bytes]:
        for _ in range(50):
            yield b"x" * 1_000

    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            told, _, _ = await get(server, "/whep", "POST", data=pieces(), headers=SDP)
            assert told == 413
            assert not narrator.listeners.there

    run(work)


def test_a_page_of_others_may_not_listen(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            headers = {**SDP, "Origin": "https://evil.example"}
            assert (await get(server, "/whep", "POST", data="x", headers=headers))[0] == 403
            assert not narrator.listeners.there

    run(work)


def test_trickled_candidates_are_refused_as_the_draft_allows(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, _):
            answer = await raw(
                server,
                b"PATCH /whep/listener0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )
            assert answer.startswith(b"HTTP/1.1 405 ")

    run(work)
