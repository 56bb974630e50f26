"""The link to the listener page, for people at other tables, and its QR code."""

import io
import socket
from dataclasses import dataclass
from itertools import count

import segno

from ..bridge.options import is_loopback
from ..bridge.web.tokens import TokenStore, tokens_path
from ..core.config_values import split_address
from ..core.settings import WebSettings

_NAME = "listeners"


@dataclass(frozen=True, slots=True)
class ListenerLink:
    """A link, and what is to be known of it."""

    link: str
    note: str


def make_link(web: WebSettings, name: str | None = None) -> ListenerLink:
    """The link to the web address; where one is needed it has a new token in it, which `name` or a
    name that is free can revoke. Raises `ConfigError` or `BridgeError`."""
    host, port = split_address(web.address)
    if is_loopback(host) and not web.require_token:
        return ListenerLink(
            f"http://{host}:{port}/",
            "only this machine can listen: set web.address to 0.0.0.0:PORT to let others in",
        )
    store = TokenStore(tokens_path())
    name = name or _free_name(store)
    return ListenerLink(
        f"http://{_reachable(host)}:{port}/?token={store.add(name)}",
        f"whoever has this link may listen, until `skaldcast tokens revoke {name}`",
    )


def qr_code(link: str) -> str:
    """The code as lines of half blocks, light on dark."""
    rows = [list(row) for row in segno.make(link, error="l").matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    lines = io.StringIO()
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        for pair in zip(upper, lower, strict=True):
            lines.write({(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}[pair])
        lines.write("\n")
    return lines.getvalue().rstrip("\n")


def _free_name(store: TokenStore) -> str:
    taken = {row.name for row in store.table().rows}
    names = (_NAME if n == 1 else f"{_NAME}-{n}" for n in count(1))
    return next(name for name in names if name not in taken)


def _reachable(host: str) -> str:
    """The host as others write it: where it is all of this machine's addresses, the one that the
    way to the internet begins with. Nothing is sent."""
    if host not in ("0.0.0.0", "::", "*", ""):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return socket.gethostname()
