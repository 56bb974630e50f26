"""The Python client against a server whose narrator only keeps account."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from skaldcast.bridge.client import BridgeClient, RequestError, SessionRenewed
from skaldcast.bridge.client_state import Backoff
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.protocol import ErrorCode, EventName
from skaldcast.bridge.protocol.events import BridgeEvent, CueFinished, CueQueued, WordStarted
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.errors import BridgeError, ProcessError
from skaldcast.core.types import Outcome
from tests.bridge.serving import FakeNarrator, raw, serving
from tests.core.narrating import run, until


def client_of(server: BridgeServer, **options: Any) -> BridgeClient:
    backoff = Backoff(lambda: 0.0, first_s=0.002, most_s=0.05)
    return BridgeClient(server.url, backoff=backoff, **options)


@contextlib.asynccontextmanager
async def connected(**options: Any) -> AsyncIterator[tuple[BridgeClient, FakeNarrator]]:
    async with serving() as (server, narrator), client_of(server, **options) as client:
        yield client, narrator


def tear(client: BridgeClient) -> None:
    """The connection is lost, with all that is on its way."""
    assert client._socket is not None
    client._socket.transport.abort()


def test_a_line_from_its_acceptance_to_its_end():
    async def work() -> None:
        async with connected() as (client, narrator):
            reply = await client.say("Hi.", cue_id="a")
            assert (reply.cue_id, reply.received, reply.known) == ("a", 3, False)
            narrator.end(narrator.all["a"])
            narrator.tell()
            assert await client.finished("a") is Outcome.FINISHED
            told = client.events()
            assert [type(await anext(told)) for _ in range(2)] == [CueQueued, CueFinished]

    run(work)


def test_it_tells_whether_there_is_a_connection():
    async def work() -> None:
        told: list[bool] = []
        async with connected(on_connection=told.append) as (client, _):
            await until(lambda: told == [True])
            assert client.connected
            tear(client)
            await until(lambda: told == [True, False, True])
            assert client.connected
        assert not client.connected

    run(work)


def test_all_requests_come_through():
    async def work() -> None:
        async with connected() as (client, narrator):
            for request in (client.pause, client.resume, client.skip, client.clear, client.stop):
                await request()
            assert narrator.done == ["pause", "resume", "skip", "clear", "stop", "clear"]
            await client.set_cast({"Mira": "bell"})
            await client.set_volume(0.5)
            await client.say("Hi.", cue_id="a", character="Mira")
            assert (narrator.volume, narrator.cast) == (0.5, {"Mira": "bell"})
            assert narrator.all["a"].character == "Mira"
            await client.skip("a")
            assert [voice.name for voice in await client.list_voices()] == ["tone", "bell", "far"]
            assert (await client.get_state()).cues == 1
            assert await client.subscribe([EventName.HOLD]) == ["hold"]

    run(work)


def test_each_request_is_sent_once_though_many_wait():
    async def work() -> None:
        async with connected() as (client, narrator):
            await asyncio.gather(*(client.pause() for _ in range(20)))
            assert narrator.done == ["pause"] * 20

    run(work)


def test_what_the_server_refuses_is_raised_with_its_code():
    async def work() -> None:
        async with connected() as (client, _):
            with pytest.raises(RequestError, match="nobody") as caught:
                await client.say("Hi.", voice="nobody")
            assert caught.value.code == ErrorCode.UNKNOWN_VOICE

    run(work)


def test_a_wrong_password_is_raised_at_once():
    async def work() -> None:
        async with serving(password="hush") as (server, _):
            async with client_of(server, password="hush") as client:
                await client.pause()
            for wrong, told in (("no", "4009"), ("", "asks for a password")):
                with pytest.raises(BridgeError, match=told):
                    await client_of(server, password=wrong).__aenter__()

    run(work)


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1", "http://127.0.0.1:1", "nonsense"])
def test_a_server_that_is_not_there_is_told_with_what_to_do(url: str):
    async def work() -> None:
        with pytest.raises(BridgeError, match="bridge"):
            await BridgeClient(url).__aenter__()

    run(work)


def test_a_lost_connection_costs_no_event_and_tells_none_twice():
    async def work() -> None:
        async with connected(events=[EventName.WORD_STARTED]) as (client, narrator):
            seen: list[BridgeEvent | SessionRenewed] = []
            told = client.events()
            for round_ in range(5):
                narrator.tell_words(20)
                await asyncio.sleep(0)  # some are on their way
                tear(client)
                narrator.tell_words(20)
                while len(seen) < 40 * (round_ + 1):
                    seen.append(await anext(told))
            assert [e.seq for e in seen if isinstance(e, WordStarted)] == list(range(1, 201))

    run(work)


def test_a_line_in_pieces_survives_lost_connections():
    pieces = [f"Piece {n}, " for n in range(40)]

    async def work() -> None:
        async with connected() as (client, narrator):
            await client.say_start(cue_id="a")
            for number, piece in enumerate(pieces):
                if number % 5 == 4:
                    asking = asyncio.create_task(client.say_append("a", piece))
                    await asyncio.sleep(0)  # it is sent, its reply is lost
                    tear(client)
                    await asking
                else:
                    await client.say_append("a", piece)
            await client.say_finish("a")
            assert narrator.all["a"].text == "".join(pieces)

    run(work)


def test_requests_wait_for_the_connection_to_come_back_and_keep_their_order():
    async def work() -> None:
        async with connected() as (client, narrator):
            await client.say_start(cue_id="a")
            tear(client)
            asked = [asyncio.create_task(client.say_append("a", f"{n} ")) for n in range(20)]
            await asyncio.gather(*asked)
            assert narrator.all["a"].text == "".join(f"{n} " for n in range(20))

    run(work)


def test_what_would_be_done_twice_is_not_sent_again():
    async def work() -> None:
        async with connected() as (client, narrator):
            asking = asyncio.create_task(client.skip())
            await asyncio.sleep(0)
            tear(client)
            with pytest.raises(BridgeError, match="before the reply"):
                await asking
            await client.pause()
            assert narrator.done.count("skip") <= 1

    run(work)


def test_a_server_that_comes_back_without_the_session_is_told_among_the_events():
    async def work() -> None:
        async with serving() as (server, narrator), client_of(server) as client:
            narrator.tell_words(1)
            told = client.events()
            assert isinstance(await anext(told), WordStarted)
            await server.close()
            port = int(client.url.rpartition(":")[2])
            second = BridgeServer(FakeNarrator(), BridgeOptions(port=port))
            await second.bind()
            await second.start()
            assert isinstance(await anext(told), SessionRenewed)
            await client.say("Hi.")
            await second.close()

    run(work)


def test_a_session_that_another_takes_over_is_not_taken_back():
    async def work() -> None:
        async with (
            serving() as (server, _),
            client_of(server) as client,
            raw(server.url) as other,
        ):
            await other.identify(resume={"session": client.state.session, "last_seq": 0})
            with pytest.raises(BridgeError, match="4011"):
                await client.finished("never")
            with pytest.raises(BridgeError, match="4011"):
                await client.pause()
            with pytest.raises(BridgeError, match="4011"):
                await anext(client.events())

    run(work)


def test_the_failure_of_the_engine_is_told():
    async def work() -> None:
        async with connected() as (client, narrator):
            narrator.fail(ProcessError("the voice is gone"))
            await until(lambda: bool(client.errors))
            assert client.errors[0].text == "the voice is gone"

    run(work)


def test_a_closed_client_ends_its_events_and_refuses_requests():
    async def work() -> None:
        async with connected() as (client, _):
            reading = asyncio.create_task(anext(client.events(), None))
            waiting = asyncio.create_task(client.finished("never"))
            await asyncio.sleep(0)
            await client.close()
            assert await reading is None
            with pytest.raises(BridgeError, match="closed"):
                await waiting
            with pytest.raises(BridgeError, match="closed"):
                await client.pause()

    run(work)


def test_a_client_that_was_not_entered_says_so():
    async def work() -> None:
        with pytest.raises(BridgeError, match="async with"):
            await BridgeClient().pause()

    run(work)
