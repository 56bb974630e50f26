"""The HTTP server: the thin shell around the application.

Runs in main's event loop, beside the narrator; nothing of it waits for a client.
"""

import asyncio
import logging
import os
from collections.abc import Callable

from aiohttp import web

from ...core.errors import BridgeError
from ..options import is_loopback
from . import health, metrics, page, speech, subtitles, whep
from .access import Access
from .application import make_application
from .options import WebLimits, WebOptions
from .status import EngineStatus, Watched
from .tokens import TokenStore

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
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return self._options.url(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Take the address, and answer."""
        options = self._options
        access = Access(
            loopback_only=await self.is_loopback_only(),
            origins=options.origins,
            holder=self._holder,
        )
        routes = [
            *health.routes(self.status),
            *metrics.routes(self.status, self._clients, self._version),
            *page.routes(),
            *subtitles.routes(self._subtitles, lambda: self._narration.time_s),
            *whep.routes(self._narration),
            *speech.routes(self._narration, options.voices),
        ]
        self._runner = _runner(make_application(access, options.limits, routes), options.limits)
        await self._runner.setup()
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._connected, options.host, options.port
            )
        except OSError as error:
            await self.close()
            raise self._not_listening(error) from error
        self._watching = asyncio.create_task(self._watch())

    @property
    def has_tokens(self) -> bool:
        """Whether anybody could come in from elsewhere."""
        return bool(self._tokens.table().rows)

    async def is_loopback_only(self) -> bool:
        """Whether no other machine can reach it: then no token is needed. Raises `BridgeError`."""
        return await asyncio.to_thread(is_loopback, self._options.host)

    async def close(self) -> None:
        """Let what is being answered end, and give the address back. Idempotent."""
        self._events.end()
        self._subtitles.end()
        if self._watching is not None:
            await self._watching
        server, self._server = self._server, None
        if server is not None:
            server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if server is not None:
            await server.wait_closed()

    async def _watch(self) -> None:
        async for event in self._events:
            self.status.take(event)
            self._subtitles.take(event)

    def _connected(self) -> asyncio.Protocol:
        """Who speaks with a new connection."""
        assert self._runner is not None
        server = self._runner.server
        if server is None or len(server.connections) >= self._options.limits.connections:
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
