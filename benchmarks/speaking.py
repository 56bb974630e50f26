"""Speaks texts with a synthesizer as the engine would, without the engine."""

import numpy as np
from numpy.typing import NDArray

from skaldcast.core.synthesis.registry import resolve
from skaldcast.core.synthesis.synthesizer import Cancellation, SynthesisRequest
from skaldcast.core.types import WordTime


class Speaker:
    """A loaded voice."""

    def __init__(self, spec: str) -> None:
        resolved = resolve(spec)
        self._voice = resolved.voice.name
        self._synthesizer = resolved.create()
        self._synthesizer.load(self._voice)
        self.sample_rate = self._synthesizer.format.sample_rate

    def speak(self, text: str, speed: float = 1.0) -> tuple[NDArray[np.float32], list[WordTime]]:
        """All samples of a chunk, and its word times."""
        request = SynthesisRequest(text, self._voice, speed)
        blocks = list(self._synthesizer.synthesize(request, Cancellation()))
        samples = np.concatenate([block.samples for block in blocks])
        return samples, [word for block in blocks for word in block.words]
