"""Scripts in files, read and written whole."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from ...core.cue_list import paragraphs
from ...core.errors import TextError

LARGEST = 50_000_000
"""Bytes; a novel has one million."""
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def read_script(path: Path) -> list[str]:
    """The paragraphs of a file, in UTF-8, or UTF-16 by its mark. Raises `TextError`."""
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise TextError(f"{path} is no file; choose a text file")
        if path.stat().st_size > LARGEST:
            raise TextError(f"{path} is larger than {LARGEST // 1_000_000} MB; divide it")
        data = path.read_bytes()
    except OSError as error:
        raise TextError(
            f"{path} cannot be read: {error.strerror or error}; check the path"
        ) from error
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError(f"{path} is not {encoding.upper()} text; save it as UTF-8") from error
    if "\0" in text:
        raise TextError(f"{path} is no text: it has null characters in it")
    return paragraphs(text)


def write_script(path: Path, texts: Iterable[str]) -> None:
    """Each text a paragraph, blank lines between. Raises `TextError`; the file stays as it was
    then."""
    write_whole(path, "\n\n".join(texts) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Put `text` into a file, whole or not at all. Raises `TextError`."""
    place = Path(os.path.realpath(path))
    partial = place.with_name(f".{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        reason = error.strerror or error
        raise TextError(f"{path} cannot be written: {reason}; choose another place") from error
