"""The sound in binary frames: how its samples are written, and the header before them. Plain.

A frame is 16 bytes of header, little endian, and samples, little endian and interleaved:

    0   stream      unsigned, 4 bytes   as `audio_start` was answered
    4   sequence    unsigned, 4 bytes   counts the frames since that answer, from 0, without holes
    8   position    unsigned, 8 bytes   of its first sample, in frames of the stream

A piece of a file that was asked for with `render` has the same header: the stream is as that was
answered, and the position is of its first byte in the file.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

MAX_AUDIO_BYTES = 32_768
"""A binary frame with its header: Godot's default buffer for incoming messages has 65,535."""
MAX_CREDIT_S = 30
MAX_RATE = 48_000
_HEADER = struct.Struct("<IIQ")
HEADER_BYTES = _HEADER.size
MOST_BYTES = MAX_AUDIO_BYTES - HEADER_BYTES
"""What follows the header."""


class Encoding(StrEnum):
    """How a sample is written."""

    F32 = "f32"
    """IEEE 754, 4 bytes, full scale is 1."""
    S16 = "s16"
    """Signed, 2 bytes, full scale is 32767."""


class AudioFormat(Struct, frozen=True, kw_only=True):
    """How the samples are written."""

    encoding: Encoding = Encoding.F32
    # Godot's JSON knows no integers: it sends 48000.0.
    sample_rate: Annotated[
        float,
        Meta(ge=24_000, le=MAX_RATE, multiple_of=24_000, description="24000 or 48000."),
    ] = 24_000
    channels: Annotated[
        float, Meta(ge=1, le=2, multiple_of=1, description="1 or 2; both carry the same sound.")
    ] = 1

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample for each channel."""
        return int(self.channels) * (4 if self.encoding is Encoding.F32 else 2)

    @property
    def most_frames(self) -> int:
        """As many as a binary frame holds."""
        return MOST_BYTES // self.frame_bytes


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A binary frame that has been read."""

    stream: int
    sequence: int
    position: int
    data: bytes

    def samples(self, audio_format: AudioFormat) -> NDArray[np.float32]:
        """Float32 of shape (frames, channels); raises `ValueError` where bytes are missing."""
        kind = "<f4" if audio_format.encoding is Encoding.F32 else "<i2"
        samples: NDArray[Any] = np.frombuffer(self.data, kind)
        scale = 1.0 if audio_format.encoding is Encoding.F32 else 1.0 / 32_767.0
        return (samples * np.float32(scale)).reshape(-1, int(audio_format.channels))


def pack(
    stream: int, sequence: int, position: int, samples: NDArray[np.float32], form: AudioFormat
) -> bytes:
    """The binary frame for mono float32 `samples` of shape (n,), n at most `form.most_frames`."""
    if form.encoding is Encoding.F32:
        data = samples.astype("<f4", copy=False)
    else:
        data = np.rint(np.clip(samples, -1.0, 1.0) * 32_767.0).astype("<i2")
    if form.channels == 2:
        data = np.repeat(data, 2)
    return pack_bytes(stream, sequence, position, data.tobytes())


def pack_bytes(stream: int, sequence: int, position: int, data: bytes) -> bytes:
    """The binary frame for `data` of at most `MOST_BYTES`."""
    return _HEADER.pack(stream, sequence, position) + data


def unpack(frame: bytes) -> AudioFrame:
    """Read a binary frame; raises `ValueError` where it has no whole header."""
    if len(frame) < HEADER_BYTES:
        raise ValueError(f"a binary frame has a header of {HEADER_BYTES} bytes, not {len(frame)}")
    stream, sequence, position = _HEADER.unpack_from(frame)
    return AudioFrame(stream, sequence, position, frame[HEADER_BYTES:])
