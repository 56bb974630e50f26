"""Loudness and true peak by ITU-R BS.1770-4, and the limiter that keeps under a ceiling. No I/O."""

import math

import numpy as np
from numpy.typing import NDArray

from .synthesizer import Samples

CEILING_DBTP = -1.0
_OVERSAMPLING = 4
_TAPS = 24  # twice those of the interpolator in BS.1770 itself
_REACH = _TAPS // 2


def integrated_loudness(samples: Samples, sample_rate: int) -> float:
    """Gated loudness of mono `samples` in LUFS; -inf where all is silence or under 0.4 s."""
    weighted = _k_weighted(samples, sample_rate)
    step, size = round(0.1 * sample_rate), round(0.4 * sample_rate)
    energy = np.concatenate(([0.0], np.cumsum(weighted**2)))
    starts = np.arange(0, weighted.size - size + 1, step)
    power = (energy[starts + size] - energy[starts]) / size
    power = power[power > _power(-70.0)]
    if power.size:
        power = power[power > power.mean() * 10 ** (-10 / 10)]
    return -0.691 + 10 * math.log10(power.mean()) if power.size else -math.inf


def true_peak_db(samples: Samples) -> float:
    """The peak between the samples, by 4-fold interpolation, in dBTP; -inf for silence."""
    peak = float(_peaks(np.pad(samples, _REACH)).max(initial=0.0))
    return 20 * math.log10(peak) if peak else -math.inf


class PeakLimiter:
    """Turns loud peaks down, smoothly and ahead of time, block by block.

    Below the ceiling the samples pass through unchanged; either way they come out later by
    `lookahead_s`, the rest of them from `finish`.
    """

    def __init__(
        self, sample_rate: int, ceiling_db: float = CEILING_DBTP, lookahead_s: float = 0.008
    ) -> None:
        # What 4-fold interpolation and a moving gain may miss: 0.2 dB was seen in noise.
        self._ceiling = 10 ** ((ceiling_db - 0.3) / 20)
        self._ahead = max(1, round(lookahead_s * sample_rate))
        # What has been let out and is still needed to interpolate, then what has not.
        self._held: Samples = np.zeros(_REACH, np.float32)
        # The least gain wanted within the look-ahead, for the frames that were let out last.
        self._gains: NDArray[np.float32] = np.ones(self._ahead, np.float32)

    def push(self, samples: Samples) -> Samples:
        """Take the next frames; return those that are ready."""
        self._held = np.concatenate((self._held, samples))
        return self._let_out(self._held.size - _REACH - self._ahead - _REACH)

    def finish(self) -> Samples:
        """The last frames."""
        count = self._held.size - _REACH
        self._held = np.concatenate((self._held, np.zeros(self._ahead + _REACH, np.float32)))
        return self._let_out(count)

    def _let_out(self, count: int) -> Samples:
        """Let `count` frames out; the look-ahead and the interpolator's reach lie behind them."""
        if count <= 0:
            return self._held[:0]
        span = self._held[: _REACH + count + self._ahead + _REACH]
        self._held = self._held[count:]
        out = span[_REACH : _REACH + count]
        peaks = _peaks(span, self._ceiling / 2)
        if float(peaks.max(initial=0)) > self._ceiling or self._gains.min() < 1:
            out = out * self._smooth_gain(peaks)
        return out

    def _smooth_gain(self, peaks: NDArray[np.float32]) -> NDArray[np.float32]:
        """The gain of each frame to let out: the mean of the least gains around it, so that it
        has come down fully when a peak arrives."""
        wanted = (self._ceiling / np.maximum(peaks, self._ceiling)).astype(np.float32)
        least = np.concatenate((self._gains, _sliding_minimum(wanted, self._ahead + 1)))
        self._gains = least[-self._ahead :]
        sums = np.cumsum(np.concatenate(([0.0], least)))
        size = self._ahead + 1
        gain = (sums[size:] - sums[:-size]) / size
        return gain.astype(np.float32)


def _peaks(samples: Samples, above: float = 0.0) -> NDArray[np.float32]:
    """The highest magnitude at or right after each frame, `_REACH` frames less at both ends.

    Only next to samples whose magnitude is greater than `above` it is looked for between them.
    """
    peaks = np.abs(samples)
    loud = peaks > above
    loud[:-1] |= loud[1:]
    peaks, loud = peaks[_REACH:-_REACH], loud[_REACH:-_REACH]
    where = np.flatnonzero(loud)
    if where.size:
        windows = np.lib.stride_tricks.sliding_window_view(samples, _TAPS)[where + 1]
        peaks[where] = np.maximum(peaks[where], np.abs(windows @ _INTERPOLATORS).max(axis=1))
    return peaks


def _sliding_minimum(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The least of each `size` values in a row, by doubling."""
    width = 1
    while 2 * width <= size:
        values = np.minimum(values[:-width], values[width:])
        width *= 2
    rest = size - width
    return np.minimum(values[: values.size - rest], values[rest:])


def _interpolator(offset: float) -> NDArray[np.float32]:
    """A windowed sinc that reads `offset` frames after the middle of `_TAPS` samples."""
    distance = np.arange(_TAPS) - (_REACH - 1) - offset
    taps = np.sinc(distance) * np.cos(np.pi * distance / (_TAPS + 1)) ** 2
    return (taps / taps.sum()).astype(np.float32)


_INTERPOLATORS = np.stack([_interpolator(n / _OVERSAMPLING) for n in range(1, _OVERSAMPLING)], 1)


def _k_weighted(samples: Samples, sample_rate: int) -> NDArray[np.float64]:
    """The samples through BS.1770's two filters, by their frequency response."""
    # A second of zeros behind takes up the filters' ringing (38 Hz, quickly damped).
    size = samples.size + sample_rate
    z = np.exp(2j * np.pi * np.fft.rfftfreq(size))
    response = _shelf(z, sample_rate) * _high_pass(z, sample_rate)
    return np.fft.irfft(np.fft.rfft(samples, size) * response, size)[: samples.size]


# Both filters for any sample rate: the analogue prototypes that B. De Man recovered from the
# coefficients that BS.1770 gives for 48 kHz ("Evaluation of implementations of the EBU R128
# loudness measurement", AES 145, 2018).
def _shelf(z: NDArray[np.complex128], sample_rate: int) -> NDArray[np.complex128]:
    k = math.tan(math.pi * 1681.974450955533 / sample_rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    top = (high + band * k / q + k * k) + 2 * (k * k - high) / z
    top += (high - band * k / q + k * k) / z**2
    return top / ((1 + k / q + k * k) + 2 * (k * k - 1) / z + (1 - k / q + k * k) / z**2)


def _high_pass(z: NDArray[np.complex128], sample_rate: int) -> NDArray[np.complex128]:
    k = math.tan(math.pi * 38.13547087602444 / sample_rate)
    q = 0.5003270373238773
    bottom = 1 + 2 * (k * k - 1) / (1 + k / q + k * k) / z
    bottom += (1 - k / q + k * k) / (1 + k / q + k * k) / z**2
    return (1 - 2 / z + 1 / z**2) / bottom


def _power(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)
