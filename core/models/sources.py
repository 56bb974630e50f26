"""Where a model's files come from: a web server or a folder. The one file that uses httpx."""

import contextlib
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Protocol

import httpx

from ..errors import ModelError
from ..user_path import user_path

_TIMEOUT_S = 30.0
"""Without a byte for so long a connection counts as broken."""
_BLOCK_BYTES = 1 << 20
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class NotThereError(ModelError):
    """The source does not have the file."""


class BrokenOffError(ModelError):
    """The source cannot be reached, or broke off; asking again may help."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it comes."""

    offset: int
    """Where in the file the first byte stands: what was asked for, or 0."""
    size: int | None
    """Bytes of the whole file, where the source tells it."""
    blocks: Iterator[bytes]
    """Raises `BrokenOffError`."""


class Source(Protocol):
    """A place that holds the files of a model."""

    name: str

    def open(self, name: str, offset: int) -> contextlib.AbstractContextManager[Content]:
        """The file from `offset` on, or all of it where the source cannot begin there; raises
        `NotThereError`, `BrokenOffError` or, where asking again is no use, `ModelError`."""
        ...


class HttpSource:
    """Files below an address; redirects and the system's proxies are followed."""

    def __init__(self, address: str, timeout_s: float = _TIMEOUT_S) -> None:
        self.name = address.rstrip("/")
        self._timeout_s = timeout_s

    @contextlib.contextmanager
    def open(self, name: str, offset: int) -> Generator[Content]:
        url = f"{self.name}/{name}"
        # Packed, a file would neither resume nor have the size that it is announced with.
        headers = {"Accept-Encoding": "identity", "User-Agent": "skaldcast"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        try:
            with self._client() as client, client.stream("GET", url, headers=headers) as response:
                if offset and response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    yield Content(offset, offset, iter(()))  # there is nothing behind it
                    return
                _check(response, url)
                begin = _offset(response)
                yield Content(begin, _size(response, begin), _blocks(response, url))
        except httpx.InvalidURL as error:
            raise ModelError(f"{url} is no address: {error}; write --from https://...") from error
        except httpx.UnsupportedProtocol as error:
            raise ModelError(f"{url} cannot be fetched: {error}; write https://...") from error
        except httpx.HTTPError as error:
            raise _broken(url, error) from error

    def _client(self) -> httpx.Client:
        try:
            return httpx.Client(follow_redirects=True, timeout=self._timeout_s)
        except (ImportError, ValueError) as error:  # of a kind that httpx does not know
            raise ModelError(
                f"the proxy that the environment names cannot be used: {error}; mend HTTPS_PROXY"
            ) from error


def _check(response: httpx.Response, url: str) -> None:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise NotThereError(f"{url} is not there ({status}); is it the right address?")
    if response.is_server_error or response.status_code in (
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    ):
        raise BrokenOffError(f"{url} cannot be had now ({status}); try again later")
    if not response.is_success:
        raise ModelError(f"{url} is refused ({status}); try another place with --from DIR|URL")


def _offset(response: httpx.Response) -> int:
    if response.status_code != HTTPStatus.PARTIAL_CONTENT:
        return 0
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None:
        raise ModelError(
            f"{response.url} answers with a part of the file and does not say which; "
            "try another place with --from DIR|URL"
        )
    return int(found[1])


def _size(response: httpx.Response, offset: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return offset + int(length) if length.isdecimal() else None


def _blocks(response: httpx.Response, url: str) -> Iterator[bytes]:
    try:
        # As it comes: what httpx gathers for larger blocks is lost where the connection breaks.
        yield from response.iter_raw()
    except httpx.HTTPError as error:
        raise _broken(url, error) from error


def _broken(url: str, error: httpx.HTTPError) -> BrokenOffError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return BrokenOffError(f"{url} cannot be reached ({reason}); look at the network and try again")


class FolderSource:
    """Files in a local folder; they are copied, the folder stays as it is."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    @contextlib.contextmanager
    def open(self, name: str, offset: int) -> Generator[Content]:
        path = self._folder / name
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise NotThereError(f"{path} is not there; is it the right folder?") from error
        except OSError as error:
            raise _unreadable(path, error) from error
        with file:
            size = path.stat().st_size
            offset = file.seek(min(offset, size))
            yield Content(offset, size, _read(file, path))


def _read(file: BinaryIO, path: Path) -> Iterator[bytes]:
    try:
        while block := file.read(_BLOCK_BYTES):
            yield block
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ModelError:
    return ModelError(f"{path} cannot be read: {error.strerror or error}; mend that and try again")


def parse_source(text: str) -> Source:
    """The source that ``--from`` names; raises `ModelError`."""
    if "://" in text:
        return HttpSource(text)
    folder = user_path(text)
    if not folder.is_dir():
        raise ModelError(
            f"{text!r} is neither a folder nor an address; write --from DIR or --from https://..."
        )
    return FolderSource(folder)
