"""How the parts of a client bring requests to the server."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from .protocol import Ok
from .protocol import requests as ask

R = TypeVar("R", bound=Ok)
NextId = Callable[[], str]
"""Makes the id of a request."""


class Ask(Protocol):
    """Sends a request and waits for its reply; raises `BridgeError`."""

    async def __call__(self, request: ask.Request, kind: type[R]) -> R: ...
