"""Where the bridge listens and whom it lets in; what will not do is refused before it starts."""

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import BridgeError, ConfigError
from .limits import Limits


@dataclass(frozen=True, slots=True)
class BridgeOptions:
    """How the bridge is set up; the meanings are those of the settings of the same names."""

    host: str = "127.0.0.1"
    port: int = 7525
    """0 takes any that is free."""
    password: str = field(default="", repr=False)
    origins: tuple[str, ...] = ()
    """The web pages that may connect; programs have no origin, and need none."""
    certificate: Path | None = None
    key: Path | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def scheme(self) -> str:
        return "ws" if self.certificate is None else "wss"

    def url(self, port: int) -> str:
        """The address for clients."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{port}"

    async def check(self) -> None:
        """Raise `ConfigError` where others than this machine could come in without a password,
        and `BridgeError` where the host is not known."""
        if not self.password and not await asyncio.to_thread(is_loopback, self.host):
            raise ConfigError(
                f"bridge.address {self.host}:{self.port} can be reached from other machines, "
                "which needs a password; make one with `skaldcast bridge password`, or listen on "
                "127.0.0.1"
            )

    def tls(self) -> ssl.SSLContext | None:
        """What TLS needs, None without a certificate; raises `ConfigError`."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ValueError) as error:  # SSLError is an OSError
            raise ConfigError(
                f"the certificate {self.certificate} cannot be used: "
                f"{getattr(error, 'strerror', None) or error}; "
                "name a PEM file, and its key with bridge.key"
            ) from error
        return context


def is_loopback(host: str) -> bool:
    """Whether all addresses of a host lead to this machine only; raises `BridgeError` where the
    host is not known. Looking it up may take a while."""
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BridgeError(
            f"the host {host!r} is not known: "
            f"{getattr(error, 'strerror', None) or error}; choose another"
        ) from error
    return all(ipaddress.ip_address(str(row[4][0]).split("%")[0]).is_loopback for row in rows)
