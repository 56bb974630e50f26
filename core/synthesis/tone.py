"""The `tone` voice: a steady 440 Hz tone whose timing is exactly what its options say.

It is there for checks: any silence in a recording of it, and any step in its phase, is ours.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from ..clock import monotonic_s
from ..errors import SynthesizerError
from ..types import AudioFormat, SpokenForm, Voice
from .synthesizer import Block, Cancellation, Samples, SpeedHint, SynthesisRequest
from .word_times import proportional_words

SECONDS_PER_CHARACTER = 0.065
_SAMPLE_RATE = 24_000
_AMPLITUDE = 0.25
# 11 periods of 440 Hz are exactly 600 frames at 24 kHz: the tone is this table, repeated.
_CYCLE: Samples = (_AMPLITUDE * np.sin(2 * np.pi * 11 / 600 * np.arange(600))).astype(np.float32)
_DEFAULTS = {"rtf": 0.1, "latency": 0.05, "block": 0.2}


class ToneSynthesizer:
    """A tone of 0.065 s for each character, its phase kept from chunk to chunk.

    Options: `rtf` (seconds of work for a second of audio), `latency` (seconds that each chunk
    costs before that) and `block` (seconds in a block; 0 gives the whole chunk at its end).
    Raises `SynthesizerError` on any other option or a value that is no number of 0 or more.
    `clock` gives the seconds that `Cancellation.wait` waits in.
    """

    name = "tone"
    batch_capacity = 1
    pauses = False
    spoken_form = SpokenForm.WRITTEN  # its audio is measured by the written characters

    def __init__(
        self, options: Mapping[str, str], clock: Callable[[], float] = monotonic_s
    ) -> None:
        self._clock = clock
        values = _DEFAULTS | {key: _seconds(key, value) for key, value in options.items()}
        self.format = AudioFormat(_SAMPLE_RATE)
        self._rtf = values["rtf"]
        self._latency_s = values["latency"]
        self._block_s = values["block"]
        self._position = 0
        self.speed_hint = SpeedHint(
            self._latency_s, self._rtf, self._block_s, SECONDS_PER_CHARACTER
        )

    def voices(self) -> Sequence[Voice]:
        return (
            Voice(
                "tone",
                "tone",
                licence="MIT",
                source="computed",
                description="a steady 440 Hz tone, for checks",
            ),
        )

    def pronounce(self, word: str, ipa: str) -> str:
        """A tone has no pronunciation."""
        del ipa
        return word

    def load(self, voice: str) -> None:
        """Nothing to load."""

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        """Yield block n at `latency + rtf * n * block` seconds after this call, the last one (or
        the whole chunk, where `block` is 0) at `latency + rtf * duration`."""
        return self._blocks(request, cancellation, taken_s=self._clock())

    def close(self) -> None:
        """Nothing to free."""

    def _blocks(
        self, request: SynthesisRequest, cancellation: Cancellation, taken_s: float
    ) -> Iterator[Block]:
        duration_s = SECONDS_PER_CHARACTER * len(request.text) / request.speed
        frames = round(duration_s * _SAMPLE_RATE)
        step = max(1, round(self._block_s * _SAMPLE_RATE) if self._block_s else frames)
        words = proportional_words(request.text, duration_s)
        for start in range(0, frames, step):
            count = min(step, frames - start)
            work_s = self._latency_s + self._rtf * (start + count) / _SAMPLE_RATE
            if work_s and not self._wait_until(taken_s + work_s, cancellation):
                return
            if cancellation.cancelled:
                return
            yield Block(self._next(count), words)
            words = ()

    def _next(self, count: int) -> Samples:
        """The next `count` frames of the tone that never ends."""
        phase = self._position % len(_CYCLE)
        self._position += count
        return np.tile(_CYCLE, (phase + count) // len(_CYCLE) + 1)[phase : phase + count]

    def _wait_until(self, due_s: float, cancellation: Cancellation) -> bool:
        """Wait for the clock to reach `due_s`; false when cancelled before."""
        while (remaining_s := due_s - self._clock()) > 0:
            if cancellation.wait(remaining_s):
                return False
        return True


def _seconds(key: str, value: str) -> float:
    if key not in _DEFAULTS:
        raise SynthesizerError(
            f"tone has no option {key!r}; its options are {', '.join(_DEFAULTS)}"
        )
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise SynthesizerError(f"tone's option {key}={value!r} is not a number of 0 or more")
    return number
