"""The synthesis worker: the process that owns the synthesizers (and the GPU).

The narrator's voice is loaded first, by the main thread; those of the cast that other synthesizers
have are loaded when they are asked for, each on a thread of its own, while the narrator speaks.
Each synthesizer has a thread for every chunk that it can make at once; they take jobs in order of
arrival and send blocks as they come. A reader thread (`ChildChannel`) feeds them. It does no other
I/O. It may die at any moment: main redoes what was unfinished.
"""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..channel import ChildChannel, prepare_child
from ..clock import monotonic_s
from ..errors import SkaldcastError, SynthesizerError
from ..types import WordTime
from .messages import (
    BlockMade,
    CancelJob,
    JobFinished,
    JobStarted,
    LoadVoice,
    SynthesizeChunk,
    SynthesizerCounted,
    SynthesizerMeasured,
    VoiceFailed,
    VoiceLoaded,
)
from .synthesizer import Block, Cancellation, Counting, Measuring, Samples, Synthesizer

if TYPE_CHECKING:
    from ..playout.resampler import Resampler

_log = logging.getLogger(__name__)


class Channel(Protocol):
    """The way to main; the messages from there go to a function of ours."""

    def start(self) -> None: ...

    def send(self, message: object) -> None: ...


@dataclass(frozen=True, slots=True)
class _Job:
    chunk: SynthesizeChunk
    cancellation: Cancellation


