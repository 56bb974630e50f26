"""Main's side of the synthesis worker, over a child that is none."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from skaldcast.core import synthesis_link
from skaldcast.core.errors import ProcessError, SkaldcastError, SynthesizerError
from skaldcast.core.synthesis.messages import (
    BlockMade,
    JobFinished,
    JobStarted,
    LoadVoice,
    VoiceFailed,
    VoiceLoaded,
)
from skaldcast.core.synthesis.registry import VoiceRegistry
from skaldcast.core.synthesis_link import LOAD_S, SynthesisLink, SynthesisListener

TONE = VoiceRegistry().resolve("tone")
LOADED = VoiceLoaded("tone", 24_000, 1, None, pauses=False)


class Child:
    """What `ChildProcess` looks like to the link."""

    pid, restarts = 4711, 3

    def __init__(self, name: str, module: str, **calls: Callable[..., Any]) -> None:
        self.name, self.module, self.calls = name, module, calls
        self.did: list[str] = []
        self.sent: list[object] = []

    def send(self, message: object) -> None:
        self.sent.append(message)

    async def close(self) -> None:
        self.did.append("close")

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: self.did.append(name)


class Bench:
    def __init__(self) -> None:
        self.ready: list[VoiceLoaded] = []
        self.made: list[object] = []
        self.failed: list[SkaldcastError] = []
        self.deaths = 0
        self.link = SynthesisLink(
            TONE,
            SynthesisListener(
                self.ready.append, self.made.append, self._restarted, self.failed.append
            ),
        )
        self.child: Any = self.link._child  # pyright: ignore[reportPrivateUsage]

    def _restarted(self) -> None:
        self.deaths += 1

    def tell(self, message: object) -> None:
        self.child.calls["on_message"](message)


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesis_link, "ChildProcess", Child)


def run(work: Callable[[Bench], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(Bench()), 30.0)

    asyncio.run(main())


def test_each_worker_is_told_first_which_voice_to_load():
    async def work(bench: Bench) -> None:
        assert bench.child.module == "skaldcast.core.synthesis.worker"
        assert bench.child.did == ["start"]
        for _ in range(2):
            assert bench.child.calls["first_messages"]() == [LoadVoice(TONE)]
        assert (bench.link.pid, bench.link.restarts) == (4711, 3)

    run(work)


def test_a_loaded_voice_is_told_each_time_and_ends_the_wait():
    async def work(bench: Bench) -> None:
        for _ in range(2):
            bench.tell(LOADED)
        assert await bench.link.wait_ready() is LOADED
        assert bench.ready == [LOADED, LOADED]

    run(work)


def test_what_is_made_is_handed_on_and_shows_that_the_voice_works():
    async def work(bench: Bench) -> None:
        messages = [
            JobStarted(1, 0.0),
            BlockMade(1, np.zeros(1, np.float32), (), 0.0),
            JobFinished(1, 0.0),
        ]
        for message in (LOADED, "what is this?"):
            bench.tell(message)
        assert "settled" not in bench.child.did
        for message in messages:
            bench.tell(message)
        assert bench.made == messages
        assert "settled" in bench.child.did

    run(work)


def test_a_voice_that_cannot_be_loaded_ends_the_wait_and_is_not_tried_again():
    async def work(bench: Bench) -> None:
        bench.tell(VoiceFailed("no weights"))
        with pytest.raises(SynthesizerError, match="no weights"):
            await bench.link.wait_ready()
        assert [str(error) for error in bench.failed] == ["no weights"]
        assert "retire" in bench.child.did

    run(work)


def test_a_voice_that_is_lost_later_is_told():
    async def work(bench: Bench) -> None:
        bench.tell(LOADED)
        bench.child.calls["on_lost"](ProcessError("six times"))
        assert await bench.link.wait_ready() is LOADED
        assert [str(error) for error in bench.failed] == ["six times"]

    run(work)


def test_a_death_is_told_and_a_worker_that_hangs_is_killed():
    async def work(bench: Bench) -> None:
        bench.child.calls["on_death"](-9)
        bench.link.end_hung()
        bench.link.send("work")
        assert (bench.deaths, bench.child.sent) == (1, ["work"])
        assert "kill" in bench.child.did

    run(work)


def test_a_voice_that_never_gets_loaded_ends_the_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(synthesis_link, "LOAD_S", 0.01)

    async def work(bench: Bench) -> None:
        with pytest.raises(SynthesizerError, match="tone:tone was not loaded within"):
            await bench.link.wait_ready()

    run(work)


def test_a_worker_that_does_not_get_its_voice_loaded_again_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    times = iter((10.0, 50.0))
    monkeypatch.setattr(synthesis_link, "monotonic_s", lambda: next(times))

    async def work(bench: Bench) -> None:
        bench.child.calls["first_messages"]()
        assert bench.link.end_if_hung(11.0) == 10.0 + LOAD_S
        bench.tell(LOADED)
        assert bench.link.end_if_hung(11.0 + LOAD_S) is None, "it is loaded"
        bench.child.calls["on_death"](-9)
        assert bench.link.end_if_hung(49.0 + LOAD_S) == 50.0 + LOAD_S
        assert bench.failed == []
        assert bench.link.end_if_hung(50.0 + LOAD_S) is None
        assert ["was not loaded within" in str(error) for error in bench.failed] == [True]
        assert bench.child.did[-1] == "abandon"

    run(work)


def test_closing_ends_the_wait_and_the_child():
    async def work(bench: Bench) -> None:
        waiting = asyncio.ensure_future(bench.link.wait_ready())
        await asyncio.sleep(0)
        await bench.link.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert bench.child.did[-1] == "close"

    run(work)
