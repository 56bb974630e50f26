"""One connection's socket: what is read from it, and what is written to it.

A task reads; what is said to a client is written straight to its socket, and by a second task only
while the client does not keep up. Nobody waits for a client: what it has not been sent stays in its
session's log, and once that has lost something of it, the connection is closed.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import cast

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from ..core.clock import monotonic_s
from .connection import Close, Connection, ConnectionState, Welcome
from .framing import binary_frame, text_frame
from .hub import Hub
from .protocol import CloseCode
from .sent_render import SentRender

_log = logging.getLogger(__name__)

_BEHIND_BYTES = 65_536
"""So much not taken by the client's machine means that the client does not keep up."""
_TURN = 8
"""Frames of a client until others have their turn: one read of its socket may bring 2,000."""


class Flushing:
    """The connections with events to send, once the event loop has its next turn: what happens in
    one turn goes out in one write to each."""

    def __init__(self) -> None:
        self._waiting: list[Peer] = []

    def add(self, peer: "Peer") -> None:
        """Flush `peer` soon."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(peer)

    def flush(self) -> None:
        """Now."""
        waiting, self._waiting = self._waiting, []
        for peer in waiting:
            try:
                peer.flush()
            except Exception:  # one client's fault is not another's
                _log.exception("a connection of the bridge could not be told")


class Peer:
    """One connection's socket, and what of its session's events it has been sent."""

    def __init__(
        self,
        socket: ServerConnection,
        hub: Hub,
        flushing: Flushing,
        on_answered: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._hub = hub
        self._flushing = flushing
        self._on_answered = on_answered
        self._connection = Connection(hub, self, monotonic_s())
        self._sent = 0  # the `seq` of the last event that was sent
        self._flush_due = False
        self._catching_up: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._draining: asyncio.Task[None] | None = None
        self._rendering: dict[SentRender, asyncio.Task[None]] = {}

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
            sending += self._rendering.values()
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
                self.send(reply)
                if self._unsent_bytes > _BEHIND_BYTES:
                    # The client does not read: then nothing more is read from it either.
                    await self._socket.drain()
                self._connection.replied(monotonic_s())
                self._start_renders()
                self._on_answered()

    # files

    def _start_renders(self) -> None:
        """Send the files whose requests have been answered."""
        session = self._connection.session
        for render in session.renders.values() if session is not None else ():
            if render not in self._rendering:
                self._rendering[render] = asyncio.create_task(self._render(render))

    async def _render(self, render: SentRender) -> None:
        """Send a file as fast as it is made and the client takes it."""
        session = self._connection.session
        try:
            async with aclosing(render.frames()) as frames:
                async for frame in frames:
                    await self._room()
                    if render.cancelled:
                        return
                    self._send_either(frame)
        except ConnectionClosed:
            pass
        except Exception:
            _log.exception("a file could not be made for a client of the bridge")
            self.send(render.failed("a fault of the server's own"))
        finally:
            render.cancel()
            self._rendering.pop(render, None)
            if session is not None:
                session.renders.pop(render.number, None)

    def _send_either(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self.send_bytes(frame)
        else:
            self.send(frame)

    async def _room(self) -> None:
        """Wait until the client has taken most of what it was sent, and others had their turn."""
        if self._unsent_bytes > _BEHIND_BYTES:
            await self._socket.drain()
        await asyncio.sleep(0)

    async def _close(self, code: CloseCode, reason: str) -> None:
        _log.info("a connection is closed: %s (%d)", reason, code)
        await self._socket.close(code, _cut(reason))

    # the session's sink

    @property
    def congested(self) -> bool:
        return self._catching_up is not None or self._unsent_bytes > _BEHIND_BYTES

    def send(self, frame: str) -> None:
        self._write([frame.encode()])

    def send_bytes(self, frame: bytes) -> None:
        if self._socket.protocol.state is State.OPEN and self._closing is None:
            self._socket.transport.write(binary_frame(frame))
            if self._draining is None and self._unsent_bytes > _BEHIND_BYTES:
                self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        """Go on with the sound once the client has taken what it was sent."""
        try:
            await self._socket.drain()
        finally:
            self._draining = None
        self._hub.room_made()

    def _write(self, payloads: Iterable[bytes]) -> None:
        """All in one go: each write is a call into the system, which costs more than the rest."""
        if self._socket.protocol.state is State.OPEN:
            self._socket.transport.write(b"".join(map(text_frame, payloads)))

    def taken_over(self) -> None:
        self._connection.close(monotonic_s())
        self._close_soon(CloseCode.SESSION_TAKEN, "another connection goes on with the session")

    def events_wait(self, *, at_once: bool = False) -> None:
        if at_once:
            self.flush()
        elif not self._flush_due:
            self._flush_due = True
            self._flushing.add(self)

    def flush(self) -> None:
        """Send the events that wait, or see to it that they are sent later."""
        self._flush_due = False
        session = self._connection.session
        if session is None or self._closing is not None:
            return
        log = session.log
        if log.has_lost(self._sent):
            self._close_soon(CloseCode.TOO_SLOW, "events were lost: read faster")
        elif self._catching_up is None and self._sent < log.last_seq:
            payloads: list[bytes] = []
            room = _BEHIND_BYTES - self._unsent_bytes
            while room > 0 and (payload := log.after(self._sent)) is not None:
                payloads.append(payload)
                room -= len(payload)
                self._sent += 1
            if payloads:
                self._write(payloads)
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
                await self._socket.send(frame, text=True)
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


def _cut(reason: str) -> str:
    """A close frame's reason has at most 123 bytes."""
    return reason.encode()[:123].decode(errors="ignore")
