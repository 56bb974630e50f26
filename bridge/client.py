"""The client: cues and the transport over a websocket, and what is being heard.

Runs in the caller's event loop; one task reads and reconnects. Requests wait while there is no
connection; the oldest of 10,000 events that nobody took is dropped.
"""

import asyncio
import contextlib
import random
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from ..core.errors import BridgeError
from ..core.types import Outcome
from .client_audio import ClientAudio
from .client_requests import ClientRequests
from .client_state import FINAL, Backoff, ClientState, FinalError, may_repeat
from .protocol import (
    SUBPROTOCOL,
    AudioFormat,
    Encoding,
    Error,
    EventName,
    Hello,
    Identified,
    Ok,
    Policy,
    RenderFinished,
    RenderOk,
    RenderWords,
    SubscribeOk,
    decode_reply,
    decode_server,
    encode,
)
from .protocol import requests as ask
from .protocol.events import AudioCleared, AudioLost, BridgeEvent, CueFinished

_EVENTS = 10_000
_OUTCOMES = 1_000
_HELLO_S = 30.0
"""How long a server may take to say hello: it may be loading its voice."""
_MAX_BYTES = 2**22

R = TypeVar("R", bound=Ok)


@dataclass(frozen=True, slots=True)
class SessionRenewed:
    """Stands among the events where the server no longer had our session: what happened while
    there was no connection is not told."""


