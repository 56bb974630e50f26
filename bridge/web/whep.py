"""`/whep`: how a listener's player gets the voice by WebRTC (WHEP, draft-ietf-wish-whep).

One POST with the offer, one answer with all candidates in it; DELETE of the resource ends it. No
trickled candidates: a PATCH is refused, as the draft allows.
"""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Protocol

from aiohttp import hdrs, web

from ...core.errors import BroadcastError, SkaldcastError
from .application import TOKEN, refusal
from .visitors import Stay, Visitors

_SDP = "application/sdp"
_LONGEST = 16 * 1024
"""Bytes of an offer; a browser's for one audio section has 2 to 6 KB."""
_COMING_LOOKS = 60
"""Who was not seen to listen at so many looks did not connect: the broadcast waits 20 s."""


class Broadcasting(Protocol):
    """Who lets listeners in: `core.broadcast_link.BroadcastLink` is one."""

    @property
    def listeners(self) -> tuple[str, ...]: ...

    async def connect(self, offer: str) -> tuple[str, str]: ...

    def disconnect(self, listener: str) -> None: ...


class HasBroadcast(Protocol):
    """A narrator, whose broadcast raises `StateError` before the voice is there."""

    @property
    def broadcast(self) -> Broadcasting: ...


def routes(narration: HasBroadcast, visitors: Visitors) -> list[web.RouteDef]:
    """What the application is given; who listens by a token is one of `visitors`."""

    async def listen(request: web.Request) -> web.Response:
        if request.content_type != _SDP:
            return refusal(415, f"send the offer as {_SDP}")
        body = await request.read()
        if len(body) > _LONGEST:
            return refusal(413, f"an offer has at most {_LONGEST} bytes")
        try:
            offer = body.decode()
        except UnicodeDecodeError:
            return refusal(400, "an offer is UTF-8 text")
        try:
            broadcast = narration.broadcast
            listener, answer = await broadcast.connect(offer)
        except SkaldcastError as error:
            return _refused(error)
        if (token := request.get(TOKEN)) is not None:
            end = partial(broadcast.disconnect, listener)
            visitors.enter(Stay(token, end, _is_over(broadcast, listener)))
        headers = {hdrs.LOCATION: f"/whep/{listener}", "Access-Control-Expose-Headers": "Location"}
        return web.Response(status=201, text=answer, content_type=_SDP, headers=headers)

    async def leave(request: web.Request) -> web.Response:
        try:
            narration.broadcast.disconnect(request.match_info["listener"])
        except SkaldcastError as error:
            return _refused(error)
        return web.Response(status=200)

    return [web.post("/whep", listen), web.delete("/whep/{listener}", leave)]


def _is_over(broadcast: Broadcasting, listener: str) -> Callable[[], bool]:
    """Tells at each look whether this one came and has gone, or will not come."""
    coming = count(1)
    seen = False

    def is_over() -> bool:
        nonlocal seen
        if listener in broadcast.listeners:
            seen = True
            return False
        return seen or next(coming) > _COMING_LOOKS

    return is_over


def _refused(error: SkaldcastError) -> web.Response:
    is_offers = isinstance(error, BroadcastError) and not error.later
    status = 400 if is_offers else 503
    answer = refusal(status, str(error))
    if status == 503:
        answer.headers[hdrs.RETRY_AFTER] = "2"
    return answer
