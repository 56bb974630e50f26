"""Messages between main and its child processes, over the child's standard input and output.

A frame is a length (4 bytes, little endian) and a pickled message. Plain pipes behave alike on
Linux, Windows and macOS, need no `if __name__ == "__main__"` in a user's script (as
multiprocessing's spawn does), and end with the process at their other end: that is how each side
learns of the other's death, within milliseconds.
"""

import logging
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, BinaryIO

_log = logging.getLogger(__name__)

_LENGTH = struct.Struct("<I")
HEADER_BYTES = _LENGTH.size
LOG_LEVEL = "SKALDCAST_CHILD_LOG_LEVEL"
"""The environment variable that tells a child how much to log, as a number."""
LOG_JSON = "SKALDCAST_CHILD_LOG_JSON"
"""Is there where main logs JSON."""
GREETING = b"\0skaldcast child\0\n"
"""A child's first bytes; what comes before them was printed by something else as it started."""


def encode(message: object) -> bytes:
    """One frame with `message` in it."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """The number of bytes that follow the header of a frame."""
    return _LENGTH.unpack(header)[0]


def decode(body: bytes) -> Any:
    """The message in the body of a frame. Only for what our own processes send."""
    return pickle.loads(body)


def prepare_child() -> None:
    """Log as much as main does, and leave it to main what Ctrl-C and Ctrl-Break mean, which reach
    every process of a terminal."""
    level = os.environ.get(LOG_LEVEL, "")
    if level.isdecimal():
        logging.basicConfig(level=int(level), format="%(levelname)s %(name)s: %(message)s")
    if LOG_JSON in os.environ:
        from .json_log import JsonFormatter

        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonFormatter())
    for name in ("SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(signal.Signals[name], signal.SIG_IGN)


class ChildChannel:
    """The child's end: takes over standard input and output, so that nothing else uses them.

    Owns a thread that reads requests and hands each to `on_request`; when main has gone it ends
    the process at once, whatever the other threads do.
    """

    def __init__(self, on_request: Callable[[Any], None]) -> None:
        self._requests, self._replies = _take_over_standard_streams()
        self._on_request = on_request
        self._lock = Lock()  # protects _replies: several threads send

    def start(self) -> None:
        self._write(GREETING)
        Thread(target=self._read, name="requests", daemon=True).start()

    def send(self, message: object) -> None:
        """Send a message to main; waits while the pipe is full."""
        self._write(encode(message))

    def _write(self, data: bytes) -> None:
        try:
            with self._lock:
                self._replies.write(data)
                self._replies.flush()
        except OSError:
            os._exit(0)

    def _read(self) -> None:
        status = 1
        try:
            while (body := self._read_body()) is not None:
                self._on_request(decode(body))
            status = 0
        except Exception:  # deaf, it would be of no use: main starts the next one
            _log.exception("a request could not be taken")
        finally:
            os._exit(status)

    def _read_body(self) -> bytes | None:
        """The next frame's body; None when main has gone, perhaps in the middle of a frame."""
        header = self._requests.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            return None
        length = body_length(header)
        body = self._requests.read(length)
        return body if len(body) == length else None


def _take_over_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Private copies of descriptors 0 and 1, which then lead to the null device and to standard
    error: a library that prints cannot break a frame."""
    requests, replies = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, replies):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")
