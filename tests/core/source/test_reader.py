"""Files and pipes read beside the event loop."""

import asyncio
import os
from pathlib import Path

import pytest

from skaldcast.core.errors import TextError
from skaldcast.core.source.reader import TextReader


async def read_all(reader: TextReader) -> str:
    return "".join([text async for text in reader])


def test_a_file_is_read_to_its_end(tmp_path: Path):
    text = "The gate stood open. " * 10_000
    path = tmp_path / "scene.txt"
    path.write_text(text, "utf-8")
    assert asyncio.run(read_all(TextReader.open(path))) == text


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path):
    with pytest.raises(TextError, match=r"vanished\.txt: No such file"):
        TextReader.open(tmp_path / "vanished.txt")


def test_a_folder_is_no_text(tmp_path: Path):
    with pytest.raises(TextError, match="it is a folder"):
        TextReader.open(tmp_path)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(TextError, match="cannot read"):
        TextReader.open(Path("a\0b"))


def test_text_is_there_while_the_writer_goes_on_writing():
    async def scene() -> list[str]:
        readable, writable = os.pipe()
        texts = aiter(TextReader(readable, "a pipe"))
        heard: list[str] = []
        for line in (b"one ", b"two"):
            os.write(writable, line)
            heard.append(await anext(texts))
        os.close(writable)
        heard += [text async for text in texts]
        return heard

    assert asyncio.run(scene()) == ["one ", "two"]


def test_a_source_that_cannot_be_read_is_told_by_its_name():
    writable = os.open(os.devnull, os.O_WRONLY)
    with pytest.raises(TextError, match="reading a pipe failed: Bad file descriptor"):
        asyncio.run(read_all(TextReader(writable, "a pipe")))


def test_what_cannot_be_decoded_is_counted(tmp_path: Path):
    path = tmp_path / "scene.txt"
    path.write_bytes(b"a\xffb")
    reader = TextReader.open(path)
    assert asyncio.run(read_all(reader)) == "ab"
    assert reader.left_out == 1


def test_a_console_is_read_in_its_own_way():
    typed = iter(["é, ".encode(), "“so”".encode(), b""])
    reader = TextReader(0, "a console", lambda size: next(typed))
    assert asyncio.run(read_all(reader)) == "é, “so”"
