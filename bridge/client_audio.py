"""The sound as a client gets it: blocks with their positions, and what of them is not to be played.

Plain but for the requests; the client brings what comes from the server.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..core.errors import BridgeError
from .client_asking import Ask, NextId
from .protocol import AudioFormat, AudioOk, ErrorCode, Ok
from .protocol import requests as ask
from .protocol.audio import unpack
from .protocol.events import AudioCleared, AudioLost


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """Sound to be played after the block before it."""

    position: int
    """Of its first frame."""
    samples: NDArray[np.float32]
    """Of shape (frames, channels), full scale is 1."""

    @property
    def end(self) -> int:
        """The position after its last frame."""
        return self.position + len(self.samples)


@dataclass(frozen=True, slots=True)
class AudioDropped:
    """Frames from `begin` to before `end` are not to be played, as far as they were not yet."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class AudioMissing:
    """`frames` frames before the position `at` are gone; None where nobody knows how many: the
    server no longer had the stream, and positions begin anew."""

    at: int
    frames: int | None


AudioPiece = AudioBlock | AudioDropped | AudioMissing


class ClientAudio:
    """The sound, `ahead_s` seconds ahead of what `played` tells.

        async with client.audio() as audio:
            async for piece in audio:
                ...
                await audio.played(piece.end)

    Bounded by `ahead_s`: the server sends no more than it has credit for. For one reader.
    """

    def __init__(self, ask_server: Ask, next_id: NextId, form: AudioFormat, ahead_s: float) -> None:
        self.form = form
        self.stream: int | None = None
        """Its number; None before it has begun."""
        self._ask = ask_server
        self._next_id = next_id
        self._credit = round(ahead_s * form.sample_rate)
        self._played = 0
        self._expected = (0, 0)  # the next sequence number and position
        self._early: list[bytes] | None = None  # frames that came before their stream was known
        self._pieces: deque[AudioPiece] = deque()
        self._wake = asyncio.Event()
        self.ended = False
        """Whether nothing more will come."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self.ended:  # else another has taken its place, or the client has ended
            self.end()
            await self._ask(ask.AudioStop(id=self._next_id()), Ok)

    async def start(self) -> None:
        """Ask for the sound, or, after a lost connection, for what of it had not come."""
        point = None
        if self.stream is not None:
            point = ask.AudioResumePoint(stream=self.stream, frame=self._expected[1])
        self._early = []
        reply = await self._ask(
            ask.AudioStart(id=self._next_id(), format=self.form, credit=self._credit, resume=point),
            AudioOk,
        )
        if point is not None and not reply.resumed:
            self._played = 0
            self._add(AudioMissing(reply.frame, None))
        self.stream = reply.stream
        self._expected = (0, reply.frame)
        early, self._early = self._early, None
        for frame in early:
            self.take(frame)

    async def restart(self) -> None:
        """`start`, after a lost connection; where it is refused, the sound ends."""
        try:
            await self.start()
        except BridgeError:
            self.end()

    async def played(self, position: int) -> None:
        """All before `position` has been played or dropped: it makes room for more, and what
        happened to cues up to there is told. Raises `RequestError` for one that was not sent."""
        if self.stream is None:
            return
        self._played = max(position, self._played)
        request = ask.AudioPosition(
            id=self._next_id(), stream=self.stream, frame=position, credit=self._credit
        )
        try:
            await self._ask(request, Ok)
        except BridgeError as error:
            if getattr(error, "code", None) != ErrorCode.UNKNOWN_STREAM:
                raise

    def take(self, frame: bytes) -> None:
        """A binary frame has come; raises `BridgeError` where one before it is missing."""
        if self._early is not None:
            self._early.append(frame)
            return
        try:
            found = unpack(frame)
            if found.stream != self.stream:
                return
            samples = found.samples(self.form)
        except ValueError as error:
            raise BridgeError(f"a binary frame cannot be read: {error}") from error
        if (found.sequence, found.position) != self._expected:
            raise BridgeError(
                f"frame {found.sequence} at {found.position} came where "
                f"{self._expected} was expected: sound is missing"
            )
        block = AudioBlock(found.position, samples)
        self._expected = (found.sequence + 1, block.end)
        self._add(block)

    def tell(self, event: AudioCleared | AudioLost) -> None:
        """The server told something of a stream."""
        if event.stream != self.stream:
            return
        match event:
            case AudioLost():
                self._add(AudioMissing(event.frame, event.frames))
            case AudioCleared(from_frame=begin, to_frame=end):
                kept = [_without(piece, begin, end) for piece in self._pieces]
                self._pieces = deque(piece for piece in kept if piece is not None)
                self._add(AudioDropped(begin, end))

    def end(self) -> None:
        """No more will come."""
        self.ended = True
        self._wake.set()

    def _add(self, piece: AudioPiece) -> None:
        self._pieces.append(piece)
        self._wake.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AudioPiece:
        while not self._pieces:
            if self.ended:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._pieces.popleft()


def _without(piece: AudioPiece, begin: int, end: int) -> AudioPiece | None:
    """What of a piece is left where the frames from `begin` to before `end` are dropped."""
    if not isinstance(piece, AudioBlock) or piece.end <= begin or piece.position >= end:
        return piece
    kept = piece.samples[: max(begin - piece.position, 0)]
    return AudioBlock(piece.position, kept) if len(kept) else None
