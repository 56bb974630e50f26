"""The websocket server: the thin shell around `Hub` and `Connection`.

Runs in main's event loop, beside the narrator. Each connection has a task that reads; what is
said to clients is written straight to their sockets, and by a second task only while a client
does not keep up. Nobody waits for a client: what it has not been sent stays in its session's log,
and once that has lost something of it, the connection is closed.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, NegotiationError
from websockets.protocol import State
from websockets.typing import Origin, Subprotocol

from ..core.audio_feed import AudioFeed
from ..core.clock import monotonic_s
from ..core.errors import BridgeError, StateError
from .connection import Close, Connection, ConnectionState, Welcome
from .hub import Hub
from .options import BridgeOptions
from .protocol import MAX_MESSAGE_BYTES, SUBPROTOCOL, CloseCode
from .speaker import Narration

_log = logging.getLogger(__name__)

_HARD_LIMIT = 4 * MAX_MESSAGE_BYTES
"""A frame that is not even read: it closes the connection (1009)."""
_BEHIND_BYTES = 65_536
"""So much not taken by the client's machine means that the client does not keep up."""
_CLOSE_S = 2.0
"""How long a client may take to say goodbye."""
_TURN = 8
"""Frames of a client until others have their turn: one read of its socket may bring 2,000."""
_BEAT_S = 0.05
_TICK_S = 1.0
_EVENTS = 10_000
"""Events of the engine that may wait for the event loop."""


