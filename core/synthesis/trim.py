"""Removes the silence around speech while it streams: pauses are the engine's to place. No I/O."""

import numpy as np

from .synthesizer import Samples

_WINDOW_S = 0.005


class SilenceTrimmer:
    """Cuts leading and trailing silence off one stretch of speech, block by block.

    A window of 5 ms is silent where its RMS lies under `threshold_db` (dBFS). Silence inside
    speech is held back until speech follows it. `preroll_s` and `postroll_s` of what was cut stay
    around the speech, and both ends are faded over 5 ms, so that no edge clicks.
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
        self._preroll = round(preroll_s * sample_rate)
        self._postroll = round(postroll_s * sample_rate)
        self._fade = np.linspace(0, 1, self._window, endpoint=False, dtype=np.float32)
        self._held: Samples = np.zeros(0, np.float32)
        self._started = False
        self.skipped = 0
        """Leading frames dropped so far; final once `push` has returned something."""

    def push(self, samples: Samples) -> Samples:
        """Take the next frames; return those that are known to be wanted, possibly none."""
        held = np.concatenate((self._held, samples)) if self._held.size else samples
        loud = self._loud_windows(held)
        if not self._started:
            keep = (
                loud[0] * self._window - self._preroll if loud.size else held.size - self._preroll
            )
            keep = max(0, int(keep))
            self.skipped += keep
            held = held[keep:]
            if not loud.size:
                self._held = held
                return held[:0]
            self._started = True
            held = held.copy()
            held[: self._window] *= self._fade[: held.size]
            loud = self._loud_windows(held)
        end = int(loud[-1] + 1) * self._window if loud.size else 0
        self._held = held[end:]
        return held[:end]

    def finish(self) -> Samples:
        """The last frames: what of the silence stays behind the speech, faded out."""
        tail = self._held[: self._postroll].copy() if self._started else self._held[:0]
        self._held = self._held[:0]
        if tail.size:
            fade = self._fade[-tail.size :]
            tail[tail.size - fade.size :] *= fade[::-1]
        return tail

    def _loud_windows(self, samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        """Indices of the windows that are not silent; a last part window belongs to the next."""
        count = samples.size // self._window
        windows = samples[: count * self._window].reshape(count, self._window)
        power = np.einsum("ij,ij->i", windows, windows) / self._window
        return np.flatnonzero(power > self._power)
