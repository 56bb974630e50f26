"""Speech as a whole sound file, in pieces."""

import io
import wave

import numpy as np
import pytest
import soundfile

from skaldcast.core.file_encoding import FileEncoder, FileKind, FilePiece
from skaldcast.core.playout.frame_ring import Samples

RATE = 24_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype(np.float32)
each_kind = pytest.mark.parametrize("kind", FileKind)


def pieces(kind: FileKind, samples: Samples, block: int = 4_800) -> list[list[FilePiece]]:
    """Those of each block, and the last."""
    encoder = FileEncoder(kind, RATE)
    made = [encoder.encode(samples[n : n + block]) for n in range(0, samples.size, block)]
    made.append(encoder.finish())
    assert encoder.size == len(put_together(made))
    assert encoder.frames == samples.size
    return made


def put_together(made: list[list[FilePiece]]) -> bytes:
    data = bytearray()
    for piece in (piece for some in made for piece in some):
        assert piece.position <= len(data), "a hole"
        data[piece.position : piece.position + len(piece.data)] = piece.data
    return bytes(data)


def decoded(data: bytes) -> Samples:
    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert rate == RATE
    return samples


@each_kind
def test_it_has_all_that_was_said_and_no_more(kind: FileKind):
    samples = decoded(put_together(pieces(kind, TONE)))
    assert samples.size == TONE.size
    assert np.abs(samples - TONE).max() < (0.02 if kind is FileKind.OGG else 1 / 32_767)


def test_a_wav_file_tells_its_true_size():
    data = put_together(pieces(FileKind.WAV, TONE))
    with wave.open(io.BytesIO(data)) as file:
        assert file.getnframes() == TONE.size
    assert int.from_bytes(data[4:8], "little") == len(data) - 8


def test_an_ogg_file_is_vorbis_and_only_appended_to():
    made = pieces(FileKind.OGG, TONE)
    at = 0
    for piece in (piece for some in made for piece in some):
        assert piece.position == at
        at += len(piece.data)
    assert b"\x01vorbis" in put_together(made)[:64]


@each_kind
def test_it_is_given_out_while_it_is_being_made(kind: FileKind):
    made = pieces(kind, np.tile(TONE, 10))
    assert sum(bool(some) for some in made[:-1]) >= 5
    assert max(len(p.data) for some in made for p in some) < 20_000


@each_kind
def test_all_of_a_long_text_may_come_at_once(kind: FileKind):
    long = np.tile(TONE, 60)
    made = pieces(kind, long, block=long.size)
    assert decoded(put_together(made)).size == long.size


@each_kind
def test_nothing_said_is_still_a_file(kind: FileKind):
    assert put_together(pieces(kind, np.zeros(0, np.float32)))


@each_kind
def test_what_is_too_loud_does_not_wrap(kind: FileKind):
    samples = decoded(put_together(pieces(kind, 2 * TONE)))
    assert samples.max() > 0.95
    assert np.abs(np.diff(samples)).max() < 0.3
