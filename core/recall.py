"""Nothing is said twice for want of memory: chunks that were spoken before come from the cache.

Stands between the dispatcher and the synthesis worker. What the cache has is told as if the worker
had made it: read in the event loop, which takes half a millisecond and less than a thread's turn on
a busy machine. What the worker makes is written on a thread.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from .cache.speech_cache import SpeechCache
from .cache.speech_file import CachedSpeech
from .cache.speech_key import speech_key
from .clock import monotonic_s
from .errors import SkaldcastError
from .synthesis.messages import BlockMade, CancelJob, JobFinished, JobStarted, SynthesizeChunk
from .synthesis.synthesizer import SynthesisRequest
from .voice_in_use import VoiceInUse

_log = logging.getLogger(__name__)

Made = JobStarted | BlockMade | JobFinished
_MOST_WRITES = 64
"""Chunks that wait to be written; what comes past that is not kept, and nobody waits."""


@dataclass(slots=True)
class _Making:
    """A chunk that the worker makes, and that will be kept."""

    key: str
    blocks: list[BlockMade] = field(default_factory=list[BlockMade])


class Recall:
    """Orders go through `send`, what the worker tells through `made`.

    `voice_of` gives the voice of an order, `send_worker` is the way on to the worker and `deliver`
    the way back. Runs in main's event loop.
    """

    def __init__(
        self,
        cache: SpeechCache,
        sample_rate: int,
        voice_of: Callable[[SynthesizeChunk], VoiceInUse | None],
        send_worker: Callable[[object], None],
        deliver: Callable[[Made], None],
    ) -> None:
        self._cache = cache
        self._rate = sample_rate
        self._voice_of = voice_of
        self._send_worker = send_worker
        self._deliver = deliver
        self._making: dict[int, _Making] = {}
        self._recalling: dict[int, asyncio.Handle] = {}
        self._writer = ThreadPoolExecutor(1, "cache")
        self._writing: dict[str, CachedSpeech] = {}  # on its way to the disk
        self._writer.submit(self._open)

    def has(self, voice: VoiceInUse, request: SynthesisRequest) -> bool:
        """Whether the speech is there, as far as is known without looking."""
        key = self._key(voice, request)
        return key is not None and self._is_there(key)

    def send(self, message: object) -> None:
        """An order of the dispatcher."""
        match message:
            case SynthesizeChunk():
                self._order(message)
            case CancelJob(job_id=job_id):
                self._making.pop(job_id, None)
                if (handle := self._recalling.pop(job_id, None)) is not None:
                    handle.cancel()
                else:
                    self._send_worker(message)
            case _:
                self._send_worker(message)

    def made(self, message: Made) -> None:
        """What the worker tells of a chunk."""
        if (making := self._making.get(message.job_id)) is not None:
            match message:
                case BlockMade():
                    making.blocks.append(message)
                case JobFinished():
                    del self._making[message.job_id]
                    if message.reason is None and making.blocks:
                        self._keep(making)
                case JobStarted():
                    pass
        self._deliver(message)

    def worker_died(self) -> None:
        """The dispatcher orders all that was under way anew."""
        self._making.clear()
        for handle in self._recalling.values():
            handle.cancel()
        self._recalling.clear()

    async def close(self) -> None:
        """Finish what is being written."""
        self.worker_died()
        await asyncio.to_thread(self._writer.shutdown)

    def _open(self) -> None:
        try:
            self._cache.open()
        except OSError as error:
            _log.warning("the speech cache in %s cannot be read: %s", self._cache.folder, error)

    def _key(self, voice: VoiceInUse, request: SynthesisRequest) -> str | None:
        return None if voice.model is None else speech_key(request, voice.model, self._rate)

    def _order(self, order: SynthesizeChunk) -> None:
        voice = self._voice_of(order)
        key = None if voice is None else self._key(voice, order.request)
        if key is None:
            self._send_worker(order)
        elif self._is_there(key):
            # Not at once: the dispatcher is in the middle of its work.
            handle = asyncio.get_running_loop().call_soon(self._recall, order, key)
            self._recalling[order.job_id] = handle
        else:
            self._make(order, key)

    def _is_there(self, key: str) -> bool:
        return key in self._writing or key in self._cache

    def _make(self, order: SynthesizeChunk, key: str) -> None:
        self._making[order.job_id] = _Making(key)
        self._send_worker(order)

    def _recall(self, order: SynthesizeChunk, key: str) -> None:
        job_id, started_s = order.job_id, monotonic_s()
        speech = self._writing.get(key) or self._cache.get(key)
        del self._recalling[job_id]
        if speech is None or speech.sample_rate != self._rate:  # gone, or broken
            self._make(order, key)
            return
        self._deliver(JobStarted(job_id, started_s, recalled=True))
        self._deliver(BlockMade(job_id, speech.samples, speech.words, monotonic_s()))
        self._deliver(JobFinished(job_id, monotonic_s()))

    def _keep(self, making: _Making) -> None:
        if len(self._writing) >= _MOST_WRITES:
            return
        samples = np.concatenate([block.samples for block in making.blocks])
        words = tuple(word for block in making.blocks for word in block.words)
        speech = self._writing[making.key] = CachedSpeech(samples, self._rate, words)
        loop = asyncio.get_running_loop()
        written = loop.run_in_executor(self._writer, self._write, making.key, speech)
        written.add_done_callback(lambda _: self._writing.pop(making.key, None))

    def _write(self, key: str, speech: CachedSpeech) -> None:
        try:
            self._cache.put(key, speech)
        except SkaldcastError as error:  # told once: the voice does not depend on it
            _log.warning("%s", error)
