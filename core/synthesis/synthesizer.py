"""What a new voice implements: the `Synthesizer` protocol.

A synthesizer lives in the worker process only. It is loaded there once, by one thread, and is
then asked for one chunk after another (or for up to `batch_capacity` at once, from as many
threads, where it says that it can).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..types import AudioFormat, SpokenForm, Voice, WordTime
from .figures import SynthesisFigures

TARGET_LUFS = -18.0
"""Integrated loudness (ITU-R BS.1770) of a voice unless asked otherwise."""

Samples = NDArray[np.float32]
"""Float32 PCM of shape (frames,), mono, in -1..1."""


class Cancellation:
    """Tells a running synthesis to stop. Thread-safe.

    Poll `cancelled` between steps, use `wait` in place of a sleep, or register with `on_cancel`
    what interrupts a long native call.
    """

    def __init__(self) -> None:
        self._event = Event()
        self._lock = Lock()  # protects _callbacks against a cancel that runs at the same time
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until cancelled, `timeout_s` seconds at most; true when cancelled."""
        return self._event.wait(timeout_s)

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Call `callback` once when cancelled, at once where that has happened already."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def cancel(self) -> None:
        with self._lock:
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


@dataclass(frozen=True, slots=True)
class SynthesisRequest:
    """One chunk to speak."""

    text: str
    """Stripped of outer whitespace; never empty."""
    voice: str
    """A name out of `Synthesizer.voices`."""
    speed: float = 1.0
    """Speaking rate, 1 is the voice's own."""
    seed: int = 0
    language: str = "en"
    loudness_lufs: float = TARGET_LUFS
    """What the voice's speech is brought to, by one gain; peaks stay below -1 dBTP."""
    continues: bool = False
    """The chunk before ended inside the same sentence: no sentence onset here."""
    order: int = 0
    """Its place among the chunks: of those in work, the lowest is heard first."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chunk's audio, in playout order."""

    samples: Samples
    words: tuple[WordTime, ...] = ()
    """Words whose times became known with this block, in order; empty where it cannot tell."""


@dataclass(frozen=True, slots=True)
class SpeedHint:
    """How fast a synthesizer says it is, until it has been measured."""

    latency_s: float
    """What each chunk costs before its audio."""
    real_time_factor: float
    """Seconds of work for a second of audio."""
    block_s: float = 0.0
    """Seconds of audio in a block; 0 where the whole chunk comes at once."""
    seconds_per_character: float | None = None
    """Duration of speech, where the synthesizer knows it."""


@runtime_checkable
class Synthesizer(Protocol):
    """Turns chunks into float32 blocks. Entry-point group: ``skaldcast.synthesizers``.

    The entry point names a class (or function) that takes ``options``, a ``Mapping[str, str]`` of
    what stood behind the ``?`` of the voice name, and must be cheap: import and load heavy things
    in `load`. Pauses between chunks are the engine's: trim leading and trailing silence.
    """

    name: str
    """What stands before the colon in a voice name."""
    format: AudioFormat
    """Mono; what `synthesize` yields. Final once `load` has returned."""
    batch_capacity: int
    """How many chunks may be in `synthesize` at once, each on a thread of its own."""
    speed_hint: SpeedHint | None
    pauses: bool
    """Whether the engine puts pauses between this synthesizer's chunks (`tone` wants none)."""

    def voices(self) -> Sequence[Voice]:
        """The voices there are, the default first. Cheap: called without `load`."""
        ...

    def load(self, voice: str) -> None:
        """Load what `voice` needs and warm it up; raises `SynthesizerError`."""
        ...

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        """Yield the chunk's audio as it comes; stop soon once `cancellation` is cancelled."""
        ...

    def close(self) -> None:
        """Free what `load` took."""
        ...


@runtime_checkable
class Limited(Protocol):
    """What a synthesizer may add that cannot speak chunks of any length."""

    def most_characters(self, language: str) -> int:
        """How long a chunk in `language` (BCP 47) may be. Cheap: called without `load`."""
        ...


@runtime_checkable
class Versioned(Protocol):
    """What a synthesizer may add whose speech may be kept and heard again in another session."""

    def version(self, voice: str) -> str | None:
        """What changes whenever `voice` would sound different: the version of its model, its own
        settings. None where that cannot be told: nothing of it is kept. Cheap: called without
        `load`, in a process that shall not import what `load` does."""
        ...


@runtime_checkable
class Joining(Protocol):
    """What a synthesizer may add that speaks very short chunks badly: within an utterance they
    are joined to a neighbour."""

    def least_characters(self, language: str) -> int:
        """From which length on a chunk in `language` (BCP 47) is spoken well. Cheap: called
        without `load`."""
        ...


@runtime_checkable
class OnGpu(Protocol):
    """What a synthesizer may add that may run on a graphics card, which is then watched."""

    on_gpu: bool


@runtime_checkable
class Counting(Protocol):
    """What a synthesizer may add that notices things about its own work."""

    def take_counts(self) -> Mapping[str, int]:
        """What has been counted since the last call, by name; called after each chunk."""
        ...


@runtime_checkable
class Measuring(Protocol):
    """What a synthesizer may add that measures its own work."""

    def figures(self) -> SynthesisFigures | None:
        """What was measured since `load`, None where nothing was; called after each chunk."""
        ...


@runtime_checkable
class Pronouncing(Protocol):
    """What a synthesizer may add that wants its text in another form than in words."""

    spoken_form: SpokenForm

    def pronounce(self, word: str, ipa: str) -> str:
        """`word`, said as `ipa`, in the synthesizer's inline form; `word` itself where it has
        none. Cheap: called without `load`."""
        ...


SynthesizerFactory = Callable[[Mapping[str, str]], Synthesizer]
"""What an entry point of ``skaldcast.synthesizers`` names; raises `SynthesizerError` on options
that it does not know."""
