"""The connection to a language model's server. The one file that streams with httpx.

Imported when the first prompt is asked: httpx takes 0.1 s, which few commands need.
"""

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from typing import Any

import httpx
import httpx_sse

from ...errors import LanguageModelError
from .deltas import Delta, parse_event
from .faults import BrokenOffError, fault_of_status

_CONNECT_S = 10.0
_MOST_BYTES = 1 << 20
"""Of one event, or of an answer that is no stream; a token takes a few hundred."""
_DONE = "[DONE]"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ChatClient:
    """One server. Waits for as long as it is let: the caller has the timeouts."""

    def __init__(self, endpoint: str, api_key: str = "") -> None:
        self._endpoint = endpoint.rstrip("/")
        self._headers = {"User-Agent": "skaldcast", "Accept-Encoding": "identity"}
        if api_key:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    @contextlib.asynccontextmanager
    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[AsyncIterator[Delta]]:
        """Ask for an answer; its deltas come as they are iterated, read ahead by no more than the
        connection's own buffers, and are to be taken up to the one that tells of its end. Leaving
        closes the connection, which ends the request.

        Entering and iterating raise `LanguageModelError`, of which `BrokenOffError` where asking
        again may help.
        """
        url = f"{self._endpoint}/chat/completions"
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        client = self._open()
        with _translated(url):
            request = client.build_request("POST", url, json=body, headers=headers)
            response = await client.send(request, stream=True)
        try:
            with _translated(url):
                await _check(response, url, str(body.get("model", "")))
            async with contextlib.aclosing(_deltas(response, url)) as deltas:
                yield deltas
        finally:
            await response.aclose()

    async def list_models(self) -> list[str]:
        """The models that the server has; raises `LanguageModelError`."""
        url = f"{self._endpoint}/models"
        with _translated(url):
            async with self._open().stream("GET", url) as response:
                await _check(response, url, "")
                body = await _read_all(response)
        try:
            return [str(row["id"]) for row in json.loads(body)["data"]]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise LanguageModelError(
                f"{url} does not list models; is llm.endpoint a language model's address?"
            ) from error

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            if not self._headers.get("Authorization", "").isascii():
                raise LanguageModelError(
                    "the language model's key has letters that no key has; mend llm.api_key"
                )
            try:
                self._client = httpx.AsyncClient(
                    headers=self._headers,
                    timeout=httpx.Timeout(None, connect=_CONNECT_S),
                    # A proxy of the system's does not know our own machine.
                    trust_env=httpx.URL(self._endpoint).host not in _LOOPBACK,
                )
            except (ImportError, ValueError, httpx.InvalidURL) as error:
                raise LanguageModelError(
                    f"{self._endpoint} cannot be asked: {error}; "
                    "mend llm.endpoint, or the proxy in HTTPS_PROXY"
                ) from error
        return self._client


@contextlib.contextmanager
def _translated(url: str) -> Generator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        why = f"{url} cannot be reached (no answer in {_CONNECT_S:g} s)"
        raise BrokenOffError(why, in_vain=True) from error
    except httpx.ConnectError as error:
        why = f"{url} cannot be reached ({_reason(error)})"
        raise BrokenOffError(why, in_vain=True) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise BrokenOffError(f"the connection broke off ({_reason(error)})") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise LanguageModelError(f"{url} is no address: {error}; mend llm.endpoint") from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


async def _check(response: httpx.Response, url: str, model: str) -> None:
    """Raise what a refused request means."""
    if response.is_redirect:  # not followed: the key is meant for the address that was given
        target = response.headers.get("location", "")
        raise LanguageModelError(f"{url} has moved to {target}; set llm.endpoint to that")
    if not response.is_success:
        body = await _read_all(response)
        raise fault_of_status(
            response.status_code, response.reason_phrase, response.headers, body, url, model
        )


async def _read_all(response: httpx.Response) -> bytes:
    """The body, as far as it is of a sensible size."""
    body = b""
    async for block in response.aiter_bytes():
        body += block
        if len(body) > _MOST_BYTES:
            break
    return body


async def _deltas(response: httpx.Response, url: str) -> AsyncGenerator[Delta]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":  # a server that does not stream, or an error called success
        with _translated(url):
            body = await _read_all(response)
        yield parse_event(body)
        return
    if kind != "text/event-stream":
        raise LanguageModelError(
            f"{url} answers with {kind or 'something'} instead of a model's words; mend "
            "llm.endpoint, as in http://127.0.0.1:11434/v1"
        )
    bounded = _Bounded(response.stream)
    response.stream = bounded
    with _translated(url):
        async with contextlib.aclosing(httpx_sse.EventSource(response).aiter_sse()) as events:
            async for event in events:
                bounded.count = 0
                if event.data.strip() == _DONE:
                    return
                if event.data:
                    yield parse_event(event.data)
    raise BrokenOffError("the connection ended in the middle of the answer")


class _Bounded(httpx.AsyncByteStream):
    """The bytes of a stream, as long as there are not too many of one event."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.count = 0
        """Bytes since the last event."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for block in self._stream:
            self.count += len(block)
            if self.count > _MOST_BYTES:
                raise BrokenOffError(f"it sent more than {_MOST_BYTES >> 20} MiB without a word")
            yield block

    async def aclose(self) -> None:
        await self._stream.aclose()
