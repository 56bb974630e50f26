"""Outputs that are files: 16-bit WAV and FLAC, readable up to the last write whatever happens."""

import contextlib
import os
import struct
import sys
from pathlib import Path

import numpy as np

from ..errors import OutputError
from ..types import AudioFormat
from .device import Frames

_BYTES_PER_SAMPLE = 2
_HEADER_BYTES = 80
_ALL_ONES = 0xFFFFFFFF


def wav_header(audio_format: AudioFormat, frames: int) -> bytes:
    """The 80 bytes before the samples of a 16-bit WAV of so many frames.

    Room is kept for the 64-bit sizes of RF64 (EBU Tech 3306), used once the file passes 4 GiB
    (12 hours of mono at 48 kHz); until then that room is a `JUNK` chunk, which readers skip.
    """
    width = audio_format.channels * _BYTES_PER_SAMPLE
    data_bytes = frames * width
    riff_bytes = _HEADER_BYTES - 8 + data_bytes
    if riff_bytes < _ALL_ONES:
        form, room, sizes = b"RIFF", b"JUNK", bytes(28)
    else:
        form, room = b"RF64", b"ds64"
        sizes = struct.pack("<QQQI", riff_bytes, data_bytes, frames, 0)
        riff_bytes = data_bytes = _ALL_ONES
    rate = audio_format.sample_rate
    return b"".join(
        (
            struct.pack("<4sI4s4sI28s", form, riff_bytes, b"WAVE", room, 28, sizes),
            struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, audio_format.channels, rate, rate * width,
                        width, 8 * _BYTES_PER_SAMPLE),
            struct.pack("<4sI", b"data", data_bytes),
        )
    )  # fmt: skip


class WavFile:
    """Writes 16-bit PCM; the header is right after each write, so a kill loses nothing written.

    `resume_at_frame` goes on in an existing file: what lies past that frame is cut off. Raises
    `OutputError` where the file cannot be opened or written, is gone, or is shorter than that.
    """

    paced = False
    served = False
    plays_on = False
    underflows = 0

    def __init__(self, path: Path, audio_format: AudioFormat, resume_at_frame: int = 0) -> None:
        self.path = path
        self.sample_rate = audio_format.sample_rate
        self.channels = audio_format.channels
        self._format = audio_format
        self._frames = resume_at_frame
        try:
            # Unbuffered: what a write returned from survives the death of this process.
            self._file = path.open("r+b" if resume_at_frame else "wb", buffering=0)
        except OSError as error:
            raise _failed("open", path, error) from error
        try:
            self._cut(resume_at_frame)
        except BaseException:
            self._file.close()
            raise

    def start(self) -> None:
        return

    def writable(self) -> int:
        return self.sample_rate

    def write(self, frames: Frames) -> None:
        # Symmetric and without dither: the same samples always give the same bytes.
        pcm = np.rint(np.clip(frames, -1.0, 1.0) * 32767.0).astype("<i2")
        try:
            if self._lost_its_name():
                raise FileNotFoundError(2, "another file has taken its place")
            self._write_all(pcm.tobytes())
            self._frames += len(frames)
            self._write_header()
        except OSError as error:
            raise _failed("write", self.path, error) from error

    def pending(self) -> int:
        return 0

    def rewind(self, fade: int) -> int:
        del fade  # what is in the file counts as heard
        return 0

    def take_back(self, keep: int) -> int:
        del keep
        return 0

    def stop(self) -> None:
        return

    def default_changed(self) -> bool:
        return False

    def close(self) -> None:
        self._file.close()

    def _cut(self, frames: int) -> None:
        width = self.channels * _BYTES_PER_SAMPLE
        try:
            if frames:
                there = (os.fstat(self._file.fileno()).st_size - _HEADER_BYTES) // width
                if there < frames:
                    raise OutputError(
                        f"cannot go on in {self.path}: it holds {max(0, there)} frames where "
                        f"{frames} were written, so it was changed; write to another file"
                    )
                self._file.truncate(_HEADER_BYTES + frames * width)
            self._write_header()
        except OSError as error:
            raise _failed("write", self.path, error) from error

    def _lost_its_name(self) -> bool:
        if sys.platform == "win32":
            return False  # an open file cannot be removed there, and not every disk numbers files
        return not os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))

    def _write_header(self) -> None:
        self._file.seek(0)
        self._write_all(wav_header(self._format, self._frames))
        self._file.seek(_HEADER_BYTES + self._frames * self.channels * _BYTES_PER_SAMPLE)

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:  # a nearly full disk takes a part
            view = view[self._file.write(view) or 0 :]


class FlacFile(WavFile):
    """Collects in a crash-safe WAV beside the file (``PATH.part.wav``), encodes to FLAC at `close`.

    A FLAC stream cannot be cut at a frame and continued. Where the encoding fails, `close` raises
    `OutputError` and the WAV stays.
    """

    def __init__(self, path: Path, audio_format: AudioFormat, resume_at_frame: int = 0) -> None:
        super().__init__(path.with_name(path.name + ".part.wav"), audio_format, resume_at_frame)
        self._target = path
        self._closed = False

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        super().close()
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        encoded = self._target.with_name(self._target.name + ".part.flac")
        try:
            with (
                soundfile.SoundFile(self.path) as source,
                soundfile.SoundFile(
                    encoded, "w", self.sample_rate, self.channels, "PCM_16", format="FLAC"
                ) as target,
            ):
                for block in source.blocks(65_536, dtype="int16", always_2d=True):
                    target.write(block)
            encoded.replace(self._target)
        except (OSError, soundfile.SoundFileError) as error:
            with contextlib.suppress(OSError):
                encoded.unlink(missing_ok=True)
            raise OutputError(
                f"cannot encode {self._target}: {error}; everything spoken is in {self.path}"
            ) from error
        with contextlib.suppress(OSError):  # what is left over does no harm
            self.path.unlink()


def _failed(action: str, path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot {action} {path}: {error.strerror or error}; "
        "choose another file with --output wav:PATH, or make room and rights for this one"
    )
