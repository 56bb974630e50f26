"""Text on its way to a narrator."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.errors import OutputError, TextError
from skaldcast.core.events import Event, OutputLost, OutputOpened
from skaldcast.core.source.paragraphs import ParagraphSplitter
from skaldcast.tui.feeding import cues, feed_and_drain
from skaldcast.tui.narration import tell_troubles


class Reader:
    """Gives texts; an exception among them is raised."""

    left_out = 0

    def __init__(self, *texts: str | Exception) -> None:
        self._texts = texts

    async def __aiter__(self) -> AsyncIterator[str]:
        for text in self._texts:
            if isinstance(text, Exception):
                raise text
            yield text


class Narrator:
    """Notes what it is told, and fails when it is told to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.happened: list[Event] = []

    async def room(self) -> None:
        await asyncio.sleep(0)

    def open(self, *, begin: int = 0) -> Cue:
        self.told.append("open")
        return Cue("1")

    def push(self, cue: Cue, text: str) -> None:
        self.told.append(text)

    def finish(self, cue: Cue) -> None:
        self.told.append("finish")

    async def drain(self) -> None:
        if self.failure.done():
            raise OutputError("the disk is full")
        self.told.append("drained")

    async def failed(self) -> None:
        await self.failure

    async def events(self) -> AsyncIterator[Event]:
        for event in self.happened:
            yield event


def feed(reader: Any, splitter: ParagraphSplitter) -> Any:
    return cues(reader, splitter)


def test_a_text_that_breaks_off_is_spoken_as_far_as_it_came():
    async def scene() -> list[str]:
        narrator: Any = Narrator()
        reader = Reader("one\n\ntwo", TextError("the file is gone"), "never")
        with pytest.raises(TextError, match="the file is gone"):
            await feed_and_drain(narrator, feed(reader, ParagraphSplitter()))
        return narrator.told

    assert asyncio.run(scene()) == ["open", "one\n", "finish", "open", "two", "finish", "drained"]


def test_a_narrator_that_has_failed_is_not_fed_any_more():
    class Endless(Reader):
        async def __aiter__(self) -> AsyncIterator[str]:
            while True:
                yield "word "

    async def scene() -> None:
        narrator: Any = Narrator()
        reader = Endless()
        asyncio.get_running_loop().call_soon(narrator.failure.set_result, None)
        with pytest.raises(OutputError, match="the disk is full"):
            await feed_and_drain(narrator, feed(reader, ParagraphSplitter()))

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_lost_output_is_told_once_and_its_return_too(capsys: pytest.CaptureFixture[str]):
    async def scene() -> None:
        narrator: Any = Narrator()
        opened = OutputOpened(0.0, "device", 48_000)
        lost = OutputLost(1.0, "unplugged")
        narrator.happened = [opened, lost, lost, opened]
        await tell_troubles(narrator)

    asyncio.run(scene())
    assert capsys.readouterr().err.splitlines() == [
        "skaldcast: the output is gone (unplugged); waiting for it to come back",
        "skaldcast: the output is back; going on where it stopped",
    ]
