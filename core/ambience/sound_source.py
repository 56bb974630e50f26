"""A sound file as a source of frames, decoded as it is read. Used in the ambience process only,
which a broken file may break."""

from pathlib import Path

import numpy as np

from ..errors import AmbienceError
from ..playout.device import Frames

RATES = (1_000, 768_000)
"""Sample rates of sound; a file that claims another is broken."""


class SoundFileSource:
    """WAV, FLAC, Ogg Vorbis, Opus or MP3: whatever libsndfile reads, of any length.

    Mono is given to both sides; more than two channels are folded into one, as files disagree
    about their order. Raises `AmbienceError` where the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        self.name = str(path)
        # `TypeError`: a name that ends in .raw says nothing of rate and channels.
        self._errors = (OSError, ValueError, TypeError, soundfile.SoundFileError)
        try:
            self._file = soundfile.SoundFile(path)
        except self._errors as error:
            raise self._failed(error) from error
        self.sample_rate: int = self._file.samplerate
        if not RATES[0] <= self.sample_rate <= RATES[1] or not self._file.seekable():
            self._file.close()
            raise AmbienceError(
                f"{path} cannot be looped: {self.sample_rate} Hz is no rate of sound, or it "
                "cannot be read twice; choose another file"
            )

    def read(self, frames: int) -> Frames:
        try:
            block: Frames = self._file.read(frames, dtype="float32", always_2d=True)  # pyright: ignore[reportAssignmentType]
        except self._errors as error:
            raise self._failed(error) from error
        if block.shape[1] > 2:
            block = block.mean(axis=1, dtype=np.float32, keepdims=True)
        stereo = np.repeat(block, 2, axis=1) if block.shape[1] == 1 else block
        # A float file may hold anything, and one NaN in the resampler would stay there.
        return np.clip(np.nan_to_num(stereo, posinf=1.0, neginf=-1.0), -1.0, 1.0)

    def restart(self) -> None:
        try:
            self._file.seek(0)
        except self._errors as error:
            raise self._failed(error) from error

    def close(self) -> None:
        self._file.close()

    def _failed(self, error: Exception) -> AmbienceError:
        why = str(error).removeprefix(f"Error opening {self.name!r}: ").rstrip(".")
        return AmbienceError(
            f"cannot read {self.name} as sound: {why}; give a WAV, FLAC, OGG or MP3 file"
        )
