"""Speech as a file that is sent while it is being made: MP3, Opus, AAC, FLAC, WAV or bare PCM.
It uses PyAV, as `core.broadcast.opus` does for the broadcast; a program that is shipped to players
may lack that: then there are WAV and PCM."""

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from .playout.resampler import Resampler
from .synthesis.synthesizer import Samples

_ENDLESS = 0xFFFF_FFFF
"""The size in a WAV header where the end is not known yet, as other services write it."""
_OPTIONS = {
    # What is known at the end would be written at the beginning.
    "mp3": {"write_xing": "0", "id3v2_version": "0"},
    "ogg": {"page_duration": "100000"},  # microseconds; a page is sent when it is full
}
PCM_RATE = 24_000
"""Of bare PCM, which says nothing of itself: what OpenAI's has."""


@dataclass(frozen=True, slots=True)
class SoundForm:
    """A kind of file."""

    name: str
    media_type: str
    container: str = ""
    """FFmpeg's name of it; empty: written here."""
    codec: str = ""
    rate: int | None = None
    """Frames per second that it has; None: as they come."""
    bit_rate: int | None = None


FORMS = {
    form.name: form
    for form in (
        SoundForm("mp3", "audio/mpeg", "mp3", "libmp3lame", bit_rate=96_000),
        SoundForm("opus", "audio/ogg", "ogg", "libopus", 48_000, 64_000),
        SoundForm("aac", "audio/aac", "adts", "aac", bit_rate=96_000),
        SoundForm("flac", "audio/flac", "flac", "flac"),
        SoundForm("wav", "audio/wav"),
        SoundForm("pcm", "audio/pcm", rate=PCM_RATE),
    )
}
"""By their names, which are those of OpenAI's `response_format`."""


def writable_forms() -> dict[str, SoundForm]:
    """Those that can be written here."""
    coded = find_spec("av") is not None
    return {name: form for name, form in FORMS.items() if coded or not form.container}


class SoundEncoder(Protocol):
    """One file, from its first byte to its last."""

    def encode(self, samples: Samples) -> bytes:
        """The bytes that mono float32 `samples` of shape (frames,) complete."""
        ...

    def finish(self) -> bytes:
        """The last bytes."""
        ...


def sound_encoder(form: SoundForm, sample_rate: int) -> SoundEncoder:
    """What writes a file of this kind, one of `writable_forms`."""
    if form.container:
        return _Container(form, sample_rate)
    return _Pcm(sample_rate, form.rate or sample_rate, with_header=form.name == "wav")


class _Pcm:
    """16-bit samples, with the header of a WAV file or bare."""

    def __init__(self, sample_rate: int, rate: int, *, with_header: bool) -> None:
        self._resampler = Resampler(sample_rate, rate)
        self._header = _wav_header(rate) if with_header else b""

    def encode(self, samples: Samples) -> bytes:
        return self._take_header() + _s16(self._resampler.process(samples)).tobytes()

    def finish(self) -> bytes:
        rest = self._resampler.process(np.zeros(0, np.float32), last=True)
        return self._take_header() + _s16(rest).tobytes()

    def _take_header(self) -> bytes:
        header, self._header = self._header, b""
        return header


class _Container:
    """What FFmpeg writes; each packet is given out as soon as it is complete."""

    def __init__(self, form: SoundForm, sample_rate: int) -> None:
        rate = form.rate or sample_rate
        self._resampler = Resampler(sample_rate, rate)
        self._rate = rate
        self._sink = _Sink()
        import av

        options = {"flush_packets": "1", **_OPTIONS.get(form.container, {})}
        container: Any = av.open(self._sink, "w", format=form.container, options=options)
        stream = container.add_stream(form.codec, rate=rate)
        stream.layout = "mono"
        stream.format = "s16" if form.codec in ("flac", "libopus") else "fltp"
        if form.bit_rate is not None:
            stream.bit_rate = form.bit_rate
        self._container, self._stream, self._frames = container, stream, 0

    def encode(self, samples: Samples) -> bytes:
        self._mux(self._resampler.process(samples))
        return self._sink.take()

    def finish(self) -> bytes:
        self._mux(self._resampler.process(np.zeros(0, np.float32), last=True))
        if not self._frames:
            self._container.start_encoding()  # the header at least
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._sink.take()

    def _mux(self, samples: Samples) -> None:
        if not samples.size:
            return
        format_name = self._stream.format.name
        data = _s16(samples) if format_name == "s16" else samples
        import av

        frame: Any = av.AudioFrame.from_ndarray(data[None, :], format=format_name, layout="mono")
        frame.sample_rate = self._rate
        frame.pts = self._frames
        self._frames += samples.size
        self._container.mux(self._stream.encode(frame))


class _Sink:
    """A file that can only be written on; FFmpeg does not go back in it then."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data, self._data = bytes(self._data), bytearray()
        return data


def _s16(samples: Samples) -> np.ndarray[Any, np.dtype[np.int16]]:
    return np.rint(np.clip(samples, -1.0, 1.0) * 32_767).astype("<i2")


def _wav_header(rate: int) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", _ENDLESS, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", _ENDLESS)
