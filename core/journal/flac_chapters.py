"""Chapters in a FLAC file: our own small edit of its metadata blocks (RFC 9639, section 8).

Chapters are Vorbis comments as Ogg players and ffmpeg read them (``CHAPTER000=00:00:00.000``,
``CHAPTER000NAME=...``). There is no cue sheet: its offsets count in CD sectors, and few read it.
"""

import os
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import OutputError

_STREAM_INFO, _PADDING, _VORBIS_COMMENT = 0, 1, 4
_LAST = 0x80
_MOST_BYTES = (1 << 24) - 1
"""A metadata block's length has 24 bits."""
_MOST_CHAPTERS = 1000
"""The names of chapters have three digits."""
_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a part of a recording begins."""

    title: str
    start_s: float


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    data: bytes


def write_chapters(path: Path, chapters: Sequence[Chapter]) -> None:
    """Replace the chapters of the FLAC file at `path`, other comments stay; past 1,000 the last
    one takes in the rest. Raises `OutputError`, the file being as it was."""
    try:
        with path.open("rb") as source:
            blocks = list(_read_blocks(source))
            _replace(path, _with_chapters(blocks, chapters[:_MOST_CHAPTERS]), source)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"the chapters of {path} cannot be written: {reason}; its sound is as it was"
        ) from error


def read_comments(path: Path) -> list[str]:
    """The Vorbis comments of a FLAC file, as ``NAME=value``; raises `OSError` or `ValueError`."""
    with path.open("rb") as source:
        found = [b.data for b in _read_blocks(source) if b.kind == _VORBIS_COMMENT]
    return _comments(found[0])[1] if found else []


def _with_chapters(blocks: list[_Block], chapters: Sequence[Chapter]) -> list[_Block]:
    old = next((block.data for block in blocks if block.kind == _VORBIS_COMMENT), None)
    vendor, comments = (b"", list[str]()) if old is None else _comments(old)
    kept = [comment for comment in comments if not comment.upper().startswith("CHAPTER")]
    for number, chapter in enumerate(chapters):
        kept.append(f"CHAPTER{number:03}={_clock(chapter.start_s)}")
        kept.append(f"CHAPTER{number:03}NAME={_title(chapter.title, number)}")
    parts = [struct.pack("<I", len(vendor)), vendor, struct.pack("<I", len(kept))]
    for comment in kept:
        text = comment.encode("utf-8", "replace")
        parts += [struct.pack("<I", len(text)), text]
    data = b"".join(parts)
    if len(data) > _MOST_BYTES:
        raise ValueError("there is too much text in them")
    others = [b for b in blocks[1:] if b.kind not in (_VORBIS_COMMENT, _PADDING)]
    return [blocks[0], _Block(_VORBIS_COMMENT, data), *others]


def _read_blocks(source: BinaryIO) -> Iterator[_Block]:
    """The metadata blocks; the file then stands at its first frame."""
    if source.read(4) != b"fLaC":
        raise ValueError("it is no FLAC file")
    last, first = False, True
    while not last:
        head = source.read(4)
        if len(head) < 4:
            raise ValueError("it is cut off")
        last, kind = bool(head[0] & _LAST), head[0] & ~_LAST
        length = int.from_bytes(head[1:], "big")
        data = source.read(length)
        if len(data) < length or (first and kind != _STREAM_INFO):
            raise ValueError("it is damaged")
        first = False
        yield _Block(kind, data)


def _comments(data: bytes) -> tuple[bytes, list[str]]:
    """The vendor's name, and the comments."""
    at = 0

    def text() -> bytes:
        nonlocal at
        (length,) = struct.unpack_from("<I", data, at)
        at += 4 + length
        if at > len(data):
            raise ValueError("its comments are damaged")
        return data[at - length : at]

    try:
        vendor = text()
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
        return vendor, [text().decode("utf-8", "replace") for _ in range(count)]
    except struct.error as error:
        raise ValueError("its comments are damaged") from error


def _replace(path: Path, blocks: list[_Block], source: BinaryIO) -> None:
    """Write blocks and the frames that are left in `source`, beside, and rename it into place."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(b"fLaC")
            for index, block in enumerate(blocks):
                last = _LAST if index == len(blocks) - 1 else 0
                target.write(bytes([block.kind | last]) + len(block.data).to_bytes(3, "big"))
                target.write(block.data)
            shutil.copyfileobj(source, target, 1 << 20)
        source.close()  # Windows replaces no open file
        shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _clock(seconds: float) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _title(text: str, number: int) -> str:
    """One line of up to 80 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > _TITLE_CHARACTERS:
        line = line[: _TITLE_CHARACTERS - 1].rstrip() + "…"
    return line or f"Chapter {number + 1}"
