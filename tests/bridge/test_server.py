"""The server and its sockets: who gets in, and that no client's fault touches another."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from skaldcast.bridge.limits import Limits
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.protocol import CloseCode, ErrorCode
from skaldcast.bridge.protocol.auth import answer
from skaldcast.bridge.protocol.handshake import Challenge
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.errors import BridgeError, ConfigError, ProcessError
from tests.bridge.serving import FakeNarrator, raw, serving
from tests.core.narrating import run, until

# who gets in


def test_a_line_goes_in_and_events_come_out():
    async def work() -> None:
        async with serving() as (server, narrator), raw(server.url) as client:
            assert client.socket.subprotocol == "skaldcast.v1"
            assert (await client.identify())["type"] == "identified"
            assert (await client.ask("say", text="Hi.", cue_id="a"))["cue_id"] == "a"
            narrator.tell()
            assert (await client.event("cue_queued"))["text"] == "Hi."
            narrator.end(narrator.all["a"])
            narrator.tell()
            assert (await client.event("cue_finished"))["outcome"] == "finished"

    run(work)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost"])
def test_a_web_page_that_was_not_allowed_is_refused(origin: str):
    async def work() -> None:
        async with serving(origins=("http://localhost:8060",)) as (server, _):
            with pytest.raises(InvalidStatus) as caught:
                async with raw(server.url, origin=origin):
                    pass
            assert caught.value.response.status_code == 403

    run(work)


def test_a_web_page_that_was_allowed_gets_in():
    async def work() -> None:
        async with (
            serving(origins=("http://localhost:8060",)) as (server, _),
            raw(server.url, origin="http://localhost:8060") as client,
        ):
            assert (await client.identify())["type"] == "identified"

    run(work)


@pytest.mark.parametrize("offered", [None, ["other", "skaldcast.v1"]])
def test_a_client_may_offer_no_subprotocol_or_more(offered: list[str] | None):
    async def work() -> None:
        async with serving() as (server, _), raw(server.url, subprotocols=offered) as client:
            assert (await client.identify())["type"] == "identified"

    run(work)


def test_a_client_of_another_protocol_is_refused():
    async def work() -> None:
        async with serving() as (server, _):
            with pytest.raises(InvalidStatus) as caught:
                async with raw(server.url, subprotocols=["obswebsocket.json"]):
                    pass
            assert caught.value.response.status_code == 400

    run(work)


def test_compression_is_not_negotiated_so_there_are_no_bombs():
    async def work() -> None:
        async with serving() as (server, _), raw(server.url, compression="deflate") as client:
            assert client.socket.protocol.extensions == []
            assert (await client.identify())["type"] == "identified"

    run(work)


def test_a_wrong_password_and_a_replayed_answer_are_refused():
    async def work() -> None:
        async with serving(password="hush") as (server, _):
            answers: list[str] = []
            async with raw(server.url) as client:
                challenge = Challenge(**(await client.receive())["auth"])
                answers = [answer("wrong", challenge), answer("hush", challenge)]
                await client.send(type="identify", protocol=1, client="t", auth=answers[1])
                assert (await client.receive())["type"] == "identified"
            for given in answers:
                async with raw(server.url) as client:
                    await client.send(type="identify", protocol=1, client="t", auth=given)
                    assert (await client.closed())[0] == CloseCode.AUTH_FAILED

    run(work)


def test_who_says_nothing_is_sent_away():
    async def work() -> None:
        async with (
            serving(limits=Limits(identify_s=0.05)) as (server, _),
            raw(server.url) as client,
        ):
            assert (await client.closed())[0] == CloseCode.NO_IDENTIFY

    run(work)


def test_there_is_room_for_so_many_clients():
    async def work() -> None:
        async with serving(limits=Limits(sessions=1)) as (server, _), raw(server.url) as first:
            await first.identify()
            async with raw(server.url) as second:
                assert (await second.closed())[0] == CloseCode.TOO_MANY_SESSIONS
            assert (await first.ask("pause"))["type"] == "ok"
            await first.socket.close()
            async with raw(server.url) as third:
                assert (await third.identify())["type"] == "identified"

    run(work)


# where it listens


def test_an_address_that_is_taken_is_told():
    async def work() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            server = BridgeServer(FakeNarrator(), BridgeOptions(port=port))
            with pytest.raises(BridgeError, match=f"127.0.0.1:{port}: address already in use;"):
                await server.bind()
            await server.close()

    run(work)


def test_a_certificate_makes_the_address_a_secure_one(tmp_path: Path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    files = ("-keyout", str(key), "-out", str(certificate))
    make = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    subprocess.run([*make, *names, *files], check=True, capture_output=True)

    async def work() -> None:
        async with serving(certificate=certificate, key=key) as (server, _):
            assert server.url.startswith("wss://127.0.0.1:")
            context = ssl.create_default_context(cafile=str(certificate))
            async with raw(server.url, ssl=context) as client:
                assert (await client.identify())["type"] == "identified"

    run(work)


def test_a_certificate_that_is_none_is_told(tmp_path: Path):
    async def work() -> None:
        (tmp_path / "c.pem").write_text("nonsense")
        for name in ("c.pem", "missing.pem"):
            options = BridgeOptions(port=0, certificate=tmp_path / name)
            with pytest.raises(ConfigError, match=name):
                await BridgeServer(FakeNarrator(), options).bind()

    run(work)


# faults of a client


@pytest.mark.parametrize("size", [65_600, 200_000])
def test_a_frame_that_is_too_large_is_refused_and_the_connection_goes_on(size: int):
    async def work() -> None:
        async with serving() as (server, _), raw(server.url) as client:
            await client.identify()
            reply = await client.ask("say", text="x" * size)
            assert reply["code"] == ErrorCode.TOO_LARGE
            assert (await client.ask("pause"))["type"] == "ok"

    run(work)


def test_a_frame_that_is_far_too_large_ends_its_connection_alone():
    async def work() -> None:
        async with (
            serving() as (server, _),
            raw(server.url) as other,
            raw(server.url) as client,
        ):
            await other.identify()
            await client.identify()
            await client.send(type="say", id="1", text="x" * 300_000)
            assert (await client.closed())[0] == 1009
            assert (await other.ask("pause"))["type"] == "ok"

    run(work)


def test_a_connection_that_is_torn_off_leaves_the_others_alone_and_its_session_to_resume():
    async def work() -> None:
        async with serving() as (server, narrator), raw(server.url) as other:
            await other.identify()
            async with raw(server.url) as client:
                name = (await client.identify())["session"]
                client.socket.transport.abort()
            await until(lambda: any(s.sink is None for s in server.hub.sessions))
            narrator.tell_words(3)
            assert (await other.event("word_started"))["seq"] == 1
            async with raw(server.url) as again:
                point = {"session": name, "last_seq": 0}
                assert (await again.identify(resume=point))["resumed"] is True
                assert [(await again.receive())["seq"] for _ in range(3)] == [1, 2, 3]

    run(work)


def test_the_other_connection_of_a_session_is_closed():
    async def work() -> None:
        async with serving() as (server, narrator), raw(server.url) as first:
            name = (await first.identify())["session"]
            async with raw(server.url) as second:
                await second.identify(resume={"session": name, "last_seq": 0})
                assert (await first.closed())[0] == CloseCode.SESSION_TAKEN
                narrator.tell_words(1)
                assert (await second.receive())["seq"] == 1

    run(work)


def test_a_slow_reader_gets_all_of_it_later():
    async def work() -> None:
        async with (
            serving(limits=Limits(kept_events=10_000)) as (server, narrator),
            raw(server.url) as slow,
            raw(server.url) as other,
        ):
            await slow.identify(events=["word_started", "buffer_level"])
            await other.identify()
            slow.socket.transport.pause_reading()
            for _ in range(20):
                narrator.tell_words(200, "w" * 2_000)  # 8 MB: more than the system takes
                await other.event("word_started")
            (session,) = (s for s in server.hub.sessions if len(s.events) == 2)
            assert session.sink is not None
            await until(lambda: session.sink is not None and session.sink.congested)
            levels = session.log.last_seq
            server.hub.tell_level(0.0)
            assert session.log.last_seq == levels
            slow.socket.transport.resume_reading()
            words = [await slow.event("word_started") for _ in range(4_000)]
            seqs = [word["seq"] for word in words]
            assert seqs == sorted(set(seqs))

    run(work)


def test_who_reads_so_slowly_that_events_are_lost_is_sent_away_and_others_are_not_touched():
    async def work() -> None:
        async with (
            serving(limits=Limits(kept_events=50)) as (server, narrator),
            raw(server.url) as slow,
            raw(server.url) as other,
        ):
            await slow.identify()
            await other.identify()
            slow.socket.transport.pause_reading()
            for _ in range(200):
                narrator.tell_words(20, "w" * 2_000)
                for _ in range(20):
                    await other.event("word_started")
            slow.socket.transport.resume_reading()
            assert (await slow.closed())[0] == CloseCode.TOO_SLOW
            assert (await other.ask("pause"))["type"] == "ok"

    run(work)


def test_a_half_open_connection_is_found():
    async def work() -> None:
        async with (
            serving(limits=Limits(ping_s=0.1)) as (server, _),
            raw(server.url, ping_interval=None) as client,
        ):
            await client.identify()
            client.socket.transport.pause_reading()  # no pong will come
            await until(lambda: all(s.sink is None for s in server.hub.sessions))

    run(work)


def test_a_flood_is_refused_and_another_client_is_served():
    async def work() -> None:
        async with (
            serving(limits=Limits(messages_per_s=100.0, burst=100.0)) as (server, _),
            raw(server.url) as flood,
            raw(server.url) as other,
        ):
            await flood.identify()
            await other.identify()
            codes: list[int | None] = []

            async def read() -> None:
                for _ in range(2_000):
                    codes.append((await flood.receive()).get("code"))  # noqa: PERF401

            reading = asyncio.create_task(read())
            for n in range(2_000):
                await flood.send(type="pause", id=str(n))
            assert (await other.ask("pause"))["type"] == "ok"
            await reading
            assert codes.count(ErrorCode.TOO_MANY_MESSAGES) > 1_000

    run(work)


def test_200_clients_are_told_everything_in_order():
    async def work() -> None:
        async with serving() as (server, narrator):
            opened = [raw(server.url) for _ in range(200)]
            clients = [await one.__aenter__() for one in opened]
            for client in clients:
                await client.identify()
            narrator.tell_words(50)
            for client in clients:
                assert [(await client.receive())["seq"] for _ in range(50)] == list(range(1, 51))
            for one in opened:
                await one.__aexit__(None, None, None)

    run(work)


def test_a_fault_of_ours_ends_one_connection_and_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
):
    async def work() -> None:
        async with (
            serving() as (server, narrator),
            raw(server.url) as client,
            raw(server.url) as other,
        ):
            await client.identify()
            await other.identify()
            monkeypatch.setattr(narrator, "pause", lambda: 1 / 0)
            await client.send(type="pause", id="1")
            assert (await client.closed())[0] == CloseCode.INTERNAL
            assert (await other.ask("stop"))["type"] == "ok"

    run(work)


# the engine


def test_a_failed_engine_is_told_to_all_and_to_those_who_come_later():
    async def work() -> None:
        async with serving() as (server, narrator), raw(server.url) as client:
            await client.identify()
            narrator.fail(ProcessError("the voice is gone"))
            told = await client.receive()
            assert (told["type"], told["code"]) == ("error", ErrorCode.ENGINE_FAILED)
            async with raw(server.url) as later:
                await later.identify()
                assert (await later.receive())["text"] == "the voice is gone"

    run(work)


def test_at_the_end_all_is_told_before_goodbye():
    async def work() -> None:
        async with serving() as (server, narrator), raw(server.url) as client:
            await client.identify()
            narrator.tell_words(100)
            closing = asyncio.create_task(server.close())
            assert [(await client.receive())["seq"] for _ in range(100)] == list(range(1, 101))
            assert (await client.closed())[0] == 1001
            await closing

    run(work)
