"""`/health`: whether the engine can speak, for service managers and load balancers."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from .status import EngineStatus


def health(status: EngineStatus) -> tuple[int, dict[str, Any]]:
    """The status of HTTP, 200 where it can speak and 503 where not, and the body."""
    trouble, vitals = status.trouble, status.vitals()
    restarts: Mapping[str, int] = {} if vitals is None else vitals.restarts
    body = {
        "status": "ok" if trouble is None else "unavailable",
        "reason": trouble,
        "state": None if vitals is None else vitals.state,
        "voice": status.voice,
        "output": status.output,
        "uptime_s": round(status.uptime_s, 3),
        "restarts": dict(restarts),
        "listeners": 0 if vitals is None else vitals.listeners,
    }
    return 200 if trouble is None else 503, body


def routes(status: EngineStatus) -> list[web.RouteDef]:
    """What the application is given."""

    async def answer(_: web.Request) -> web.Response:
        code, body = health(status)
        return web.Response(
            status=code, body=msgspec.json.encode(body), content_type="application/json"
        )

    return [web.get("/health", answer)]
