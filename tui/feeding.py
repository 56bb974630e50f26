"""Text to a narrator: words given, a script, standard input as it arrives."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..core.cue import Cue
from ..core.errors import TextError
from ..core.narrator import Narrator
from ..core.source.paragraphs import ParagraphSplitter
from ..core.source.reader import TextReader
from .streams import tell

if TYPE_CHECKING:
    from ..core.journal.places import Passover

_SURROGATE = re.compile("[\ud800-\udfff]")

Feed = Callable[[Narrator], Awaitable[None]]
"""Gives a narrator its text and returns when all has been given."""


def words(text: str) -> Feed:
    """One cue."""

    async def feed(narrator: Narrator) -> None:
        narrator.play(typed(text))

    return feed


def typed(text: str) -> str:
    """Words of the command line: what is not in the terminal's encoding comes as lone surrogates,
    and is left out, which is told."""
    whole = _SURROGATE.sub("", text)
    _tell_left_out(len(text) - len(whole))
    return whole


def cues(
    reader: TextReader, splitter: ParagraphSplitter, passover: "Passover | None" = None
) -> Feed:
    """One cue for each that the splitter finds and `passover` leaves; its text is spoken while it
    still comes."""

    def take(narrator: Narrator, cue: Cue | None, piece: str | None) -> Cue | None:
        if piece is None:
            if cue is not None:
                narrator.finish(cue)
            return None
        if cue is None:
            cue = narrator.open(begin=0 if passover is None else passover.begin())
        narrator.push(cue, piece)
        return cue

    def left(pieces: list[str | None]) -> list[str | None]:
        return pieces if passover is None else passover.push(pieces)

    async def feed(narrator: Narrator) -> None:
        cue: Cue | None = None
        broken: TextError | None = None
        try:
            async for text in reader:
                await narrator.room()
                for piece in left(splitter.push(text)):
                    cue = take(narrator, cue, piece)
                    await narrator.room()
        except TextError as error:
            broken = error
        for piece in left(splitter.finish()):
            cue = take(narrator, cue, piece)
        _tell_left_out(reader.left_out)
        if broken is not None:
            raise broken

    return feed


def _tell_left_out(count: int) -> None:
    if count:
        tell(f"characters left out because they are not UTF-8: {count}; save the text as UTF-8")


async def feed_and_drain(narrator: Narrator, feed: Feed) -> None:
    """Feed, and wait until all has been heard; a failed narrator is not fed to the end.

    Text that breaks off is spoken as far as it came before its `TextError` is raised.
    """
    feeding = asyncio.ensure_future(feed(narrator))
    failing = asyncio.ensure_future(narrator.failed())
    broken: TextError | None = None
    try:
        await asyncio.wait([feeding, failing], return_when=asyncio.FIRST_COMPLETED)
        if feeding.done():
            try:
                await feeding
            except TextError as error:
                broken = error
        await narrator.drain()
    finally:
        for task in (feeding, failing):
            task.cancel()
        await asyncio.gather(feeding, failing, return_exceptions=True)
    if broken is not None:
        raise broken
