"""Recordings that a voice is learned from: read, brought to the model's form, and judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from ...errors import SynthesizerError
from ...playout.resampler import Resampler
from ..synthesizer import Samples

CLIP_RATE = 22_050
"""Frames per second that the model's encoders take."""
LONGEST_S = 30.0
"""Upstream uses no more of a clip."""
SHORTEST_S = 0.33
"""Upstream takes nothing from less."""

_SHORT_CLIP_S = 3.0
_ENOUGH_S = 6.0
"""A window of the conditioning encoder; what is shorter fills less than one."""
_CLIPPED_SHARE = 1e-4
_NOISY_DB = 25.0
"""Speech with less above its pauses sounds of the room; `_noise_db` says how it is measured."""
_FRAME_S = 0.02
_SILENT_DB = -60.0


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording."""

    name: str
    samples: Samples
    """Mono float32 at `CLIP_RATE`, of shape (frames,), in -1..1; `LONGEST_S` seconds at most."""
    duration_s: float
    """Of the whole recording."""
    channels: int
    clipped_share: float
    """Of the samples, those in runs at the recording's own peak."""
    noise_db: float
    """Level of speech above that of the pauses; infinite where the pauses are digital silence."""


def read_clip(path: Path) -> Clip:
    """Read the recording at `path`; raises `SynthesizerError` with what is wrong with it."""
    try:
        with soundfile.SoundFile(path) as file:
            rate, channels, frames = file.samplerate, file.channels, file.frames
            data = cast(
                "NDArray[np.float32]",
                file.read(round(LONGEST_S * rate), dtype="float32", always_2d=True),
            )
    except (OSError, RuntimeError, ValueError) as error:  # soundfile's own is a RuntimeError
        raise _refused(path, _reason(path, error)) from error
    if not np.isfinite(data).all():
        raise _refused(path, "it holds values that are not numbers")
    if len(data) < SHORTEST_S * rate:
        raise _refused(
            path, f"it is {len(data) / rate:.2f} s long, and {SHORTEST_S} s is too short"
        )
    mono = data.mean(axis=1, dtype=np.float32)
    levels = _levels_db(mono, rate)
    if levels.max() < _SILENT_DB:
        raise _refused(path, f"it is silent (its loudest moment is at {levels.max():.0f} dBFS)")
    samples = Resampler(rate, CLIP_RATE).process(mono, last=True)
    return Clip(
        path.name,
        np.clip(samples, -1.0, 1.0),
        max(frames, len(data)) / rate,
        channels,
        _clipped_share(data),
        _noise_db(levels),
    )


def warnings(clips: Sequence[Clip]) -> Iterator[str]:
    """What may make a voice of these clips worse than it could be, one line each."""
    for clip in clips:
        if clip.duration_s < _SHORT_CLIP_S and len(clips) > 1:
            yield f"{clip.name} is short ({clip.duration_s:.1f} s): 6 to 30 s are best"
        if clip.duration_s > LONGEST_S:
            yield f"{clip.name} is long ({clip.duration_s:.1f} s): {LONGEST_S:g} s are used"
        if clip.clipped_share > _CLIPPED_SHARE:
            yield f"{clip.name} is clipped ({clip.clipped_share:.2%} of it): record it quieter"
        if clip.noise_db < _NOISY_DB:
            yield (
                f"{clip.name} is noisy (speech only {clip.noise_db:.0f} dB above its pauses): "
                "record it in a quiet room, close to the microphone"
            )
        if clip.channels > 1:
            yield f"{clip.name} has {clip.channels} channels: their mean is used"
    total_s = sum(clip.duration_s for clip in clips)
    if total_s < _ENOUGH_S:
        yield f"there are only {total_s:.1f} s of the voice: 6 to 30 s are best"


def _levels_db(mono: Samples, rate: int) -> NDArray[np.float64]:
    """The level of each `_FRAME_S` in dBFS; a clip that is shorter is one frame."""
    size = min(round(_FRAME_S * rate), len(mono))
    frames = mono[: len(mono) // size * size].reshape(-1, size).astype(np.float64)
    return 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)


def _noise_db(levels: NDArray[np.float64]) -> float:
    """Between the 90th percentile, which is speech, and the 5th, which lies in the pauses of any
    speaker who breathes. Digital silence tells nothing about the room and is left out."""
    heard = levels[levels > -100.0]
    low, high = np.percentile(heard, (5, 90))
    return float(high - low) if len(heard) > len(levels) * 0.8 else float("inf")


def _clipped_share(data: NDArray[np.float32]) -> float:
    """The share of samples in runs of three or more at the peak, whatever gain came later."""
    levels = np.abs(data)
    at_peak = levels >= levels.max() * (1 - 1e-4)
    runs = at_peak[:-2] & at_peak[1:-1] & at_peak[2:]
    inside = np.zeros_like(at_peak)
    for shift in range(3):
        inside[shift : len(runs) + shift] |= runs
    return float(inside.mean())


def _reason(path: Path, error: Exception) -> str:
    if not path.exists():
        return "there is no such file"
    if not path.is_file():
        return "it is no file"
    if not path.stat().st_size:
        return "it is empty"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    detail = cast("Any", getattr(error, "error_string", "")) or str(error)
    return f"it is no audio that can be read ({' '.join(detail.split()).rstrip('.')})"


def _refused(path: Path, reason: str) -> SynthesizerError:
    return SynthesizerError(
        f"the clip {path} cannot be used: {reason}; give WAV, FLAC, OGG or MP3 files of the voice"
    )
