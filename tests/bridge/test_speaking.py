"""Real clients, a real narrator: the `tone` voice in its process, the null output's in another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psutil
import pytest

from skaldcast.bridge.client import BridgeClient, RequestError
from skaldcast.bridge.client_state import Backoff
from skaldcast.bridge.limits import Limits
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.protocol import ErrorCode, EventName, Priority
from skaldcast.bridge.protocol.events import (
    BridgeEvent,
    BufferLevel,
    ChunkStarted,
    CueFinished,
    CuePredicted,
    CueStarted,
    WordStarted,
)
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.events import CueFinished as EngineCueFinished
from skaldcast.core.narrator import Narrator
from skaldcast.core.types import Outcome
from tests.core.narrating import FAST, gather, nothing_is_left_behind, run, until

__all__ = ["nothing_is_left_behind"]
TEXT = "The gate stood open, and beyond it the road ran down to the sea. "
pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@contextlib.asynccontextmanager
async def bridged(
    *, limits: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[tuple[Narrator, BridgeServer]]:
    narrator = Narrator(replace(FAST, **options))
    server = BridgeServer(narrator, BridgeOptions(port=0, limits=Limits(**(limits or {}))))
    await server.bind()
    try:
        async with narrator:
            await server.start()
            yield narrator, server
    finally:
        await server.close()


def client_of(server: BridgeServer, **options: Any) -> BridgeClient:
    backoff = Backoff(lambda: 0.0, first_s=0.002, most_s=0.05)
    return BridgeClient(server.url, backoff=backoff, **options)


async def collect(client: BridgeClient, into: list[BridgeEvent]) -> None:
    async for event in client.events():
        assert isinstance(event, BridgeEvent)
        into.append(event)


@contextlib.asynccontextmanager
async def hearing(
    server: BridgeServer, **options: Any
) -> AsyncIterator[tuple[BridgeClient, list[BridgeEvent]]]:
    """A client, and the events that it was told; all once it is closed."""
    events: list[BridgeEvent] = []
    async with client_of(server, **options) as client:
        reading = asyncio.create_task(collect(client, events))
        yield client, events
    await reading


def words(events: list[BridgeEvent], cue_id: str) -> str:
    return " ".join(e.word for e in events if isinstance(e, WordStarted) and e.cue_id == cue_id)


def count_of(kind: type[BridgeEvent], events: list[BridgeEvent]) -> int:
    return sum(isinstance(event, kind) for event in events)


def level_of(event: BridgeEvent) -> float:
    return event.buffered_s if isinstance(event, BufferLevel) else 0.0


def test_a_line_is_spoken_from_say_to_cue_finished():
    async def work() -> None:
        async with bridged() as (_, server):
            async with hearing(server) as (client, events):
                await client.say(TEXT, cue_id="a")
                assert await client.finished("a") is Outcome.FINISHED
                state = await client.get_state()
                assert (state.cues, state.underruns, state.voice) == (1, 0, f"tone:{FAST.voice}")
            kinds = [type(event).__name__ for event in events]
            assert kinds[:2] == ["CueQueued", "CuePredicted"]
            assert [e.seq for e in events] == list(range(1, len(events) + 1))
            chunks = [e for e in events if isinstance(e, ChunkStarted)]
            assert "".join(chunk.text for chunk in chunks) == TEXT
            assert words(events, "a").startswith("The gate stood open and beyond")
            started = next(e for e in events if isinstance(e, CueStarted))
            finished = next(e for e in events if isinstance(e, CueFinished))
            predicted = next(e for e in events if isinstance(e, CuePredicted))
            lasted_s = finished.time_s - started.time_s
            assert predicted.duration_s == pytest.approx(lasted_s, rel=0.1)

    run(work)


def test_text_is_spoken_while_it_is_written():
    async def work() -> None:
        async with bridged() as (_, server):
            async with hearing(server) as (client, events):
                await client.say_start(cue_id="a")
                for word in TEXT.split(" ")[:8]:
                    await client.say_append("a", word + " ")
                await client.say_finish("a")
                assert await client.finished("a") is Outcome.FINISHED
            assert words(events, "a") == "The gate stood open and beyond it the"

    run(work)


def test_an_interrupt_cuts_in_and_what_waited_follows():
    async def work() -> None:
        async with bridged() as (_, server):
            async with hearing(server) as (client, events):
                await client.say(TEXT * 5, cue_id="long")
                await client.say("After that.", cue_id="after")
                await until(lambda: count_of(CueStarted, events) > 0)
                await client.say("Beware!", cue_id="cut", priority=Priority.INTERRUPT)
                assert await client.finished("after") is Outcome.FINISHED
            ended = [(e.cue_id, e.outcome) for e in events if isinstance(e, CueFinished)]
            assert ended == [("long", "interrupted"), ("cut", "finished"), ("after", "finished")]

    run(work)


def test_a_connection_lost_in_the_middle_of_a_line_loses_and_repeats_nothing():
    async def work() -> None:
        async with bridged() as (narrator, server):
            spoken = asyncio.create_task(gather(narrator))
            async with hearing(server) as (client, events):
                await client.say(TEXT, cue_id="a")
                for count in (1, 4, 7):
                    await until(
                        lambda n=count: sum(isinstance(e, WordStarted) for e in events) >= n
                    )
                    assert client._socket is not None
                    client._socket.transport.abort()
                assert (await client.say(TEXT, cue_id="a")).known
                assert await client.finished("a") is Outcome.FINISHED
            assert [e.seq for e in events] == list(range(1, len(events) + 1))
            assert words(events, "a") == TEXT.replace(",", "").replace(". ", "")
            assert sum(isinstance(e, CueFinished) for e in events) == 1
        assert sum(isinstance(e, EngineCueFinished) for e in await spoken) == 1

    run(work)


def test_the_lines_of_several_clients_are_spoken_one_after_another():
    async def work() -> None:
        async with bridged() as (_, server):
            async with hearing(server) as (first, events), client_of(server) as second:
                for number in range(3):
                    await first.say("One.", cue_id=f"first-{number}")
                    await second.say("Two.", cue_id=f"second-{number}")
                await first.finished("second-2")
            ended = [e.cue_id for e in events if isinstance(e, CueFinished)]
            assert ended == [f"{who}-{n}" for n in range(3) for who in ("first", "second")]

    run(work)


@pytest.mark.parametrize("process", ["synthesis", "playout"])
def test_a_process_of_the_engine_that_is_killed_costs_no_word_and_no_connection(process: str):
    async def work() -> None:
        async with bridged(voice="tone?rtf=0.2&latency=0") as (narrator, server):
            async with hearing(server) as (client, events):
                await client.say(TEXT, cue_id="a")
                await until(lambda: count_of(WordStarted, events) > 0)
                psutil.Process(narrator.process_ids[process]).kill()
                assert await client.finished("a") is Outcome.FINISHED
                assert (await client.get_state()).restarts[process] == 1
            assert words(events, "a") == TEXT.replace(",", "").replace(". ", "")

    run(work)


def test_an_engine_that_cannot_go_on_is_told_to_all_and_the_cues_fail():
    async def work() -> None:
        async with bridged(voice="tone?rtf=1&latency=0") as (narrator, server):
            async with hearing(server) as (client, events), client_of(server) as other:
                await client.say(TEXT * 3, cue_id="a")
                await until(lambda: count_of(WordStarted, events) > 0)
                while narrator.failure is None:  # a process that dies at once each time is given up
                    number = narrator.process_ids["synthesis"]
                    with contextlib.suppress(psutil.Error):
                        if number is not None:
                            psutil.Process(number).kill()
                    await asyncio.sleep(0.01)
                assert await client.finished("a") is Outcome.FAILED
                for one in (client, other):
                    await until(lambda c=one: bool(c.errors))
                    assert one.errors[0].code == ErrorCode.ENGINE_FAILED
                with pytest.raises(RequestError) as caught:
                    await other.say("More.")
                assert caught.value.code == ErrorCode.ENGINE_FAILED
            failed = next(e for e in events if isinstance(e, CueFinished))
            assert failed.error

    run(work)


def test_the_buffers_level_is_told_to_who_wants_it():
    async def work() -> None:
        async with bridged() as (_, server):
            names = [EventName.BUFFER_LEVEL]
            async with hearing(server, events=names) as (client, events):
                await client.say(TEXT)
                await until(
                    lambda: any(isinstance(e, BufferLevel) and e.buffered_s for e in events)
                )
                await client.stop()
            assert {type(event) for event in events} == {BufferLevel}

    run(work)


def test_what_waits_can_be_taken_back_while_one_line_goes_on():
    async def work() -> None:
        async with bridged() as (_, server):
            async with hearing(server) as (client, events):
                for name in "abcd":
                    await client.say("One two three four.", cue_id=name)
                await until(lambda: count_of(WordStarted, events) > 0)
                await client.skip("c")
                await client.clear()
                assert await client.finished("a") is Outcome.FINISHED
            ended = [(e.cue_id, e.outcome) for e in events if isinstance(e, CueFinished)]
            assert ended[0] == ("c", "skipped")
            assert sorted(ended[1:3]) == [("b", "skipped"), ("d", "skipped")]
            assert ended[3] == ("a", "finished")

    run(work)
