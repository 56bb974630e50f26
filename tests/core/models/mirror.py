"""A web server that holds a model's files, and has the faults that real ones have."""

import gzip
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mirror:
    """The files, the faults, and what was asked for. All of it may change while it serves."""

    def __init__(self, files: dict[str, bytes], port: int) -> None:
        self.files = files
        self.address = f"http://127.0.0.1:{port}/models"
        self.ranges = True
        """Whether it begins in the middle of a file where asked to."""
        self.cut_after: list[int] = []
        """The answers to come: each breaks off after so many bytes of its body."""
        self.status: list[HTTPStatus] = []
        """The answers to come: each is this failure."""
        self.chunked = False
        """Whether it keeps the size of its answers to itself."""
        self.redirects = False
        self.packs = False
        """Whether it packs files where a client can unpack them."""
        self.hangs = False
        """Whether it takes requests and says nothing."""
        self.ended = threading.Event()
        self.requests: list[tuple[str, str | None]] = []
        """Names asked for, with the range."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        mirror = self.server.mirror
        name = self.path.rpartition("/")[2]
        wanted = self.headers.get("Range")
        mirror.requests.append((name, wanted))
        if mirror.hangs:
            mirror.ended.wait()
            self.close_connection = True
        elif mirror.status:
            self.send_error(mirror.status.pop(0))
        elif mirror.redirects and "elsewhere" not in self.path:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/elsewhere/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name not in mirror.files:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._send(mirror, mirror.files[name], wanted)

    def _send(self, mirror: Mirror, body: bytes, wanted: str | None) -> None:
        packing = mirror.packs and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body) if packing else body
        size, begin = len(body), 0
        if wanted and mirror.ranges:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
            if begin >= size:
                self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT)
            self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        else:
            self.send_response(HTTPStatus.OK)
        body = body[begin:]
        if packing:
            self.send_header("Content-Encoding", "gzip")
        if mirror.chunked:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mirror.cut_after:
            body = body[: mirror.cut_after.pop(0)]
            self.close_connection = True
        self.wfile.write(body)
        self.close_connection = self.close_connection or mirror.chunked

    def log_message(self, *_: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    mirror: Mirror

    def handle_error(self, *_: Any) -> None:
        """A client that went away, as it may."""


@contextmanager
def serving(files: dict[str, bytes]) -> Generator[Mirror]:
    """A mirror on a port of its own, while inside."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.mirror = Mirror(files, server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.mirror
        finally:
            server.mirror.ended.set()
            server.shutdown()
            thread.join()
