"""`skaldcast listen`: the link to the listener page, for people at other tables."""

import io
import socket
import sys
from argparse import Namespace
from itertools import count

import segno

from ...bridge.options import is_loopback
from ...bridge.web.tokens import TokenStore, tokens_path
from ...core.config_values import split_address
from ..exit_status import DONE
from ..options import settings_of
from ..streams import emit, tell

_NAME = "listeners"


def listen(arguments: Namespace) -> int:
    """Print the link; off loopback it has a new token in it, by whose name it can be revoked. Where
    somebody looks on, the link's QR code comes below."""
    host, port = split_address(settings_of(arguments).settings.web.address)
    if is_loopback(host):
        link = f"http://{host}:{port}/"
        tell("only this machine can listen: set web.address to 0.0.0.0:PORT to let others in")
    else:
        store = TokenStore(tokens_path())
        name = arguments.name or _free_name(store)
        link = f"http://{_reachable(host)}:{port}/?token={store.add(name)}"
        tell(f"whoever has this link may listen, until `skaldcast tokens revoke {name}`")
    emit(link)
    if sys.stdout.isatty():
        emit(qr_code(link))
    return DONE


def qr_code(link: str) -> str:
    """The code as lines of half blocks, readable on dark and light terminals."""
    lines = io.StringIO()
    segno.make(link, error="l").terminal(lines, border=2, compact=True)
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
