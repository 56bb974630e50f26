"""The web address as the settings want it."""

import asyncio
import contextlib
import importlib
from argparse import Namespace
from collections.abc import AsyncGenerator, Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from ..core.config import DEFAULT, LoadedSettings
from ..core.config_values import split_address, split_origins, split_pairs
from ..core.errors import BridgeError
from ..core.narrator import Narrator
from ..core.playout.outputs import OutputKind, parse_output
from .options import settings_of
from .streams import tell

if TYPE_CHECKING:
    from ..bridge.web.server import WebServer
    from ..bridge.web.wyoming import WyomingServer


@contextlib.asynccontextmanager
async def listeners_of(arguments: Namespace, narrator: Narrator) -> AsyncGenerator[None]:
    """The web address while a command speaks whose output is for listeners alone; raises
    `BridgeError` where it cannot be had, since nobody would hear anything."""
    loaded = settings_of(arguments)
    if parse_output(loaded.settings.output).kind is not OutputKind.WEBRTC:
        yield
        return
    address = WebAddress(loaded, narrator, must=True)
    try:
        await address.start()
        yield
    finally:
        await address.close()


class WebAddress:
    """A web address that may not come to be: another program has the default one. `BridgeError`
    where it was chosen, or `must` be had. `clients` counts those of the bridge."""

    def __init__(
        self,
        loaded: LoadedSettings,
        narrator: Narrator,
        clients: Callable[[], int] = lambda: 0,
        *,
        must: bool = False,
    ) -> None:
        self._settings = loaded.settings.web
        self._wyoming_address = loaded.settings.wyoming.address
        self._chosen = must or loaded.origins["web.address"] != DEFAULT
        self._narrator = narrator
        self._clients = clients
        self._server: WebServer | None = None
        self._wyoming: WyomingServer | None = None

    async def start(self) -> None:
        """Answer from now on, and say where: the voice need not be there yet."""
        # The library takes 0.2 s to import: the screens go on meanwhile.
        await asyncio.to_thread(importlib.import_module, "..bridge.web.server", __package__)
        server = self._make_server()
        try:
            await server.start()
        except BridgeError as error:
            if self._chosen:
                raise
            tell(f"warning: {error}")
        else:
            self._server = server
            tell(f"the web address is {server.url}")
            if await server.needs_tokens() and not server.has_tokens:
                tell("nobody has a token for it yet: `skaldcast tokens add NAME` makes one")
        if self._wyoming_address:
            await self._serve_wyoming()

    async def _serve_wyoming(self) -> None:
        from ..bridge.web.wyoming import WyomingServer

        host, port = split_address(self._wyoming_address)
        self._wyoming = WyomingServer(self._narrator, host, port, version("skaldcast"))
        await self._wyoming.start()
        tell(f"Wyoming clients find the voices at {self._wyoming.url}")

    async def close(self) -> None:
        """End it. Idempotent."""
        if self._wyoming is not None:
            await self._wyoming.close()
        if self._server is not None:
            await self._server.close()

    def _make_server(self) -> "WebServer":
        from ..bridge.web.options import WebOptions
        from ..bridge.web.server import WebServer
        from ..bridge.web.tokens import TokenStore, tokens_path

        host, port = split_address(self._settings.address)
        return WebServer(
            self._narrator,
            WebOptions(
                host=host,
                port=port,
                origins=split_origins(self._settings.origins),
                require_token=self._settings.require_token,
                voices=split_pairs(self._settings.voices),
            ),
            TokenStore(tokens_path()),
            clients=self._clients,
            version=version("skaldcast"),
        )
