"""The application of the web address: who may come in, what goes wrong, and the routes.

A module of routes has a function `routes`, which takes what it needs of the engine and gives its
routes. `make_application` is where it is added; it need not look at tokens, origins or sizes.
"""

import logging
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from .access import Access, Visit
from .options import WebLimits
from .tokens import digest
from .visitors import Stay, Visitors

_log = logging.getLogger(__name__)

_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")
"""What proxies add."""
_METHODS = "GET, POST, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type"


TOKEN = web.RequestKey("token", str)
"""The digest of the token that a request came in by; this machine's own have none."""


def make_application(
    access: Access,
    limits: WebLimits,
    visitors: Visitors,
    routes: Iterable[web.AbstractRouteDef],
) -> web.Application:
    """All of the web address; `routes` are those of its modules, together, and `visitors` is told
    who is being answered."""
    application = web.Application(
        middlewares=[_errors, _guard(access, visitors)], client_max_size=limits.body_bytes
    )
    application.on_response_prepare.append(_sign(access))
    application.add_routes(routes)
    return application


def refusal(
    status: int,
    text: str,
    kind: str = "invalid_request_error",
    *,
    param: str | None = None,
    code: str | None = None,
) -> web.Response:
    """An error, in the form that OpenAI's clients read."""
    body = {"error": {"message": text, "type": kind, "param": param, "code": code}}
    headers = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="skaldcast"'} if status == 401 else None
    return web.Response(
        status=status,
        body=msgspec.json.encode(body),
        content_type="application/json",
        headers=headers,
    )


def _sign(
    access: Access,
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    async def sign(request: web.Request, response: web.StreamResponse) -> None:
        """What all answers have."""
        response.headers[hdrs.SERVER] = "skaldcast"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        visit = _visit(request)
        if visit.origin is not None and access.welcomes(visit):
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = visit.origin
            response.headers[hdrs.VARY] = "Origin"

    return sign


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What goes wrong as an answer: in one form, and without a word of what is inside."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = refusal(error.status, f"{error.reason}: {request.method} {request.path[:200]}")
        if hdrs.ALLOW in error.headers:
            answer.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return answer
    except ConnectionError:  # whoever asked has gone
        raise
    except Exception:
        _log.exception("%s %s failed", request.method, request.path)
        return refusal(500, "a fault of the server's own; its log has it", "server_error")


def _guard(access: Access, visitors: Visitors) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        asks_ahead = request.method == hdrs.METH_OPTIONS and (
            hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        )
        visit = _visit(request)
        if request.transport is not None:
            visitors.answer(request.transport)
        refused = access.refuse(visit)
        # A page's browser asks whether it may ask, and shows no token then.
        if refused is not None and not (asks_ahead and refused.status == 401):
            return refusal(refused.status, refused.text, "authentication_error")
        if asks_ahead:
            allowed = {
                hdrs.ACCESS_CONTROL_ALLOW_METHODS: _METHODS,
                hdrs.ACCESS_CONTROL_ALLOW_HEADERS: _HEADERS,
            }
            return web.Response(status=204, headers=allowed)
        if visit.token is None or not access.needs_token(visit):
            return await handler(request)
        with _staying(request, visitors, digest(visit.token)):
            return await handler(request)

    return guard


@contextmanager
def _staying(request: web.Request, visitors: Visitors, token: str) -> Generator[None]:
    """What is being answered ends with its token."""

    def end() -> None:
        if request.transport is not None:
            request.transport.abort()

    request[TOKEN] = token
    visitors.enter(stay := Stay(token, end))
    try:
        yield
    finally:
        visitors.leave(stay)


def _visit(request: web.Request) -> Visit:
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    token = given.strip() if scheme.lower() == "bearer" else request.query.get("token")
    return Visit(
        path=request.path,
        host=request.headers.get(hdrs.HOST, ""),
        origin=request.headers.get(hdrs.ORIGIN),
        token=token or None,
        forwarded=any(name in request.headers for name in _FORWARDED),
    )
