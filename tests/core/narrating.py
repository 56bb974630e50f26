"""What tests of the narrator with its real processes share."""

import asyncio
import contextlib
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from skaldcast.core.events import Event
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.processes import leaves_no_process

FAST = NarratorOptions(voice="tone?rtf=0&latency=0", output="null", latency_s=0.2)
PATIENCE_S = 30.0
ROOT = Path(__file__).parents[2]


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(), PATIENCE_S)

    asyncio.run(main())


@pytest.fixture
def nothing_is_left_behind() -> Iterator[None]:
    """The test leaves no process behind."""
    with leaves_no_process(within_s=10.0):
        yield


@pytest.fixture
def wav(tmp_path: Path) -> NarratorOptions:
    return replace(FAST, output=f"wav:{tmp_path / 'out.wav'}")


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> NarratorOptions:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the worker imports the voice
    return replace(FAST, voice="odd:one")


def frames_in(options: NarratorOptions) -> int:
    with wave.open(options.output.removeprefix("wav:")) as file:
        return file.getnframes()


async def gather(narrator: Narrator) -> list[Event]:
    """The events until the narrator is closed."""
    return [event async for event in narrator.events(capacity=100_000)]


@contextlib.asynccontextmanager
async def listening(
    options: NarratorOptions, **others: Any
) -> AsyncIterator[tuple[Narrator, list[Event]]]:
    """A narrator and the events, which are all there once it is closed."""
    events: list[Event] = []
    narrator = Narrator(options, **others)
    task = asyncio.create_task(gather(narrator))
    await asyncio.sleep(0)
    async with narrator:
        yield narrator, events
    events += await task


@contextlib.contextmanager
def worker_standing_still(narrator: Narrator) -> Iterator[None]:
    """What is heard in here was made before."""
    worker = psutil.Process(narrator.process_ids["synthesis"])
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - of no event, but of what the narrator shows
        await asyncio.sleep(0.005)
