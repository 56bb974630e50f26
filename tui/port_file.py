"""The port file: how a game finds the engine that it has started (docs/shipping.md)."""

import contextlib
import json
import os
from importlib.metadata import version
from pathlib import Path

from ..bridge.private_file import write_private
from ..core.errors import BridgeError


class PortFile:
    """Is there while the bridge listens. Only its owner can read it, for the password is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, url: str, password: str) -> None:
        """Tell where the bridge listens; whoever looks sees the whole file or none. Raises
        `BridgeError`."""
        told = {
            "url": url,
            "address": url.partition("://")[2],
            "password": password,
            "pid": os.getpid(),
            "version": version("skaldcast"),
        }
        try:
            write_private(self._path, json.dumps(told) + "\n")
        except OSError as error:
            raise BridgeError(
                f"the port file {self._path} cannot be written: {error.strerror or error}; "
                "name one in a folder that is there"
            ) from error

    def remove(self) -> None:
        """Take it away, unless it tells of another engine by now. Idempotent."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            if json.loads(self._path.read_text("utf-8"))["pid"] == os.getpid():
                self._path.unlink()
