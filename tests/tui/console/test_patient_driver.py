"""The console in a terminal that takes nothing any more."""

import asyncio
import os
import pty
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from skaldcast.bridge.client import BridgeClient
from skaldcast.core import Outcome
from tests.tui.command import WAIT_S

LINE = "The gate stood open, and beyond it the road ran down to the sea. " * 3
"""12 s of the voice of tones; the terminal is full long before."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


class Stubborn:
    """A terminal that is read up to some words, then no more until `read_on`."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "skaldcast.tui", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(theirs)

    def read_until(self, words: bytes) -> None:
        shown = b""
        while words not in shown:
            assert select.select([self._ours], [], [], WAIT_S)[0], shown
            shown += os.read(self._ours, 65_536)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def read_on(self) -> None:
        """Take all that comes from now on."""

        def read() -> None:
            try:
                while os.read(self._ours, 65_536):
                    pass
            except OSError:  # it has ended
                return

        threading.Thread(target=read, daemon=True).start()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def terminal(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubborn]:
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    address = f"bridge.address=127.0.0.1:{port}"
    terminal = Stubborn("--voice", "tone", "--output", "null", "--no-web", "--set", address)
    yield terminal
    terminal.close()


def test_the_voice_goes_on_where_the_terminal_takes_nothing(port: int, terminal: Stubborn):
    async def speak() -> Outcome:
        async with BridgeClient(f"ws://127.0.0.1:{port}") as client:
            cue = await client.say(LINE)
            return await client.finished(cue.cue_id)

    terminal.read_until(f"127.0.0.1:{port}".encode())
    outcome = asyncio.run(asyncio.wait_for(speak(), WAIT_S))

    assert outcome is Outcome.FINISHED
    terminal.read_on()
    terminal.press("\x11")
    assert terminal.process.wait(WAIT_S) == 0


def test_a_paste_that_comes_as_keys_does_not_hold_it_up(port: int, terminal: Stubborn):
    """As in a terminal that does not mark pastes; each key would take a millisecond or two."""
    terminal.read_until(f"127.0.0.1:{port}".encode())
    terminal.read_on()
    terminal.press(" ".join(["word"] * 30_000))
    terminal.press("\x11")
    assert terminal.process.wait(WAIT_S) == 0
