"""Sample-rate conversion of one stretch of audio, in blocks. The one file that uses soxr."""

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]

from ..synthesis.synthesizer import Samples


class Resampler:
    """Converts a mono stream; `process(samples, last=True)` flushes, so nothing is lost at its
    end. Output frame k stands for input frame k * source / target: the filter's delay is
    compensated. Equal rates pass through untouched."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._stream = (
            None
            if source_rate == target_rate
            else soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32", quality="HQ")
        )

    def process(self, samples: Samples, *, last: bool = False) -> Samples:
        """The next output frames, float32 of shape (frames,); with `last`, all that remain."""
        if self._stream is None:
            return samples
        return np.asarray(self._stream.resample_chunk(samples, last=last), np.float32)
