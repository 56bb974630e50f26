"""`/`: the listener page. One file without a request to anywhere else, so that one token opens it
and it works where there is no internet."""

import base64
import hashlib
import re
from pathlib import Path

from aiohttp import web

_PAGE = Path(__file__).with_name("listener.html")


def routes() -> list[web.RouteDef]:
    """What the application is given."""
    text = _PAGE.read_text("utf-8")
    headers = {
        "Content-Security-Policy": policy(text),
        "Referrer-Policy": "no-referrer",  # the address may have a token in it
        "X-Frame-Options": "DENY",
    }

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html", headers=headers)

    return [web.get("/", show)]


def policy(page: str) -> str:
    """What the page may do: run its own script and style, and ask this server."""
    scripts, styles = (
        " ".join(_hash(part) for part in re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL))
        for tag in ("script", "style")
    )
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(part: str) -> str:
    digest = hashlib.sha256(part.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
