"""Removes the silence around speech while it streams: pauses are the engine's to place. No I/O."""

import numpy as np
from numpy.typing import NDArray

from .synthesizer import Samples

_WINDOW_S = 0.005


class SilenceTrimmer:
    """Cuts leading and trailing silence off one stretch of speech, block by block.

    A window of 5 ms is silent where its RMS lies under `threshold_db` (dBFS). Silence inside
    speech is held back until speech follows it. `preroll_s` and `postroll_s` of what was cut stay
    around the speech, and both ends are faded over 5 ms, so that no edge clicks. The result does
    not depend on the blocks that the speech comes in.
    """

    def __init__(
        self,
        sample_rate: int,
        threshold_db: float = -60.0,
        preroll_s: float = 0.010,
        postroll_s: float = 0.020,
    ) -> None:
        self._window = max(1, round(_WINDOW_S * sample_rate))
        self._power = 10 ** (threshold_db / 10)
        # Whole windows: their grid then stays that of the first frame.
        self._preroll = round(preroll_s / _WINDOW_S) * self._window
        self._postroll = round(postroll_s / _WINDOW_S) * self._window
        self._fade = np.linspace(0, 1, self._window, endpoint=False, dtype=np.float32)
        # From a window's edge on; once speech has begun, from the last loud window on.
        self._held: Samples = np.zeros(0, np.float32)
        self._started = False
        self.skipped = 0
        """Leading frames dropped so far; final once `push` has returned something."""

    def push(self, samples: Samples) -> Samples:
        """Take the next frames; return those that are known to be wanted, possibly none."""
        held = np.concatenate((self._held, samples))
        loud = _loud_windows(held, self._window, self._power) * self._window
        if not self._started:
            begin = int(loud[0]) if loud.size else held.size // self._window * self._window
            begin = max(0, begin - self._preroll)
            self.skipped += begin
            held, loud = held[begin:], loud - begin
            if loud.size:
                self._started = True
                held[: self._window] *= self._fade[: held.size]
        end = int(loud[-1]) if loud.size else 0
        self._held = held[end:]
        return held[:end]

    def finish(self) -> Samples:
        """The last frames, faded out: what of the silence stays behind the speech."""
        tail = self._held[: self._window + self._postroll] if self._started else self._held[:0]
        self._held = self._held[:0]
        if tail.size:
            fade = self._fade[: tail.size]
            tail[tail.size - fade.size :] *= fade[::-1]
        return tail


def quiet_stretches(
    samples: Samples, sample_rate: int, threshold_db: float = -50.0, least_s: float = 0.06
) -> list[tuple[float, float]]:
    """The silences of at least `least_s`, those at both ends included, in seconds."""
    window = max(1, round(_WINDOW_S * sample_rate))
    quiet = np.ones(samples.size // window + 2, np.bool_)
    quiet[0] = quiet[-1] = False
    quiet[_loud_windows(samples, window, 10 ** (threshold_db / 10)) + 1] = False
    edges = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2) * (window / sample_rate)
    return [(a, b) for a, b in edges.tolist() if b - a >= least_s]


def _loud_windows(samples: Samples, window: int, power: float) -> NDArray[np.intp]:
    """Indices of the windows that are not silent; a last part window is not counted."""
    count = samples.size // window
    windows = samples[: count * window].reshape(count, window)
    return np.flatnonzero(np.einsum("ij,ij->i", windows, windows) / window > power)
