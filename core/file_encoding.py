"""Speech as a whole sound file, to be kept: Ogg Vorbis or WAV, given out in pieces while it is
being made. For what is only heard there is `core.sound_encoding`, which never goes back in a file.
"""

from dataclasses import dataclass
from enum import StrEnum
from os import SEEK_CUR, SEEK_END, SEEK_SET
from typing import BinaryIO, Final, cast

from .synthesis.synthesizer import Samples


class FileKind(StrEnum):
    """What kind of sound file."""

    OGG = "ogg"
    """Ogg Vorbis, about a seventh of a WAV file."""
    WAV = "wav"
    """16-bit samples."""


@dataclass(frozen=True, slots=True)
class FilePiece:
    """Bytes, and where in the file they stand."""

    position: int
    data: bytes


_SUBTYPES: Final = {FileKind.OGG: "VORBIS", FileKind.WAV: "PCM_16"}
_MOST_FRAMES: Final = 4_096
"""libsndfile's Vorbis encoder keeps all of one write on its stack."""


class FileEncoder:
    """One mono file, from its first byte to its last.

    Each piece is written where it stands: the last one of a WAV file goes to its beginning, which
    tells the file's size.
    """

    def __init__(self, kind: FileKind, sample_rate: int) -> None:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        self.frames = 0
        """Encoded so far."""
        self._target = _Target()
        self._file = soundfile.SoundFile(
            cast("BinaryIO", self._target),
            "w",
            samplerate=sample_rate,
            channels=1,
            format=kind.upper(),
            subtype=_SUBTYPES[kind],
        )

    @property
    def size(self) -> int:
        """Bytes that the file has so far."""
        return self._target.size

    def encode(self, samples: Samples) -> list[FilePiece]:
        """The pieces that mono float32 `samples` of shape (frames,) complete."""
        for begin in range(0, samples.size, _MOST_FRAMES):
            self._file.write(samples[begin : begin + _MOST_FRAMES])
        self.frames += samples.size
        return self._target.take()

    def finish(self) -> list[FilePiece]:
        """The last pieces."""
        self._file.close()
        return self._target.take()


class _Target:
    """The file that libsndfile writes: it keeps what was written since it was last taken."""

    def __init__(self) -> None:
        self.size = 0
        self._position = 0
        self._pieces: list[tuple[int, bytearray]] = []

    def write(self, data: bytes) -> int:
        at = self._position
        self._position += len(data)
        self.size = max(self.size, self._position)
        if self._pieces:
            begin, last = self._pieces[-1]
            if begin <= at <= begin + len(last):
                last[at - begin : at - begin + len(data)] = data
                return len(data)
        self._pieces.append((at, bytearray(data)))
        return len(data)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        base = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self.size}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, _: int = -1) -> bytes:
        """soundfile asks every file for it; what is only written is never read."""
        return b""

    def take(self) -> list[FilePiece]:
        taken, self._pieces = self._pieces, []
        return [FilePiece(position, bytes(data)) for position, data in taken]
