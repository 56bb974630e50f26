"""The web address as the settings want it."""

import asyncio
import importlib
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from ..core.config import DEFAULT, LoadedSettings
from ..core.config_values import split_address, split_origins
from ..core.errors import BridgeError
from ..core.narrator import Narrator
from .streams import tell

if TYPE_CHECKING:
    from ..bridge.web.server import WebServer


class WebAddress:
    """A web address that may not come to be: another program has the default one. `BridgeError`
    where it was chosen. `clients` counts those of the bridge."""

    def __init__(
        self, loaded: LoadedSettings, narrator: Narrator, clients: Callable[[], int] = lambda: 0
    ) -> None:
        self._settings = loaded.settings.web
        self._chosen = loaded.origins["web.address"] != DEFAULT
        self._narrator = narrator
        self._clients = clients
        self._server: WebServer | None = None

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
            if not (await server.is_loopback_only() or server.has_tokens):
                tell("nobody has a token for it yet: `skaldcast tokens add NAME` makes one")

    async def close(self) -> None:
        """End it. Idempotent."""
        if self._server is not None:
            await self._server.close()

    def _make_server(self) -> "WebServer":
        from ..bridge.web.options import WebOptions
        from ..bridge.web.server import WebServer
        from ..bridge.web.tokens import TokenStore, tokens_path

        host, port = split_address(self._settings.address)
        return WebServer(
            self._narrator,
            WebOptions(host=host, port=port, origins=split_origins(self._settings.origins)),
            TokenStore(tokens_path()),
            clients=self._clients,
            version=version("skaldcast"),
        )