class BridgeServer:
    """Lets clients speak through `narrator`, from `start` to `close`.

    `bind` takes the address, as early as one likes; `start` lets clients in, once the narrator is
    there. Both raise `BridgeError` where the address is taken, and `bind` `ConfigError` where it
    is open to others without a password.
    """

    def __init__(
        self,
        narrator: Narration,
        options: BridgeOptions,
        *,
        server: str = "skaldcast",
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._narrator = narrator
        self._options = options
        self.hub = Hub(
            narrator,
            random_bytes,
            password=options.password,
            server=server,
            limits=options.limits,
        )
        self._server: Server | None = None
        self._peers: set[_Peer] = set()
        self._events = narrator.events(capacity=_EVENTS)
        self._telling: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._audio_due = False

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return self._options.url(self._server.sockets[0].getsockname()[1])

    @property
    def clients(self) -> int:
        """How many are connected and let in."""
        return sum(session.sink is not None for session in self.hub.sessions)

    async def bind(self) -> None:
        """Take the address; nobody is let in yet."""
        await self._options.check()
        tls = self._options.tls()
        quiet = logging.Logger(f"{__name__}.websockets")
        # What strangers send is no fault of ours; and its debug records cost more than sending.
        quiet.setLevel(logging.CRITICAL + 1)
        try:
            self._server = await serve(
                self._serve,
                self._options.host,
                self._options.port,
                origins=[None, *(Origin(origin) for origin in self._options.origins)],
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                select_subprotocol=_select_subprotocol,
                compression=None,  # small messages gain nothing, and bombs need it
                server_header=None,
                max_size=_HARD_LIMIT,
                close_timeout=_CLOSE_S,
                ping_interval=self._options.limits.ping_s,
                ping_timeout=self._options.limits.ping_s,
                logger=quiet,
                ssl=tls,
                start_serving=False,
            )
        except OSError as error:
            raise self._not_listening(error) from error

    async def start(self) -> None:
        """Let clients in."""
        assert self._server is not None
        feed = AudioFeed(self._narrator.sample_rate, self._send_audio_soon)
        self._narrator.add_tap(feed)
        self.hub.offer_audio(feed)
        try:
            await self._server.start_serving()
        except OSError as error:
            raise self._not_listening(error) from error
        self._telling = asyncio.create_task(self._tell_events())
        self._tasks = [asyncio.create_task(w) for w in (self._tell_failure(), self._beat())]

    def refuse_cues(self) -> None:
        """The end is near: what is being spoken is still told, nothing new is taken."""
        self.hub.ending = True

    async def close(self) -> None:
        """Tell what is left to tell, say goodbye to all (1001) and give the address back.
        Idempotent."""
        self._events.end()
        self._audio_due = True  # no more of it is sent
        if self._telling is not None:
            await self._telling
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _not_listening(self, error: OSError) -> BridgeError:
        where = f"{self._options.host}:{self._options.port}"
        return BridgeError(
            f"the bridge cannot listen on {where}: {_reason(error)}; end what uses the address, "
            "or choose another: --set bridge.address=127.0.0.1:PORT"
        )

    # what is told

    async def _tell_events(self) -> None:
        """To all sessions, until there are no more."""
        async for event in self._events:
            try:
                self.hub.take(event, monotonic_s())
            except Exception:  # the next event may be told all the same
                _log.exception("the bridge could not tell %r", event)

    async def _tell_failure(self) -> None:
        try:
            await self._narrator.failed()
        except StateError:  # it was closed in good order
            return
        if self._narrator.failure is not None:
            self.hub.fail(self._narrator.failure)

    async def _beat(self) -> None:
        next_tick = monotonic_s() + _TICK_S
        for beat in count():
            await asyncio.sleep(_BEAT_S)
            now = monotonic_s()
            try:
                self.hub.follow_sound(now)
                if beat % 2:
                    self.hub.tell_level(now)
                if now >= next_tick:
                    next_tick = now + _TICK_S
                    self.hub.tick(now)
            except Exception:  # a fault of ours must not stop the clock for all
                _log.exception("the bridge could not look after its sessions")

    def _send_audio_soon(self) -> None:
        """Once for all that is pushed and let out in one go."""
        if not self._audio_due:
            self._audio_due = True
            asyncio.get_running_loop().call_soon(self._send_audio)

    def _send_audio(self) -> None:
        """One binary frame to each session that may have one, then others have their turn."""
        self._audio_due = False
        try:
            if self.hub.send_audio(monotonic_s()):
                self._send_audio_soon()
        except Exception:
            _log.exception("the bridge could not send the sound")

    # connections

    async def _serve(self, socket: ServerConnection) -> None:
        if len(self._peers) >= self._options.limits.sessions:
            await socket.close(
                CloseCode.TOO_MANY_SESSIONS, "the server has as many clients as it takes"
            )
            return
        peer = _Peer(socket, self.hub)
        self._peers.add(peer)
        try:
            await peer.run()
        finally:
            self._peers.discard(peer)


class _Peer:
    """One connection's socket, and what of its session's events it has been sent."""

    def __init__(self, socket: ServerConnection, hub: Hub) -> None:
        self._socket = socket
        self._hub = hub
        self._connection = Connection(hub, self, monotonic_s())
        self._sent = 0  # the `seq` of the last event that was sent
        self._flush_due = False
        self._catching_up: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._draining: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the connection has ended."""
        try:
            self.send(self._connection.hello())
            if await self._let_in():
                await self._answer_all()
        except ConnectionClosed:
            pass
        except Exception:
            _log.exception("a connection of the bridge failed")
            await self._close(CloseCode.INTERNAL, "a fault of the server's own")
        finally:
            self._connection.close(monotonic_s())
            sending = [t for t in (self._catching_up, self._draining) if t is not None]
            for task in sending:
                task.cancel()
            closing = [self._closing] if self._closing is not None else []
            await asyncio.gather(*sending, *closing, return_exceptions=True)

    async def _answer_all(self) -> None:
        answered = 0
        async for frame in self._socket:
            await self._answer(frame)
            answered += 1
            if answered % _TURN == 0:
                await asyncio.sleep(0)

    async def _let_in(self) -> bool:
        """Take the first frame."""
        try:
            async with asyncio.timeout(self._hub.limits.identify_s):
                frame = await self._socket.recv()
        except TimeoutError:
            await self._close(CloseCode.NO_IDENTIFY, "no identify came")
            return False
        await self._answer(frame)
        return self._connection.state is ConnectionState.IDENTIFIED

    async def _answer(self, frame: str | bytes) -> None:
        if self._connection.state is ConnectionState.CLOSED:  # another has taken the session
            return
        match self._connection.receive(frame, monotonic_s()):
            case Close(code, reason):
                await self._close(code, reason)
            case Welcome(reply, _, last_seq):
                self.send(reply)
                self._sent = last_seq
                self.events_wait()
                if self._hub.failure is not None:
                    self.send(self._hub.failed())
            case reply:
                # Waits where the client does not read: then nothing more is read from it either.
                await self._socket.send(reply)
                self._connection.replied(monotonic_s())

    async def _close(self, code: CloseCode, reason: str) -> None:
        _log.info("a connection is closed: %s (%d)", reason, code)
        await self._socket.close(code, _cut(reason))

    # the session's sink

    @property
    def congested(self) -> bool:
        return self._catching_up is not None or self._unsent_bytes > _BEHIND_BYTES

    def send(self, frame: str) -> None:
        self._write([frame])

    def send_bytes(self, frame: bytes) -> None:
        protocol = self._socket.protocol
        if protocol.state is State.OPEN and self._closing is None:
            protocol.send_binary(frame)
            self._socket.transport.write(b"".join(protocol.data_to_send()))
            if self._draining is None and self._unsent_bytes > _BEHIND_BYTES:
                self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        """Go on with the sound once the client has taken what it was sent."""
        try:
            await self._socket.drain()
        finally:
            self._draining = None
        self._hub.room_made()

    def _write(self, frames: Iterable[str]) -> None:
        """All in one go: each write is a call into the system, which costs more than the rest."""
        protocol = self._socket.protocol
        if protocol.state is not State.OPEN:
            return
        for frame in frames:
            protocol.send_text(frame.encode())
        self._socket.transport.write(b"".join(protocol.data_to_send()))

    def taken_over(self) -> None:
        self._connection.close(monotonic_s())
        self._close_soon(CloseCode.SESSION_TAKEN, "another connection goes on with the session")

    def events_wait(self, *, at_once: bool = False) -> None:
        if at_once:
            self._flush()
        elif not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush_waiting)

    def _flush_waiting(self) -> None:
        self._flush_due = False
        self._flush()

    def _flush(self) -> None:
        """Send the events that wait, or see to it that they are sent later."""
        session = self._connection.session
        if session is None or self._closing is not None:
            return
        log = session.log
        if self._sent < log.last_seq and log.after(self._sent) is None:
            self._close_soon(CloseCode.TOO_SLOW, "events were lost: read faster")
        elif self._catching_up is None:
            frames: list[str] = []
            room = _BEHIND_BYTES - self._unsent_bytes
            while room > 0 and (frame := log.after(self._sent)) is not None:
                frames.append(frame)
                room -= len(frame)
                self._sent += 1
            if frames:
                self._write(frames)
            if self._sent < log.last_seq:
                self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Send what waits as fast as the client takes it."""
        try:
            while (session := self._connection.session) is not None:
                frame = session.log.after(self._sent)
                if frame is None:
                    return
                self._sent += 1
                await self._socket.send(frame)
        except ConnectionClosed:
            pass
        finally:
            self._catching_up = None

    def _close_soon(self, code: CloseCode, reason: str) -> None:
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    @property
    def _unsent_bytes(self) -> int:
        transport = cast("asyncio.WriteTransport", self._socket.transport)
        return transport.get_write_buffer_size()


def _select_subprotocol(_: Any, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """A client may offer none, but not others alone."""
    if SUBPROTOCOL in offered:
        return Subprotocol(SUBPROTOCOL)
    if offered:
        raise NegotiationError(f"this server speaks {SUBPROTOCOL}")
    return None


def _cut(reason: str) -> str:
    """A close frame's reason has at most 123 bytes."""
    return reason.encode()[:123].decode(errors="ignore")


def _reason(error: OSError) -> str:
    # asyncio puts the address and the whole story into its message.
    return os.strerror(error.errno).lower() if error.errno else str(error)
