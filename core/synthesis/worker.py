"""The synthesis worker: the process that owns one synthesizer (and the GPU).

Its main thread and, where the synthesizer can work on several chunks at once, further threads
take jobs in order of arrival and send blocks as they come. A reader thread (`ChildChannel`)
feeds them. It does no other I/O. It may die at any moment: main redoes what was unfinished.
"""

import gc
import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

import numpy as np

from ..channel import ChildChannel, prepare_child
from ..clock import monotonic_s
from ..errors import SkaldcastError, SynthesizerError
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
from .synthesizer import Block, Cancellation, Counting, Measuring, Synthesizer

_log = logging.getLogger(__name__)


class Channel(Protocol):
    """The way to main; the messages from there go to a function of ours."""

    def start(self) -> None: ...

    def send(self, message: object) -> None: ...


class Worker:
    """Runs jobs on one synthesizer.

    The job queue has no bound of its own: main sends at most `batch_capacity` + 1 jobs ahead.
    """

    def __init__(
        self, open_channel: Callable[[Callable[[Any], None]], Channel] = ChildChannel
    ) -> None:
        self._channel = open_channel(self._on_request)
        self._voice: SimpleQueue[LoadVoice] = SimpleQueue()
        self._jobs: SimpleQueue[SynthesizeChunk] = SimpleQueue()
        self._lock = Lock()  # protects _cancellations: the reader cancels while jobs end
        self._cancellations: dict[int, Cancellation] = {}

    def run(self) -> None:
        self._channel.start()
        synthesizer = self._load(self._voice.get())
        if synthesizer is None:
            return
        # What is loaded stays; without this each full collection walks the model's objects.
        gc.freeze()
        for _ in range(synthesizer.batch_capacity - 1):
            Thread(target=self._work, args=(synthesizer,), daemon=True).start()
        self._work(synthesizer)

    def _on_request(self, message: object) -> None:
        match message:
            case SynthesizeChunk():
                with self._lock:
                    self._cancellations[message.job_id] = Cancellation()
                self._jobs.put(message)
            case CancelJob():
                with self._lock:
                    cancellation = self._cancellations.get(message.job_id)
                if cancellation is not None:
                    cancellation.cancel()
            case LoadVoice():
                self._voice.put(message)
            case _:
                _log.error("unknown request %r", message)

    def _load(self, message: LoadVoice) -> Synthesizer | None:
        try:
            synthesizer = message.voice.create()
            synthesizer.load(message.voice.voice.name)
        except SkaldcastError as error:
            self._channel.send(VoiceFailed(str(error)))
            return None
        except BaseException as error:  # a third party's synthesizer may raise anything
            _log.debug("loading %s failed", message.voice.spec, exc_info=True)
            self._channel.send(VoiceFailed(f"the voice {message.voice.spec} failed: {error!r}"))
            return None
        self._channel.send(
            VoiceLoaded(
                synthesizer=synthesizer.name,
                sample_rate=synthesizer.format.sample_rate,
                batch_capacity=synthesizer.batch_capacity,
                speed_hint=synthesizer.speed_hint,
                pauses=synthesizer.pauses,
            )
        )
        return synthesizer

    def _work(self, synthesizer: Synthesizer) -> None:
        while True:
            job = self._jobs.get()
            with self._lock:
                cancellation = self._cancellations[job.job_id]
            reason = self._synthesize(synthesizer, job, cancellation)
            with self._lock:
                del self._cancellations[job.job_id]
            # Before the end: with it the cue may end, and the report be written.
            if isinstance(synthesizer, Counting) and (counts := synthesizer.take_counts()):
                self._channel.send(SynthesizerCounted(counts))
            if isinstance(synthesizer, Measuring) and (figures := synthesizer.figures()):
                self._channel.send(SynthesizerMeasured(figures))
            self._channel.send(JobFinished(job.job_id, monotonic_s(), reason))

    def _synthesize(
        self, synthesizer: Synthesizer, job: SynthesizeChunk, cancellation: Cancellation
    ) -> str | None:
        """Send the blocks of a chunk; the reason where it failed."""
        if cancellation.cancelled:
            return None
        self._channel.send(JobStarted(job.job_id, monotonic_s()))
        most = round(most_audio_s(job.request.text) * synthesizer.format.sample_rate)
        try:
            for block in synthesizer.synthesize(job.request, cancellation):
                if cancellation.cancelled:
                    break
                _check(block)
                most -= block.samples.size
                if most < 0:
                    return "the synthesizer makes no end of it"
                self._channel.send(BlockMade(job.job_id, block.samples, block.words, monotonic_s()))
        except SkaldcastError as error:
            return str(error)
        except BaseException as error:  # a third party's synthesizer may raise anything
            _log.debug("the synthesizer failed on %r", job.request.text, exc_info=True)
            return f"the synthesizer failed: {error!r}"
        return None


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
