"""Where the web address is, and its bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WebLimits:
    """The bounds; tests set smaller ones."""

    body_bytes: int = 2**20
    """More is refused with 413: an hour of speech is 60 KB of text."""
    line_bytes: int = 8_190
    """Of the request's line, and of each header; more is a bad request (400)."""
    headers: int = 64
    connections: int = 128
    """At a time; whoever comes then is told 503 at once."""
    idle_s: float = 15.0
    """A connection that has sent no whole request for so long is closed."""
    look_s: float = 1.0
    """How often it is looked who reads no more, and whose token was revoked."""
    unread_looks: int = 30
    """A connection that has taken nothing of what waits for it at so many looks is broken off."""
    close_s: float = 2.0
    """How long what is being answered may take once the end has come."""


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web address is set up; the meanings are those of the settings of the same names."""

    host: str = "127.0.0.1"
    port: int = 7526
    """0 takes any that is free."""
    origins: tuple[str, ...] = ()
    """The web pages of others that may use it."""
    require_token: bool = False
    """Also of this machine."""
    voices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Which voice each name means that programs have for OpenAI's voices."""
    limits: WebLimits = field(default_factory=WebLimits)

    def url(self, port: int) -> str:
        """The address for browsers."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{port}"
