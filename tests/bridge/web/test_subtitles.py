"""What is being heard, for pages that show it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from skaldcast.bridge.web.subtitles import Subtitles
from skaldcast.core.cue import Cue
from skaldcast.core.events import ChunkStarted, CueFinished, WordStarted
from skaldcast.core.types import Outcome
from tests.bridge.web.test_server import port_of, serving
from tests.core.narrating import run

CHUNK = ChunkStarted(1.0, "a", "The gate stood open.", 10, 1.5)
GATE = WordStarted(1.2, "a", "gate", 14, 0.3)


def read(events: bytes) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for event in events.decode().split("\n\n"):
        if event.startswith("event: "):
            name, data = event.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def taken(subtitles: Subtitles) -> list[tuple[str, Any]]:
    async def take() -> bytes | None:
        return await subtitles.open().take()

    return read(asyncio.run(take()) or b"")


def test_who_opens_the_page_in_the_middle_sees_what_is_being_heard():
    subtitles = Subtitles(lambda _: Cue("a", character="Strahd"))
    subtitles.take(CHUNK)
    subtitles.take(GATE)
    row = {"time_s": 1.0, "text": "The gate stood open.", "character": "Strahd", "cue": "a"}
    assert taken(subtitles) == [("chunk", row)]


def test_words_are_placed_in_their_chunk():
    subtitles = Subtitles(lambda _: None)

    async def take() -> bytes | None:
        reader = subtitles.open()
        for event in (CHUNK, GATE, CueFinished(2.5, "a", Outcome.FINISHED)):
            subtitles.take(event)
        return await reader.take()

    events = read(asyncio.run(take()) or b"")
    assert events[1:] == [
        ("word", {"time_s": 1.2, "start": 4, "length": 4}),
        ("silence", {"time_s": 2.5}),
    ]


def test_the_end_of_another_cue_takes_nothing_from_what_is_heard():
    subtitles = Subtitles(lambda _: None)
    subtitles.take(CHUNK)
    subtitles.take(CueFinished(1.5, "b", Outcome.SKIPPED))
    assert [name for name, _ in taken(subtitles)] == ["chunk"]


def test_a_page_that_does_not_read_is_let_go_and_others_are_not_touched():
    subtitles = Subtitles(lambda _: None)

    async def work() -> tuple[bytes | None, bytes | None]:
        slow, quick = subtitles.open(), subtitles.open()
        for _ in range(1_000):
            subtitles.take(GATE)
            told = await quick.take()
        return await slow.take(), told

    slow, quick = asyncio.run(work())
    assert slow is None
    assert read(quick or b"")


def test_they_are_streamed_with_the_clock_first(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (server, narrator):
            url = f"http://127.0.0.1:{port_of(server)}/subtitles"
            async with aiohttp.request("GET", url) as answer:
                assert answer.headers["Content-Type"] == "text/event-stream"
                events = read(await answer.content.readuntil(b"\n\n"))
                assert events[0][0] == "now"
                assert events[0][1]["time_s"] == narrator.time_s
                narrator.tell(CHUNK)
                events = read(await answer.content.readuntil(b"\n\n"))
                assert events[0][1]["text"] == "The gate stood open."

    run(work)