class Worker:
    """Runs jobs, each on its synthesizer.

    The job queues have no bound of their own: main sends at most `batch_capacity` + 1 jobs ahead.
    """

    def __init__(
        self, open_channel: Callable[[Callable[[Any], None]], Channel] = ChildChannel
    ) -> None:
        self._channel = open_channel(self._on_request)
        self._voice: SimpleQueue[LoadVoice] = SimpleQueue()
        self._lock = Lock()  # protects _jobs and _running: the reader cancels while jobs end
        self._jobs: dict[str, SimpleQueue[_Job]] = {}
        self._running: dict[int, _Job] = {}
        self._narrates = Event()
        self._sample_rate = 0  # the narrator's, set before _narrates

    def run(self) -> None:
        self._channel.start()
        message = self._voice.get()
        synthesizer = self._load(message)
        if synthesizer is None:
            return
        self._sample_rate = synthesizer.format.sample_rate
        self._tell_loaded(synthesizer, message)
        # What is loaded stays; without this each full collection walks the model's objects.
        gc.freeze()
        self._narrates.set()
        self._start(synthesizer, "", synthesizer.batch_capacity - 1)
        self._work(synthesizer, "")

    def _on_request(self, message: object) -> None:
        match message:
            case SynthesizeChunk():
                job = _Job(message, Cancellation())
                with self._lock:
                    self._running[message.job_id] = job
                self._jobs_of(message.synthesizer).put(job)
            case CancelJob():
                with self._lock:
                    job = self._running.get(message.job_id)
                if job is not None:
                    job.cancellation.cancel()
            case LoadVoice(synthesizer=""):
                self._voice.put(message)
            case LoadVoice():
                Thread(target=self._load_beside, args=(message,), daemon=True).start()
            case _:
                _log.error("unknown request %r", message)

    def _jobs_of(self, synthesizer: str) -> "SimpleQueue[_Job]":
        with self._lock:
            return self._jobs.setdefault(synthesizer, SimpleQueue())

    def _load_beside(self, message: LoadVoice) -> None:
        """Load a synthesizer beside the narrator's."""
        self._narrates.wait()
        synthesizer = self._load(message)
        if synthesizer is not None:
            self._tell_loaded(synthesizer, message)
            self._start(synthesizer, message.synthesizer, synthesizer.batch_capacity)

    def _load(self, message: LoadVoice) -> Synthesizer | None:
        try:
            synthesizer = message.voice.create()
            synthesizer.load(message.voice.voice.name)
        except SkaldcastError as error:
            self._channel.send(VoiceFailed(str(error), message.synthesizer))
            return None
        except BaseException as error:  # a third party's synthesizer may raise anything
            _log.debug("loading %s failed", message.voice.spec, exc_info=True)
            reason = f"the voice {message.voice.spec} failed: {error!r}"
            self._channel.send(VoiceFailed(reason, message.synthesizer))
            return None
        return synthesizer

    def _tell_loaded(self, synthesizer: Synthesizer, message: LoadVoice) -> None:
        self._channel.send(
            VoiceLoaded(
                synthesizer=synthesizer.name,
                sample_rate=self._sample_rate,
                batch_capacity=synthesizer.batch_capacity,
                speed_hint=synthesizer.speed_hint,
                pauses=synthesizer.pauses,
                loaded_as=message.synthesizer,
            )
        )

    def _start(self, synthesizer: Synthesizer, name: str, threads: int) -> None:
        for _ in range(threads):
            Thread(target=self._work, args=(synthesizer, name), daemon=True).start()

    def _work(self, synthesizer: Synthesizer, name: str) -> None:
        jobs = self._jobs_of(name)
        while True:
            job = jobs.get()
            job_id = job.chunk.job_id
            reason = self._synthesize(synthesizer, job)
            with self._lock:
                del self._running[job_id]
            # Before the end: with it the cue may end, and the report be written.
            if isinstance(synthesizer, Counting) and (counts := synthesizer.take_counts()):
                self._channel.send(SynthesizerCounted(counts))
            if isinstance(synthesizer, Measuring) and (figures := synthesizer.figures()):
                self._channel.send(SynthesizerMeasured(figures))
            self._channel.send(JobFinished(job_id, monotonic_s(), reason))

    def _synthesize(self, synthesizer: Synthesizer, job: _Job) -> str | None:
        """Send the blocks of a chunk; the reason where it failed."""
        job_id, request, cancellation = job.chunk.job_id, job.chunk.request, job.cancellation
        if cancellation.cancelled:
            return None
        self._channel.send(JobStarted(job_id, monotonic_s()))
        own_rate = synthesizer.format.sample_rate
        most = round(most_audio_s(request.text) * own_rate)
        resampler = self._resampler(own_rate)
        try:
            for block in synthesizer.synthesize(request, cancellation):
                if cancellation.cancelled:
                    return None
                _check(block)
                most -= block.samples.size
                if most < 0:
                    return "the synthesizer makes no end of it"
                samples = resampler.process(block.samples) if resampler else block.samples
                self._send(job_id, samples, block.words)
            if resampler:
                self._send(job_id, resampler.process(np.zeros(0, np.float32), last=True))
        except SkaldcastError as error:
            return str(error)
        except BaseException as error:  # a third party's synthesizer may raise anything
            _log.debug("the synthesizer failed on %r", request.text, exc_info=True)
            return f"the synthesizer failed: {error!r}"
        return None

    def _resampler(self, own_rate: int) -> "Resampler | None":
        """What brings a synthesizer's samples to the narrator's rate, where they differ."""
        if own_rate == self._sample_rate:
            return None
        from ..playout.resampler import Resampler

        return Resampler(own_rate, self._sample_rate)

    def _send(self, job_id: int, samples: Samples, words: tuple[WordTime, ...] = ()) -> None:
        self._channel.send(BlockMade(job_id, samples, words, monotonic_s()))


def most_audio_s(text: str) -> float:
    """More seconds of audio than this no voice makes of `text`: four times a slow reader's, and
    half a minute for what a long number or a sung syllable may take."""
    return 30.0 + 0.5 * len(text)


def _check(block: Block) -> None:
    """Keep from main what would break the audio of others."""
    samples = block.samples
    if samples.dtype != np.float32 or samples.ndim != 1:
        raise SynthesizerError(
            f"the synthesizer gave {samples.dtype} samples of shape {samples.shape}; "
            "they must be float32 of shape (frames,)"
        )
    if not np.isfinite(samples).all():
        raise SynthesizerError("the synthesizer gave samples that are not numbers")


def main() -> None:
    prepare_child()
    Worker().run()


if __name__ == "__main__":
    main()
