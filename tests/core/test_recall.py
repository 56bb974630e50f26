"""Chunks that were spoken before come from the cache, the others from the worker, and are kept."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.recall import Made, Recall
from skaldcast.core.synthesis.messages import (
    BlockMade,
    CancelJob,
    JobFinished,
    JobStarted,
    SynthesizeChunk,
)
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.types import WordTime
from skaldcast.core.voice_in_use import VoiceInUse

RATE = 100
WORD = WordTime(0, 5, 0.0, 0.1)
VOICE = VoiceInUse("voice", VoiceProfile("voice"), model="model 1")
HELLO = SynthesizeChunk(1, SynthesisRequest("Hello.", "voice"))


class Bench:
    """A cache in a folder, and both ways out of the recall."""

    def __init__(self, folder: Path, voice: VoiceInUse | None = VOICE) -> None:
        self.sent: list[object] = []
        self.told: list[Made] = []
        self.cache = SpeechCache(folder, max_bytes=10_000_000)
        self.recall = Recall(self.cache, RATE, lambda _: voice, self.sent.append, self.told.append)

    def make(self, *samples: float, job_id: int = 1, reason: str | None = None) -> None:
        """What the worker would tell of a chunk."""
        self.recall.made(JobStarted(job_id, 0.0))
        for sample in samples:
            block = np.full(10, sample, np.float32)
            self.recall.made(BlockMade(job_id, block, (WORD,), 0.0))
        self.recall.made(JobFinished(job_id, 0.0, reason))

    async def settle(self) -> None:
        await self.recall.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(), 20.0)

    asyncio.run(main())


def files_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*.speech"))


async def keep_hello(folder: Path) -> None:
    bench = Bench(folder)
    bench.recall.send(HELLO)
    bench.make(0.5, 0.25)
    await bench.settle()


def test_what_was_made_is_told_on_and_kept(tmp_path: Path):
    async def work() -> None:
        bench = Bench(tmp_path)
        bench.recall.send(HELLO)
        assert bench.sent == [HELLO]
        bench.make(0.5, 0.25)
        assert [type(m) for m in bench.told] == [JobStarted, BlockMade, BlockMade, JobFinished]
        await bench.settle()
        assert bench.recall.has(VOICE, HELLO.request)

    run(work)


def test_what_is_kept_is_told_as_if_it_had_been_made_and_the_worker_is_not_asked(tmp_path: Path):
    async def work() -> None:
        await keep_hello(tmp_path)
        bench = Bench(tmp_path)
        bench.cache.open()
        again = SynthesizeChunk(7, HELLO.request)
        bench.recall.send(again)
        assert bench.told == []
        await asyncio.sleep(0)
        started, block, finished = bench.told
        assert isinstance(started, JobStarted)
        assert (started.job_id, started.recalled) == (7, True)
        assert isinstance(block, BlockMade)
        assert block.words == (WORD, WORD)
        assert np.array_equal(block.samples, np.repeat(np.float32([0.5, 0.25]), 10))
        assert isinstance(finished, JobFinished)
        assert bench.sent == []
        await bench.settle()

    run(work)


def test_what_is_still_being_written_is_there_already(tmp_path: Path):
    async def work() -> None:
        bench = Bench(tmp_path)
        bench.recall.send(HELLO)
        bench.make(0.5)
        assert bench.recall.has(VOICE, HELLO.request)
        bench.told.clear()
        bench.recall.send(SynthesizeChunk(2, HELLO.request))
        await asyncio.sleep(0)
        assert [type(message) for message in bench.told] == [JobStarted, BlockMade, JobFinished]
        assert bench.sent == [HELLO]
        await bench.settle()

    run(work)


def test_what_has_vanished_is_made(tmp_path: Path):
    async def work() -> None:
        await keep_hello(tmp_path)
        bench = Bench(tmp_path)
        bench.cache.open()
        for file in files_in(tmp_path):
            file.write_bytes(b"torn")
        bench.recall.send(HELLO)
        await asyncio.sleep(0)
        assert bench.sent == [HELLO]
        assert bench.told == []
        bench.make(0.5)
        await bench.settle()
        assert bench.recall.has(VOICE, HELLO.request)

    run(work)


def test_what_failed_or_was_cancelled_is_not_kept(tmp_path: Path):
    async def work() -> None:
        bench = Bench(tmp_path)
        bench.recall.send(HELLO)
        bench.make(0.5, reason="it broke")
        bench.recall.send(HELLO)
        bench.recall.send(CancelJob(1))
        bench.make(0.5)
        assert bench.sent == [HELLO, HELLO, CancelJob(1)]
        await bench.settle()
        assert not bench.recall.has(VOICE, HELLO.request)

    run(work)


def test_a_recall_can_be_cancelled(tmp_path: Path):
    async def work() -> None:
        await keep_hello(tmp_path)
        bench = Bench(tmp_path)
        bench.cache.open()
        bench.recall.send(HELLO)
        bench.recall.send(CancelJob(1))
        await asyncio.sleep(0)
        assert (bench.told, bench.sent) == ([], [])
        await bench.settle()

    run(work)


def test_when_the_worker_dies_nothing_of_before_is_told_or_kept(tmp_path: Path):
    async def work() -> None:
        await keep_hello(tmp_path)
        bench = Bench(tmp_path)
        bench.cache.open()
        bench.recall.send(HELLO)
        bench.recall.send(SynthesizeChunk(2, SynthesisRequest("Other.", "voice")))
        bench.recall.worker_died()
        await asyncio.sleep(0)
        assert bench.told == []
        bench.make(0.5, job_id=2)
        await bench.settle()
        assert not bench.recall.has(VOICE, SynthesisRequest("Other.", "voice"))

    run(work)


def test_a_voice_that_does_not_tell_its_version_is_never_kept(tmp_path: Path):
    async def work() -> None:
        nameless = VoiceInUse("voice", VoiceProfile("voice"))
        bench = Bench(tmp_path, nameless)
        bench.recall.send(HELLO)
        bench.make(0.5)
        await bench.settle()
        assert not bench.recall.has(nameless, HELLO.request)
        assert files_in(tmp_path) == []

    run(work)
