"""The HTTP server: the thin shell around the application.

Runs in main's event loop, beside the narrator; nothing of it waits for a client.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Callable, Collection

from aiohttp import web

from ...core.errors import BridgeError
from ..options import is_loopback
from . import health, metrics, page, speech, subtitles, whep
from .access import Access
from .application import make_application
from .options import WebLimits, WebOptions
from .status import EngineStatus, Watched
from .tokens import TokenStore
from .visitors import Visitors

_log = logging.getLogger(__name__)

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nServer: skaldcast\r\nRetry-After: 1\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class WebServer:
    """Answers over HTTP what `narration` is doing, from `start` to `close`. `clients` counts those
    of the bridge.

    `start` raises `BridgeError` where the address is taken or not known. It may be called before
    the voice is there: that is what `/health` tells then.
    """

    def __init__(
        self,
        narration: Watched,
        options: WebOptions,
        tokens: TokenStore,
        *,
        clients: Callable[[], int] = lambda: 0,
        version: str = "",
    ) -> None:
        self.status = EngineStatus(narration)
        self._narration = narration
        self._subtitles = subtitles.Subtitles(narration.cue)
        self._options = options
        self._tokens = tokens
        self._clients = clients
        self._version = version
        self._events = narration.events()
        self.visitors = Visitors(options.limits.unread_looks)
        self._closing = asyncio.Event()
        self._unreadable = ""
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return self._options.url(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Take the address, and answer."""
        options = self._options
        access = Access(
            is_ours=not await self.needs_tokens(),
            origins=options.origins,
            holder=self._holder,
        )
        routes = [
            *health.routes(self.status),
            *metrics.routes(self.status, self._clients, self._version),
            *page.routes(),
            *subtitles.routes(self._subtitles, lambda: self._narration.time_s),
            *whep.routes(self._narration, self.visitors),
            *speech.routes(self._narration, options.voices),
        ]
        application = make_application(access, options.limits, self.visitors, routes)
        self._runner = _runner(application, options.limits)
        await self._runner.setup()
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._connected, options.host, options.port
            )
        except OSError as error:
            await self.close()
            raise self._not_listening(error) from error
        self._bound_sending(self._server)
        work = (self._watch(), self._look_after_visitors())
        self._tasks = [asyncio.create_task(each) for each in work]

    @property
    def connections(self) -> int:
        """How many are open."""
        server = None if self._runner is None else self._runner.server
        return 0 if server is None else len(server.connections)

    @property
    def has_tokens(self) -> bool:
        """Whether anybody could come in from elsewhere."""
        return bool(self._tokens.table().rows)

    async def needs_tokens(self) -> bool:
        """Whether all need a token: other machines can reach it, or it is told to want one. Raises
        `BridgeError`."""
        options = self._options
        return options.require_token or not await asyncio.to_thread(is_loopback, options.host)

    async def close(self) -> None:
        """Let what is being answered end, and give the address back. Idempotent."""
        self._events.end()
        self._subtitles.end()
        self._closing.set()
        await asyncio.gather(*self._tasks)
        server, self._server = self._server, None
        if server is not None:
            server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.visitors.close()  # what cannot be written would be waited for
        if server is not None:
            await server.wait_closed()

    async def _watch(self) -> None:
        async for event in self._events:
            for part in (self.status, self._subtitles):
                try:
                    part.take(event)
                except Exception:  # one event that is not understood must not blind it to the rest
                    _log.exception("%s was not taken note of", type(event).__name__)

    async def _look_after_visitors(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._options.limits.look_s)
            try:
                self.visitors.look(self._in_force())
            except Exception:
                _log.exception("whoever is to be let go was not")

    def _in_force(self) -> Collection[str] | None:
        """The tokens that open; None where nobody uses one, or they cannot be read, of which the
        log is told once."""
        if not self.visitors.any_by_token:
            return None
        try:
            digests, trouble = self._tokens.table().digests, ""
        except BridgeError as error:
            digests, trouble = None, str(error)
        if trouble != self._unreadable and trouble:
            _log.warning("nobody's token is known to be revoked: %s", trouble)
        self._unreadable = trouble
        return digests

    def _bound_sending(self, server: asyncio.Server) -> None:
        """Have the system, too, break off who takes nothing: what it holds itself we cannot see.
        Connections have it from the sockets that listen."""
        limits = self._options.limits
        if (option := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:  # Linux alone
            for listening in server.sockets:
                limit_ms = round(1e3 * limits.look_s * limits.unread_looks)
                listening.setsockopt(socket.IPPROTO_TCP, option, limit_ms)

    def _connected(self) -> asyncio.Protocol:
        """Who speaks with a new connection."""
        assert self._runner is not None
        server = self._runner.server
        if server is None or self.connections >= self._options.limits.connections:
            return _Full()
        return server()

    def _holder(self, token: str) -> str | None:
        try:
            return self._tokens.table().holder(token)
        except BridgeError as error:
            _log.error("%s", error)
            return None

    def _not_listening(self, error: OSError) -> BridgeError:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        return BridgeError(
            f"the web address cannot listen on {self._options.host}:{self._options.port}: "
            f"{reason}; end what uses it, or choose another: --set web.address=127.0.0.1:PORT"
        )


def _runner(application: web.Application, limits: WebLimits) -> web.AppRunner:
    quiet = logging.Logger(f"{__name__}.aiohttp")
    quiet.setLevel(logging.CRITICAL + 1)  # what strangers send is no fault of ours
    return web.AppRunner(
        application,
        handle_signals=False,
        access_log=None,
        logger=quiet,
        keepalive_timeout=limits.idle_s,
        max_line_size=limits.line_bytes,
        max_field_size=limits.line_bytes,
        max_headers=limits.headers,
        shutdown_timeout=limits.close_s,
        handler_cancellation=True,  # whoever asked has gone: what it asked for ends
    )


class _Full(asyncio.Protocol):
    """Tells a connection that there are as many as there may be."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(_FULL)
        transport.close()
