"""Who may use the web address. Plain: what a request says of itself in, a refusal or None out.

Any web page can reach localhost, and a name of its own that leads there (DNS rebinding) makes the
browser take our answers for its own. So a visitor is taken for this machine only where it came to
a loopback address by a loopback name; all others need a token, as a page of ours or theirs would.
"""

import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

OPEN_PATHS = frozenset({"/health"})
"""What needs no token: a service manager's or load balancer's probe."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request says of itself."""

    path: str
    host: str
    """The header `Host`: where the visitor meant to go, as ``name:port``."""
    origin: str | None = None
    """The web page that asks; programs name none."""
    token: str | None = None
    forwarded: bool = False
    """It came through a proxy, which says so: whoever is behind that is not this machine."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not."""

    status: int
    """Of HTTP: 401 where a token would help, else 403."""
    text: str


@dataclass(frozen=True, slots=True)
class Access:
    """The rules. `is_ours` says that no other machine can reach the address, so that this one needs
    no token; `origins` are the web pages of others that may use it; `holder` names the holder of a
    token, None where it is not in force."""

    is_ours: bool
    origins: Collection[str] = ()
    holder: Callable[[str], str | None] = lambda _: None

    def refuse(self, visit: Visit) -> Refusal | None:
        """Why a visitor may not come in; None lets it in."""
        if visit.origin is not None and not self.welcomes(visit):
            return Refusal(
                403,
                f"the web page {visit.origin[:200]} may not use this address; web.origins names "
                "those that may",
            )
        if not self.needs_token(visit):
            return None
        if visit.token is None:
            return Refusal(
                401,
                "a token is needed: send `Authorization: Bearer TOKEN`, or add ?token=TOKEN; "
                "`skaldcast tokens add NAME` makes one",
            )
        if self.holder(visit.token) is None:
            return Refusal(401, "this token is not in force: `skaldcast tokens` lists them")
        return None

    def needs_token(self, visit: Visit) -> bool:
        """Whether it is let in by a token alone."""
        is_open = visit.path in OPEN_PATHS and not self.is_ours
        return not (is_open or self._is_this_machine(visit))

    def welcomes(self, visit: Visit) -> bool:
        """Whether the page that asks is ours, by the name that it was asked for with, or one of
        those that are named."""
        origin = (visit.origin or "").lower()
        return origin in self.origins or _netloc(origin) == visit.host.lower()

    def _is_this_machine(self, visit: Visit) -> bool:
        return self.is_ours and not visit.forwarded and _is_loopback_name(visit.host)


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # a broken [address]
        return None


def _is_loopback_name(host: str) -> bool:
    """Whether ``name:port`` names this machine and nothing else, whatever a name server says."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if name is None:
        return False
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