class RequestError(BridgeError):
    """The server refused a request."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        """One of `ErrorCode`."""


@dataclass(eq=False, slots=True)
class _Pending:
    """A request whose reply has not come."""

    request: ask.Request
    reply: asyncio.Future[str | bytes]
    sent: bool = False


class BridgeClient(ClientRequests):
    """Speaks through a running Skaldcast.

        async with BridgeClient("ws://127.0.0.1:7525") as client:
            cue = await client.say("The gate stood open.")
            await client.finished(cue.cue_id)

    Entering raises `BridgeError` where the server cannot be reached or refuses. A connection that
    is lost later is made again, and the session goes on without an event lost or told twice;
    requests wait meanwhile. All requests raise `BridgeError`, `RequestError` where refused.
    """

    def __init__(
        self,
        url: str = "ws://127.0.0.1:7525",
        *,
        password: str = "",
        client: str = "skaldcast.bridge.client",
        events: Iterable[EventName] | None = None,
        policy: Policy = Policy.QUEUE,
        backoff: Backoff | None = None,
        ssl: Any = None,
        on_connection: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """`policy`: whether the cues queue with those of all clients, or on a channel of this
        one's own, whose sound it has to play itself (`audio`). `on_connection` is called in the
        event loop: false where the connection is lost, true once it is there, again too."""
        super().__init__(self._ask_server, self._is_sent)
        self.url = url
        self.state = ClientState(client, password, None if events is None else list(events), policy)
        self.dropped = 0
        """Events that nobody took in time."""
        self.errors: deque[Error] = deque(maxlen=100)
        """Errors that belong to no request: the narration has failed."""
        self._ssl = ssl
        self._on_connection = on_connection
        self._backoff = backoff or Backoff(random.random)
        self._socket: ClientConnection | None = None
        self._sending = asyncio.Lock()
        self._pending: dict[str, _Pending] = {}
        self._events: deque[BridgeEvent | SessionRenewed] = deque(maxlen=_EVENTS)
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._changed = asyncio.Event()
        self._failure: BridgeError | None = None
        self._running: asyncio.Task[None] | None = None
        self._audio: ClientAudio | None = None
        self._restarting: asyncio.Task[None] | None = None

    # life

    async def __aenter__(self) -> Self:
        socket = await self._connect()
        self._running = asyncio.create_task(self._run(socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Say goodbye; what waits for a reply fails. Idempotent."""
        running, self._running = self._running, None
        self._fail(BridgeError("the client was closed"))
        if self._socket is not None:
            await self._socket.close()
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if self._restarting is not None:
            await asyncio.gather(self._restarting, return_exceptions=True)

    @property
    def connected(self) -> bool:
        """Whether there is a connection now; requests wait for one."""
        return self._socket is not None

    # what is told

    async def finished(self, cue_id: str) -> Outcome:
        """Wait until a cue has ended. Needs the event `cue_finished`; of cues that ended long
        ago the last 1,000 are known."""
        while cue_id not in self._outcomes:
            await self._change()
        return self._outcomes[cue_id]

    async def events(self) -> AsyncIterator[BridgeEvent | SessionRenewed]:
        """The events, each once, until the client is closed; for one reader. Raises `BridgeError`
        where the connection has ended for good."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self._running is None:
                return
            await self._change()

    def audio(
        self,
        *,
        encoding: Encoding = Encoding.F32,
        sample_rate: int = 24_000,
        channels: int = 1,
        ahead_s: float = 1.0,
    ) -> ClientAudio:
        """The sound itself, to be played by the caller; the one before it ends. The events of
        cues then follow what the caller says it has played."""
        form = AudioFormat(encoding=encoding, sample_rate=sample_rate, channels=channels)
        if self._audio is not None:
            self._audio.end()
        self._audio = ClientAudio(self._ask_server, self._next_id, form, ahead_s)
        return self._audio

    # the connection

    async def _connect(self) -> ClientConnection:
        """A connection that is identified; raises `BridgeError`."""
        try:
            socket = await connect(
                self.url,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=_MAX_BYTES,
                user_agent_header=None,
                proxy=None,
                ssl=self._ssl,
            )
        except InvalidURI as error:
            raise BridgeError(f"{self.url} is no address of a bridge: {error}") from error
        except (OSError, TimeoutError, InvalidHandshake) as error:
            raise BridgeError(
                f"no bridge answers at {self.url}: {error}; is `skaldcast --no-tui` running?"
            ) from error
        try:
            async with asyncio.timeout(_HELLO_S):
                await self._identify(socket)
        except ConnectionClosed as error:
            raise _ended(error) from error
        except (msgspec.DecodeError, TimeoutError) as error:
            await socket.close()
            raise BridgeError(f"{self.url} is no bridge: it does not say hello") from error
        except BridgeError:
            await socket.close()
            raise
        return socket

    async def _identify(self, socket: ClientConnection) -> None:
        hello = decode_server(await socket.recv())
        if not isinstance(hello, Hello):
            raise BridgeError(f"{self.url} is no bridge: it does not say hello")
        await socket.send(encode(self.state.identify(hello)))
        identified = decode_server(await socket.recv())
        if not isinstance(identified, Identified):
            raise BridgeError(f"{self.url} is no bridge: it does not let us in")
        if not self.state.identified(identified):
            self._add_event(SessionRenewed())
        self._backoff.connected()

    async def _run(self, socket: ClientConnection) -> None:
        """Read, and connect again, until the end."""
        try:
            while True:
                await self._read(socket)
                socket = await self._connect_again()
        except BridgeError as error:
            self._fail(error)

    async def _read(self, socket: ClientConnection) -> None:
        """Until the connection is lost; raises `BridgeError` where it is no use to come back."""
        try:
            self._socket = socket
            self._on_connection(True)
            await self._send_pending()
            self._restart_audio()
            async for frame in socket:
                self._take(frame)
        except ConnectionClosed as error:
            if _code(error) in FINAL:
                raise _ended(error) from error
        except (msgspec.DecodeError, BridgeError):
            # A frame that makes no sense, or events that are missing: the log has them.
            await socket.close()
        finally:
            self._socket = None
            self._lose_sent()
            self._renders.lose()
            self._on_connection(False)

    async def _connect_again(self) -> ClientConnection:
        while True:
            await asyncio.sleep(self._backoff.next_s())
            try:
                return await self._connect()
            except BridgeError as error:
                if isinstance(error, FinalError):
                    raise

    def _restart_audio(self) -> None:
        """Ask for what of the sound has not come, after a lost connection."""
        if self._audio is not None and self._audio.stream is not None and not self._audio.ended:
            if self._restarting is not None:
                self._restarting.cancel()
            self._restarting = asyncio.create_task(self._audio.restart())

    def _take(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            if not self._renders.take(frame) and self._audio is not None:
                self._audio.take(frame)
            return
        message = decode_server(frame)
        match message:
            case Ok(id=request_id) | Error(id=request_id) if request_id in self._pending:
                pending = self._pending.pop(request_id)
                if isinstance(message, Ok) and isinstance(pending.request, ask.Render):
                    self._renders.begin(request_id, decode_reply(frame, RenderOk).stream)
                if not pending.reply.done():
                    pending.reply.set_result(frame)
            case Error(id=""):
                self.errors.append(message)
                self._tell_change()
            case RenderWords() | RenderFinished():
                self._renders.tell(message)
            case BridgeEvent() if self.state.receive(message):
                self._add_event(message)
            case _:
                pass

    def _add_event(self, event: BridgeEvent | SessionRenewed) -> None:
        self.dropped += len(self._events) == _EVENTS
        self._events.append(event)
        if isinstance(event, AudioCleared | AudioLost) and self._audio is not None:
            self._audio.tell(event)
        if isinstance(event, CueFinished):
            self._outcomes[event.cue_id] = event.outcome
            if len(self._outcomes) > _OUTCOMES:
                self._outcomes.popitem(last=False)
        self._tell_change()

    # requests

    async def _ask_server(self, request: ask.Request, kind: type[R]) -> R:
        if self._failure is not None:
            raise self._failure
        if self._running is None:
            raise BridgeError("the client is not connected: use it inside `async with`")
        pending = _Pending(request, asyncio.get_running_loop().create_future())
        self._pending[request.id] = pending
        try:
            await self._send_pending()
            frame = await pending.reply
        finally:
            self._pending.pop(request.id, None)
        message = decode_server(frame)
        if isinstance(message, Error):
            raise RequestError(message.code, message.text)
        reply = decode_reply(frame, kind)
        if isinstance(reply, SubscribeOk):
            self.state.events = reply.events  # asked for anew where the session is lost
        return reply

    def _is_sent(self, request_id: str) -> bool:
        pending = self._pending.get(request_id)
        return pending is None or pending.sent

    async def _send_pending(self) -> None:
        """In their order: a later piece of a cue must not overtake one that is sent again."""
        async with self._sending:
            for pending in list(self._pending.values()):
                if self._socket is None:
                    return
                if pending.sent or pending.reply.done():
                    continue
                pending.sent = True
                # Otherwise it is sent again, or fails, with all that were sent.
                with contextlib.suppress(ConnectionClosed):
                    await self._socket.send(encode(pending.request))

    def _lose_sent(self) -> None:
        """The replies to what was sent will not come: it is sent again, where that is right."""
        for pending in self._pending.values():
            if pending.sent and not may_repeat(pending.request) and not pending.reply.done():
                pending.reply.set_exception(
                    BridgeError("the connection was lost before the reply: look before a new try")
                )
            pending.sent = False

    # waiting

    async def _change(self) -> None:
        if self._failure is not None:
            raise self._failure
        await self._changed.wait()

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _fail(self, error: BridgeError) -> None:
        """It is over: whoever waits is told."""
        self._failure = self._failure or error
        if self._audio is not None:
            self._audio.end()
        self._renders.fail(self._failure)
        for pending in self._pending.values():
            if not pending.reply.done():
                pending.reply.set_exception(self._failure)
        self._tell_change()


def _code(error: ConnectionClosed) -> int | None:
    return error.rcvd.code if error.rcvd is not None else None


def _ended(error: ConnectionClosed) -> BridgeError:
    code, reason = _code(error), error.rcvd.reason if error.rcvd is not None else ""
    kind = FinalError if code in FINAL else BridgeError
    return kind(f"the bridge closed the connection ({code or 'lost'}): {reason or 'no reason'}")
