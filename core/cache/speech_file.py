"""One chunk's speech as the bytes of a file, and back. Plain.

    magic | digest of all that follows | key | rate, frames, words | word times | samples

All numbers are little-endian, samples float32 and word times float64: what comes back is what was
put, bit for bit.
"""

import struct
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from ..synthesis.synthesizer import Samples
from ..types import WordTime

_MAGIC = b"SKALDSP1"
_DIGEST_BYTES = 16
_HEAD = struct.Struct("<32sIII")
_WORD = struct.Struct("<IIdd")


@dataclass(frozen=True, slots=True)
class CachedSpeech:
    """A chunk's audio, mono and whole."""

    samples: Samples
    """Float32 of shape (frames,); read-only where it comes out of the cache."""
    sample_rate: int
    words: tuple[WordTime, ...] = ()


def encode(key: str, speech: CachedSpeech) -> bytes:
    """The file's bytes; `key` is 64 hexadecimal digits."""
    samples = np.ascontiguousarray(speech.samples, "<f4").ravel()
    head = _HEAD.pack(bytes.fromhex(key), speech.sample_rate, samples.size, len(speech.words))
    words = (_WORD.pack(w.start, w.end, w.start_s, w.end_s) for w in speech.words)
    body = b"".join((head, *words, samples.tobytes()))
    return b"".join((_MAGIC, _digest(body), body))


def decode(key: str, data: bytes) -> CachedSpeech:
    """What `encode` was given; raises `ValueError` where `data` is broken, cut off, or not what
    was kept under `key`."""
    body_at = len(_MAGIC) + _DIGEST_BYTES
    body = memoryview(data)[body_at:]
    if not data.startswith(_MAGIC) or len(body) < _HEAD.size:
        raise ValueError("it is no cached speech")
    if data[len(_MAGIC) : body_at] != _digest(body):
        raise ValueError("it is damaged")
    kept_key, sample_rate, frames, count = _HEAD.unpack_from(body)
    if kept_key.hex() != key:
        raise ValueError("it is other speech")
    samples_at = _HEAD.size + count * _WORD.size
    if len(body) != samples_at + 4 * frames:
        raise ValueError("its length is wrong")
    words = tuple(WordTime(*row) for row in _WORD.iter_unpack(body[_HEAD.size : samples_at]))
    samples = np.frombuffer(body, "<f4", frames, samples_at).astype(np.float32, copy=False)
    return CachedSpeech(samples, sample_rate, words)


def _digest(body: bytes | memoryview) -> bytes:
    return blake2b(body, digest_size=_DIGEST_BYTES).digest()
