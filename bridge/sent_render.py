"""A text as the sound file that one client gets. Plain, but for the waiting for speech; the
encoding is done on a thread, since the narration is in this loop."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from ..core.errors import SkaldcastError
from ..core.file_encoding import FileEncoder, FileKind, FilePiece
from ..core.rendering import Rendition
from .protocol import RenderedWord, RenderFinished, RenderWords, encode
from .protocol.audio import MOST_BYTES, pack_bytes


class SentRender:
    """The frames for a file: binary ones with its bytes, and text ones with its words. No more of
    it is made than is iterated over, but for the renderer's 10 s."""

    def __init__(self, number: int, rendition: Rendition, kind: FileKind) -> None:
        self.number = number
        self.cancelled = False
        self.kind = kind
        self._rendition = rendition
        self._sequence = 0

    def cancel(self) -> None:
        """Nobody wants it any more. Idempotent."""
        self.cancelled = True
        self._rendition.cancel()

    async def frames(self) -> AsyncGenerator[str | bytes]:
        """All frames, once; the last tells the end. After `cancel` none is of use."""
        rendition = self._rendition
        encoder = await asyncio.to_thread(FileEncoder, self.kind, rendition.sample_rate)
        error: str | None = None
        try:
            async for samples in rendition:
                for frame in self._packed(await asyncio.to_thread(encoder.encode, samples)):
                    yield frame
                for frame in self._words():
                    yield frame
        except SkaldcastError as failure:
            error = str(failure)
        for frame in self._packed(await asyncio.to_thread(encoder.finish)):
            yield frame
        for frame in self._words():
            yield frame
        duration_s = encoder.frames / rendition.sample_rate
        yield self._end(encoder.size, duration_s, error)

    def failed(self, error: str) -> str:
        """The frame that tells of a fault."""
        return self._end(0, 0.0, error)

    def _end(self, size: int, duration_s: float, error: str | None) -> str:
        return encode(
            RenderFinished(stream=self.number, size=size, duration_s=duration_s, error=error)
        )

    def _packed(self, pieces: Iterable[FilePiece]) -> Iterable[bytes]:
        for piece in pieces:
            for begin in range(0, len(piece.data), MOST_BYTES):
                data = piece.data[begin : begin + MOST_BYTES]
                yield pack_bytes(self.number, self._sequence, piece.position + begin, data)
                self._sequence += 1

    def _words(self) -> Iterable[str]:
        """A frame with the words that have become known, where there are any."""
        if words := self._rendition.take_words():
            told = [
                RenderedWord(
                    word=word.word,
                    start=word.start,
                    start_s=word.start_s,
                    duration_s=max(word.duration_s, 0.0),
                )
                for word in words
            ]
            yield encode(RenderWords(stream=self.number, words=told))
