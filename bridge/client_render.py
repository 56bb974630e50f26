"""Sound files as a client gets them. Plain but for the requests; the client brings what comes from
the server."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..core.errors import BridgeError
from .client_asking import Ask, NextId
from .protocol import ErrorCode, Ok, RenderedWord, RenderFinished, RenderOk, RenderWords
from .protocol import requests as ask
from .protocol.audio import HEADER_BYTES, unpack


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A text as a sound file."""

    data: bytes
    words: Sequence[RenderedWord]
    duration_s: float


@dataclass(eq=False, slots=True)
class _Coming:
    """A file of which not all has come."""

    end: asyncio.Future[RenderFinished | None]
    """None where the connection was lost: it has to be asked for again."""
    sequence: int = 0
    data: bytearray = field(default_factory=bytearray)
    words: list[RenderedWord] = field(default_factory=list[RenderedWord])


class ClientRenders:
    """The files that are on their way, each whole in memory."""

    def __init__(self, ask_server: Ask, next_id: NextId, is_sent: Callable[[str], bool]) -> None:
        """`is_sent` tells whether the server may know of a request."""
        self._ask = ask_server
        self._is_sent = is_sent
        self._next_id = next_id
        self._asked: dict[str, _Coming] = {}  # by request
        self._coming: dict[int, _Coming] = {}  # by stream
        self._taking_back: set[asyncio.Task[None]] = set()

    async def render(self, make_request: Callable[[], ask.Render]) -> RenderedFile:
        """Ask for a file and wait for it; it is asked for again where the connection is lost.
        Raises `BridgeError` where it cannot be made."""
        while True:
            coming = _Coming(asyncio.get_running_loop().create_future())
            request = make_request()
            self._asked[request.id] = coming
            asking = asyncio.ensure_future(self._ask(request, RenderOk))
            try:
                stream = (await asyncio.shield(asking)).stream
                end = await coming.end
            except asyncio.CancelledError:
                coming.end.cancel()
                if not self._is_sent(request.id):
                    asking.cancel()
                    del self._asked[request.id]
                    raise
                task = asyncio.create_task(self._take_back(request, asking))
                self._taking_back.add(task)
                task.add_done_callback(self._taking_back.discard)
                raise
            except BridgeError as error:
                del self._asked[request.id]
                if getattr(error, "code", None) == ErrorCode.UNKNOWN_TYPE:
                    raise BridgeError("the server is too old to make files: update it") from error
                raise
            del self._asked[request.id]
            if end is None:
                continue
            del self._coming[stream]
            if end.error is not None:
                raise BridgeError(end.error)
            if len(coming.data) != end.size:
                raise BridgeError("a part of the file is missing: ask for it again")
            return RenderedFile(bytes(coming.data), coming.words, end.duration_s)

    def begin(self, request_id: str, stream: int) -> None:
        """A request was answered: what comes next may be of this stream."""
        if request_id in self._asked:
            self._coming[stream] = self._asked[request_id]

    def take(self, data: bytes) -> bool:
        """Whether a binary frame belongs to a file; raises `BridgeError` where one before it is
        missing."""
        if len(data) < HEADER_BYTES:
            return False
        frame = unpack(data)
        coming = self._coming.get(frame.stream)
        if coming is None:
            return False
        if frame.sequence != coming.sequence:
            raise BridgeError(
                f"piece {frame.sequence} of a file came where {coming.sequence} was expected"
            )
        coming.sequence += 1
        coming.data[frame.position : frame.position + len(frame.data)] = frame.data
        return True

    def tell(self, message: RenderWords | RenderFinished) -> None:
        """The server told something of a file."""
        coming = self._coming.get(message.stream)
        if coming is None:
            return
        match message:
            case RenderWords():
                coming.words += message.words
            case RenderFinished() if not coming.end.done():
                coming.end.set_result(message)
            case _:
                pass

    def lose(self) -> None:
        """The connection is lost, and what was on its way."""
        coming, self._coming = self._coming, {}
        for each in coming.values():
            if not each.end.done():
                each.end.set_result(None)

    def fail(self, error: BridgeError) -> None:
        """There will be no connection any more."""
        for each in self._coming.values():
            if not each.end.done():
                each.end.set_exception(error)

    async def _take_back(self, request: ask.Render, asking: asyncio.Future[RenderOk]) -> None:
        """Nobody waits for it any more: nothing more is to be made of it."""
        try:
            stream = (await asking).stream
            try:
                await self._ask(ask.RenderCancel(id=self._next_id(), stream=stream), Ok)
            finally:
                self._coming.pop(stream, None)
        except BridgeError:
            pass  # it has ended meanwhile
        finally:
            del self._asked[request.id]
