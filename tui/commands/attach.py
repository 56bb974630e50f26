"""`skaldcast attach`: the console on an engine that runs already."""

import asyncio
import getpass
import sys
from argparse import Namespace
from pathlib import Path

from ...bridge.client import BridgeClient
from ...bridge.client_state import PasswordWantedError
from ...bridge.password_store import password_path, read_password
from ...core.config import LoadedSettings
from ...core.config_values import split_address
from ...core.errors import ConfigError
from ..options import UsageError, settings_of
from .console import open_console

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where an address that listens everywhere is reached from here."""


def attach(arguments: Namespace) -> int:
    """Open the console on the engine at an address, which goes on when it is left."""
    from ..console.keeping import state_folder
    from ..console.remote_setup import RemoteSetup

    loaded = settings_of(arguments)
    url = url_of(arguments.address, loaded)

    def setup() -> RemoteSetup:
        return RemoteSetup(url, _password(url, loaded))

    script: Path | None = getattr(arguments, "script", None)
    return open_console(setup, state_folder().with_name("attached"), script)


def url_of(address: str | None, loaded: LoadedSettings) -> str:
    """The websocket's address; raises `UsageError`."""
    settings = loaded.settings.bridge
    if address is None:
        host, port = split_address(settings.address)
        host = _ANY.get(host, host)
        scheme = "ws" if settings.certificate is None else "wss"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    if address.startswith(("ws://", "wss://")):
        return address
    try:
        split_address(address)
    except ValueError as error:
        raise UsageError(f"the address of the engine {error}") from error
    return f"ws://{address}"


def _password(url: str, loaded: LoadedSettings) -> str:
    """What the engine lets us in with; asked for where it wants one that is not known. Raises
    `BridgeError` where it cannot be reached or says no."""
    password = loaded.settings.bridge.password
    if not password and (kept := read_password(password_path())) is not None:
        password = kept.password
    try:
        asyncio.run(_try(url, password))
    except PasswordWantedError:
        if not sys.stdin.isatty():
            raise ConfigError(f"{url} asks for a password: set bridge.password") from None
        password = getpass.getpass(f"Password of {url}: ", stream=sys.stderr)
        asyncio.run(_try(url, password))
    return password


async def _try(url: str, password: str) -> None:
    async with BridgeClient(url, password=password, client="skaldcast attach", events=()):
        pass
