"""Texts that are made into sound files: what is told of them to the connection that asked."""

from typing import Annotated

from msgspec import Meta, Struct

from .events import Duration, Offset
from .message import Message

Stream = Annotated[int, Meta(ge=0, description="As `render` was answered.")]


class RenderedWord(Struct, frozen=True, kw_only=True):
    """A word, and when it is heard."""

    word: str
    start: Offset
    start_s: Annotated[float, Meta(ge=0.0, description="Seconds from the file's beginning.")]
    duration_s: Duration


class RenderWords(Message, frozen=True, kw_only=True):
    """The next words of a file that is being made."""

    stream: Stream
    words: list[RenderedWord]


class RenderFinished(Message, frozen=True, kw_only=True):
    """A file is complete, or will not be; nothing of it follows."""

    stream: Stream
    size: Annotated[int, Meta(ge=0, description="Bytes of the file.")]
    duration_s: Annotated[float, Meta(ge=0.0, description="Seconds of sound in it.")]
    error: Annotated[str | None, Meta(description="Why it is not complete.")] = None
