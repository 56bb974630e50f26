"""Requests on their way to an engine elsewhere: in order, bounded, and given up at the end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.errors import BridgeError, StateError
from skaldcast.tui.console.remote_requests import RemoteRequests, say
from tests.tui.console.acting import play


class FakeClient:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.connected = True
        self.asked: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def ask(*words: str, **_: object) -> None:
            self.asked.append((name, words[-1]))

        return ask


async def waiting() -> None:
    await asyncio.Event().wait()


def made(client: FakeClient, told: list[str]) -> RemoteRequests:
    return RemoteRequests(client, "ws://there:7525", told.append)  # pyright: ignore


def test_nothing_is_asked_without_a_connection():
    async def work() -> None:
        client = FakeClient()
        client.connected = False
        with pytest.raises(StateError, match="no connection to the engine at ws://there:7525"):
            made(client, []).ask(waiting())

    play(work)


def test_five_hundred_wait_for_replies_and_no_more():
    async def work() -> None:
        requests = made(FakeClient(), [])
        for _ in range(500):
            requests.ask(waiting())
        await asyncio.sleep(0)
        with pytest.raises(StateError, match="does not answer"):
            requests.ask(waiting())
        await requests.close()

    play(work)


def test_what_the_engine_refuses_is_told():
    async def refused() -> None:
        raise BridgeError("there is no such cue")

    async def work() -> None:
        told: list[str] = []
        requests = made(FakeClient(), told)
        requests.ask(refused())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert told == ["there is no such cue"]
        await requests.close()

    play(work)


def test_a_long_cue_goes_in_pieces_that_are_its_text():
    async def work() -> None:
        client, cue = FakeClient(), Cue("a")
        cue.add_text("x" * 15_000 + "y" * 15_000 + "z")
        await say(client, cue)  # pyright: ignore
        kinds, words = zip(*client.asked, strict=True)
        assert kinds == ("say_start", "say_append", "say_append", "say_finish")
        assert "".join(words[:-1]) == cue.text

    play(work)
