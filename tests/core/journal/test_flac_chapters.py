"""Chapters in a FLAC file, looked at by other readers than our own."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from skaldcast.core.errors import OutputError
from skaldcast.core.journal.flac_chapters import Chapter, read_comments, write_chapters


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    path = tmp_path / "s.flac"
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 30_000)
    with soundfile.SoundFile(path, "w", 24_000, 1, "PCM_16", format="FLAC") as file:
        file.title = "An evening"
        file.write(sound)
    return path


def blocks(path: Path) -> list[tuple[int, bytes]]:
    """The metadata blocks by RFC 9639, read without our own code, and what follows as kind -1."""
    data = path.read_bytes()
    assert data[:4] == b"fLaC"
    at, found, last = 4, list[tuple[int, bytes]](), False
    while not last:
        (head,) = struct.unpack_from(">I", data, at)
        last, kind, length = bool(head >> 31), head >> 24 & 0x7F, head & 0xFFFFFF
        found.append((kind, data[at + 4 : at + 4 + length]))
        at += 4 + length
    return [*found, (-1, data[at:])]


def comments(path: Path) -> list[str]:
    (data,) = (data for kind, data in blocks(path) if kind == 4)
    (skip,) = struct.unpack_from("<I", data)
    at, found = 8 + skip, list[str]()
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        found.append(data[at + 4 : at + 4 + length].decode())
        at += 4 + length
    assert struct.unpack_from("<I", data, 4 + skip) == (len(found),)
    return found


def test_chapters_are_there_the_other_comments_too_and_the_sound_is_the_same(flac: Path):
    before, sound = blocks(flac), soundfile.read(flac)[0]
    write_chapters(flac, [Chapter("The gate", 0.0), Chapter("Die Straße\n = x", 3723.0456)])
    assert comments(flac) == [
        *[text for text in comments(flac) if not text.startswith("CHAPTER")],
        "CHAPTER000=00:00:00.000",
        "CHAPTER000NAME=The gate",
        "CHAPTER001=01:02:03.046",
        "CHAPTER001NAME=Die Straße = x",
    ]
    assert "An evening" in " ".join(comments(flac))
    assert comments(flac) == read_comments(flac)
    assert blocks(flac)[0] == before[0]
    assert blocks(flac)[-1] == before[-1]
    assert np.array_equal(soundfile.read(flac)[0], sound)
    assert soundfile.SoundFile(flac).title == "An evening"


def test_chapters_are_replaced_not_added(flac: Path):
    write_chapters(flac, [Chapter(str(n), float(n)) for n in range(5)])
    once = flac.read_bytes()
    write_chapters(flac, [Chapter(str(n), float(n)) for n in range(5)])
    assert flac.read_bytes() == once
    write_chapters(flac, [])
    assert not [text for text in comments(flac) if text.startswith("CHAPTER")]


def test_a_title_is_one_line_and_never_empty(flac: Path):
    write_chapters(flac, [Chapter("", 0.0), Chapter("word " * 50, 1.0), Chapter("a\x00b", 2.0)])
    titles = [text for text in comments(flac) if "NAME=" in text]
    assert titles[0] == "CHAPTER000NAME=Chapter 1"
    assert len(titles[1]) <= len("CHAPTER001NAME=") + 80
    assert titles[2] == "CHAPTER002NAME=a b"


@pytest.mark.parametrize(
    "data", [b"", b"RIFF" * 20, b"fLaC", b"fLaC\x00\x00\x00\x22abc", b"fLaC\x84\x00\x00\x00"]
)
def test_what_is_no_flac_is_refused_and_left_as_it_was(data: bytes, tmp_path: Path):
    path = tmp_path / "s.flac"
    path.write_bytes(data)
    with pytest.raises(OutputError, match=r"the chapters of .* cannot be written"):
        write_chapters(path, [Chapter("x", 0.0)])
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(OutputError, match="No such file"):
        write_chapters(tmp_path / "none.flac", [])
