"""Texts that are read while they are written."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.errors import StateError, TextError
from skaldcast.core.reading import TextReading
from skaldcast.core.types import Outcome
from tests.core.narrating import until


class Desk:
    """Where texts are read to."""

    def __init__(self) -> None:
        self.pushed: list[str] = []
        self.finished: list[str | None] = []
        self.room = asyncio.Event()
        self.room.set()
        self.closed = False
        self.reading = TextReading(self._room, self._push, self._finish)

    async def _room(self) -> None:
        await self.room.wait()

    def _push(self, cue: Cue, text: str) -> None:
        self.pushed.append(text)

    def _finish(self, cue: Cue, broken: str | None) -> None:
        if self.closed:
            raise StateError("closed")
        self.finished.append(broken)


def run(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(Desk()), 30.0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [task for task in others if task is not asyncio.current_task()]

    async def outer() -> None:
        await main()

    asyncio.run(outer())


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def endless(log: list[str]) -> AsyncIterator[str]:
    try:
        yield "a"
        await asyncio.Event().wait()
    finally:
        log.append("closed")


def test_pieces_are_read_in_order_and_the_end_is_told():
    async def work(desk: Desk) -> None:
        cue = Cue("a")
        desk.reading.start(cue, iter("abc"))
        await until(lambda: bool(desk.finished))
        assert (desk.pushed, desk.finished) == (["a", "b", "c"], [None])
        cue.end(Outcome.FINISHED, 0.0)
        await settle()

    run(work)


def test_nothing_is_pushed_where_there_is_no_room():
    async def work(desk: Desk) -> None:
        cue = Cue("a")
        desk.room.clear()
        desk.reading.start(cue, ["a", "b"])
        await settle()
        assert desk.pushed == []
        desk.room.set()
        await until(lambda: desk.pushed == ["a", "b"])

    run(work)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TextError("the file is gone"), "the file is gone"),
        (OSError(5, "bad disk"), "its text broke off: OSError(5, 'bad disk')"),
    ],
)
def test_a_text_that_breaks_off_says_why(error: Exception, told: str):
    def write() -> Iterator[str]:
        yield "a"
        raise error

    async def work(desk: Desk) -> None:
        desk.reading.start(Cue("a"), write())
        await until(lambda: bool(desk.finished))
        assert (desk.pushed, desk.finished) == (["a"], [told])

    run(work)


def test_a_source_that_waits_is_left_when_the_cue_ends():
    async def work(desk: Desk) -> None:
        cue, log = Cue("a"), list[str]()
        desk.reading.start(cue, endless(log))
        await settle()
        assert (desk.pushed, log) == (["a"], [])
        cue.end(Outcome.SKIPPED, 0.0)
        await settle()
        assert log == ["closed"]
        assert desk.finished == [None]

    run(work)


def test_a_source_is_closed_at_once_also_where_it_waits_for_room():
    async def work(desk: Desk) -> None:
        log: list[str] = []
        desk.room.clear()
        cue = Cue("a")
        texts = endless(log)  # held, so that nothing else closes it
        desk.reading.start(cue, texts)
        await settle()
        cue.end(Outcome.SKIPPED, 0.0)
        await settle()
        assert (desk.pushed, log) == ([], ["closed"])

    run(work)


def test_all_is_left_at_the_end_also_of_a_narrator_that_takes_nothing_any_more():
    async def work(desk: Desk) -> None:
        log: list[str] = []
        for name in "ab":
            desk.reading.start(Cue(name), endless(log))
        await settle()
        desk.closed = True
        desk.reading.close()
        await settle()
        assert log == ["closed"] * 2
        assert desk.finished == []

    run(work)


def test_an_iterator_that_blocks_holds_nobody_up():
    async def work(desk: Desk) -> None:
        go_on = threading.Event()

        def write() -> Iterator[str]:
            yield "a"
            go_on.wait()
            yield "b"

        desk.reading.start(Cue("a"), write())
        await until(lambda: desk.pushed == ["a"])
        go_on.set()
        await until(lambda: desk.pushed == ["a", "b"])

    run(work)
