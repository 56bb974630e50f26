"""hibari's network and its sound: phonemes to a spectrum with durations, spectrum to samples.

hibari renders a sentence in one go. Here it is rendered in stretches, so that the first samples
are there before the last; silence is left out. The formulas are hibari's (its `dsp.synth`:
S = exp(lh) e^(i pi tanh theta) STFT(pulses(f0)) + exp(ln) Z + exp(lr) e^(i phi)).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import onnx_session
from .hibari_package import hibari_module
from .synthesizer import Samples

SAMPLE_RATE = 24_000
HOP = 300
"""Frames of audio to a spectral frame."""
_UNIT_S = 0.025  # a phoneme lasts a whole number of these: two spectral frames each
_DURATIONS = "/Cast_32_output_0"  # the int64 durations in hibari 0.2.1's graph, one a phoneme
_CONTEXT = 2  # spectral frames on each side that a window of 1200 frames reaches into
# A spectral frame under this log magnitude is silence: -93 dBFS for a sine wave.
_SILENT = -5.0
_QUIET = -1.0  # about -55 dBFS: what is heard as a pause
_PAUSE = 5  # spectral frames (63 ms): the closure of a "t" is shorter
_MARGIN = 4  # spectral frames kept around the sound; exact trimming comes after
# 6 s of noise are made once and used over and over, from a random place on: drawing it anew was
# a third of the rendering.
_NOISE = 480
_FIRST = 32  # 0.4 s: little work before the first samples
_NEXT = 120  # 1.5 s: larger stretches cost a little less for each frame


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What the network says about one phrase; arrays of shape (601, frames), f0 of (frames,)."""

    lh: NDArray[np.float32]
    theta: NDArray[np.float32]
    ln: NDArray[np.float32]
    lr: NDArray[np.float32]
    phi: NDArray[np.float32]
    f0: NDArray[np.float32]
    ends_s: Sequence[float]
    """When each phoneme ends, the pads at both ends included, in seconds from frame 0. They come
    `phonemes.LAG_S` after what is heard."""

    def levels(self) -> NDArray[np.float32]:
        """The greatest log magnitude in each spectral frame."""
        # Every fourth of the 601 bins: the branches are smooth, and this costs time for each.
        noise = np.maximum(self.ln[::4].max(axis=0), self.lr[::4].max(axis=0))
        harmonics: NDArray[np.float32] = self.lh[::4].max(axis=0)
        # The harmonic branch means nothing where there is no pitch: its pulses are 0 there.
        harmonics[self.f0 < 40.0] = -np.inf
        return np.maximum(noise, harmonics)


def sounding(levels: NDArray[np.float32]) -> tuple[int, int]:
    """The range of spectral frames outside of which there is silence; (0, 0) where all is."""
    loud = np.flatnonzero(levels > _SILENT)
    if not loud.size:
        return 0, 0
    return max(0, int(loud[0]) - _MARGIN), min(levels.size, int(loud[-1]) + 1 + _MARGIN)


def pauses(levels: NDArray[np.float32]) -> list[tuple[float, float]]:
    """The silences that can be heard, in seconds from spectral frame 0; what lies around the
    speech is one too."""
    quiet = np.concatenate(([False], levels < _QUIET, [False]))
    edges = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2)
    frame_s = HOP / SAMPLE_RATE
    return [(a * frame_s, b * frame_s) for a, b in edges.tolist() if b - a >= _PAUSE]


class HibariModel:
    """The network of one hibari voice, on one thread (two are slower under load)."""

    def __init__(self, voice: str) -> None:
        voices = hibari_module("hibari.voices")
        self._dsp = hibari_module("hibari.dsp")
        model = Path(voices.voice_path(voice, download_missing=False)).read_bytes()
        self._session = onnx_session.open_session(
            model + onnx_session.added_output(_DURATIONS), threads=1
        )
        shape = (601, 2 * (_NOISE + _NEXT + _FIRST + _CONTEXT))
        noise = np.random.default_rng(0).standard_normal(shape, np.float32)
        self._noise = noise.view(np.complex64)

    def spectrum(self, ids: Sequence[int], speed: float) -> Spectrum:
        """Run the network on the phonemes of a phrase."""
        names = ["lh", "theta", "ln", "lr", "phi", "f0", _DURATIONS]
        inputs = {
            "ids": np.array([[0, *ids, 0]], np.int64),
            "speed": np.array([speed], np.float32),
        }
        *branches, durations = self._session.run(names, inputs)
        ends_s = (np.cumsum(durations) * _UNIT_S).tolist()
        return Spectrum(*(branch[0] for branch in branches), ends_s=ends_s)

    def render(
        self, spectrum: Spectrum, first: int, last: int, rng: np.random.Generator
    ) -> Iterator[Samples]:
        """Yield the samples of the spectral frames `first` to `last`, a stretch at a time.

        A stretch is the same whether the next one is asked for or not: each spectral frame is
        made once and shared by the stretches that reach into it.
        """
        noise_start = int(rng.integers(_NOISE))
        pulses = self._dsp.pulses(spectrum.f0[first:last])
        count, made, done, size = last - first, 0, 0, _FIRST
        overlap = np.zeros((601, 0), np.complex64)
        while done < count:
            end = min(done + size, count)
            if count - end < _FIRST:  # leave no crumb for the end
                end = count
            ahead = min(end + _CONTEXT, count)
            frames = self._frames(spectrum, first, pulses, made, ahead, noise_start)
            made = ahead
            window = np.concatenate((overlap, frames), axis=1)
            start = made - window.shape[1]  # the window's first spectral frame
            sound = self._dsp.ola(window)
            yield sound[(done - start) * HOP : (end - start) * HOP]
            overlap = window[:, max(0, end - _CONTEXT - start) :]
            done, size = end, _NEXT

    def _frames(
        self,
        spectrum: Spectrum,
        offset: int,
        pulses: Samples,
        start: int,
        end: int,
        noise_start: int,
    ) -> NDArray[np.complex64]:
        """The complex spectral frames `start` to `end`, counted from the `offset`th."""
        begin = max(0, start - _CONTEXT)
        stretch = pulses[begin * HOP : (end + _CONTEXT) * HOP]
        frames = self._dsp.stft(stretch, end - begin)[:, start - begin :]
        part = slice(offset + start, offset + end)
        turn = np.tanh(spectrum.theta[:, part]) * np.float32(np.pi)
        frames *= _polar(spectrum.lh[:, part], turn)
        at = (noise_start + start) % _NOISE
        frames += self._noise[:, at : at + end - start] * _magnitude(spectrum.ln[:, part])
        frames += _polar(spectrum.lr[:, part], spectrum.phi[:, part])
        return frames


def _magnitude(log: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.exp(np.minimum(log, 7.0), dtype=np.float32)


def _polar(log: NDArray[np.float32], angle: NDArray[np.float32]) -> NDArray[np.complex64]:
    """exp(log) e^(i angle)."""
    result = np.empty(log.shape, np.complex64)
    np.cos(angle, out=result.real)
    np.sin(angle, out=result.imag)
    result *= _magnitude(log)
    return result
