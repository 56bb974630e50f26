"""A small real model, served by llama.cpp: `make test-llm`."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skaldcast.core.narrator import Narrator
from skaldcast.core.types import Outcome
from tests.chat_server import ChatServer, Reply, Step
from tests.core.narrating import FAST
from tests.core.source.llm.asking import Table, read
from tests.llm.recording import upstream
from tests.tui.command import QUICK
from tests.tui.command import run as run_command

pytestmark = pytest.mark.llm
PATIENCE_S = 120.0
"""A busy machine writes two tokens a second."""


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), PATIENCE_S))


def test_it_narrates_and_goes_on_with_the_conversation(endpoint: str, tmp_path: Path):
    to_a_file = replace(FAST, output=f"wav:{tmp_path / 'a.wav'}")

    async def work() -> None:
        async with Table(endpoint, answer_tokens=60) as table, Narrator(to_a_file) as narrator:
            cue = table.storyteller.tell(narrator, "I open the old gate and step inside.")
            assert await cue.wait_finished() is Outcome.FINISHED
            assert len(cue.text.split()) > 10
            text, error = await read(table.storyteller.narrate("I look around."))
            assert len(text.split()) > 5
            assert error == ""
            assert table.states[-1] == "done"

    run(work)


def test_stopping_frees_the_server_for_the_next_prompt(endpoint: str):
    async def work() -> None:
        async with Table(endpoint, answer_tokens=1000) as table:
            answer = table.storyteller.narrate("Tell a long story of a dragon.")
            await anext(answer)
            await answer.aclose()
            table.storyteller.conversation.clear()
            short = table.storyteller.narrate("Say yes.")
            assert len(await anext(short)) > 0

    run(work)


@pytest.mark.parametrize("after", [5, 13, 24])
def test_a_connection_that_is_cut_goes_on_without_a_word_said_twice(endpoint: str, after: int):
    """The proxy cuts the first answer; what the model then writes is its own choice."""

    class Proxy(ChatServer):
        cut_after: int | None = after

        def next_reply(self) -> Reply:
            count, self.cut_after = self.cut_after, None
            body = {k: v for k, v in self.requests[-1].items() if k != "headers"}
            return Reply(_first(upstream(endpoint, body), count), cut=count is not None)

    async def work() -> None:
        async with Proxy(Reply()) as proxy, Table(proxy, answer_tokens=50) as table:
            text, error = await read(table.storyteller.narrate("I cross the bridge at night."))
        assert error == ""
        assert len(proxy.requests) >= 2
        said = dict(proxy.messages(1))["assistant"]
        assert text.startswith(said)
        assert _longest_repeat(said, text[len(said) :]) < 4

    run(work)


async def _first(events: AsyncIterator[bytes], count: int | None) -> AsyncIterator[Step]:
    async for number, event in _numbered(events):
        if count is not None and number > count:
            return
        yield event


async def _numbered(events: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for event in events:
        number += 1
        yield number, event


def _longest_repeat(said: str, more: str) -> int:
    """The most words in a row with which `more` begins that are in `said` too."""
    before, after = (re.findall(r"\w+", text.lower()) for text in (said, more))
    text = " ".join(before) + " "
    return max(n for n in range(len(after) + 1) if " ".join(after[:n]) in text)


def test_the_command_speaks_it(endpoint: str, tmp_path: Path):
    options = (
        *QUICK,
        "--output",
        f"wav:{tmp_path / 'a.wav'}",
        "--set",
        f"llm.endpoint={endpoint}",
        "--set",
        "llm.answer_tokens=40",
    )
    done = run_command("ask", "I light a lamp.", *options)
    assert done.status == 0
    assert len(done.out.split()) > 5
