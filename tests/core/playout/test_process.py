"""The playout process: its shell, and what it survives."""

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile

from skaldcast.core.channel import GREETING, HEADER_BYTES, body_length, decode, encode
from skaldcast.core.playout import process as process_module
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.messages import (
    CloseOutput,
    OpenOutput,
    OutputClosed,
    OutputFailed,
    OutputReady,
    PausePlayout,
    RunStarted,
)
from skaldcast.core.playout.process import PlayoutProcess
from skaldcast.core.playout.scheduling import Scheduling

WAIT_S = 30.0
"""Only a broken one takes so long."""
ROOT = Path(__file__).parents[3]


class Channel:
    """Main's end is held by the test."""

    def __init__(self, on_request: Callable[[Any], None]) -> None:
        self.ask = on_request
        self.messages: SimpleQueue[object] = SimpleQueue()
        self.started = False

    def start(self) -> None:
        self.started = True

    def send(self, message: object) -> None:
        self.messages.put(message)

    def receive(self, kind: type) -> Any:
        while not isinstance(message := self.messages.get(timeout=WAIT_S), kind):
            pass
        return message


@pytest.fixture
def buffer() -> Iterator[AudioBuffer]:
    buffer = AudioBuffer.shared(capacity_s=30.0)
    yield buffer
    buffer.close()


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """The process's main thread runs in a thread of ours, until it is closed."""
    monkeypatch.setattr(process_module, "request_realtime", lambda: Scheduling(False, "none"))
    channels: list[Channel] = []

    def connect(on_request: Callable[[Any], None]) -> Channel:
        channels.append(Channel(on_request))
        return channels[0]

    thread = threading.Thread(target=PlayoutProcess(connect).run, daemon=True)
    thread.start()
    yield channels[0]
    channels[0].ask(CloseOutput())
    thread.join(WAIT_S)
    assert not thread.is_alive()
    gc.enable()


def test_it_plays_what_is_pushed_and_wakes_for_each_request(
    channel: Channel, buffer: AudioBuffer
) -> None:
    channel.ask(OpenOutput(buffer.handle, "null", latency_s=0.5))
    assert channel.receive(OutputReady) == OutputReady("null", 24_000, True, "none")
    buffer.push(np.ones(24_000, np.float32))
    assert channel.receive(RunStarted).frame == 0
    channel.ask(PausePlayout())
    channel.ask(CloseOutput())
    assert channel.receive(OutputClosed)
    assert 0 < buffer.heard < 24_000
    assert not gc.isenabled()


def test_requests_that_came_before_the_output_was_open_are_obeyed(
    channel: Channel, buffer: AudioBuffer, tmp_path: Path
) -> None:
    buffer.push(np.zeros(5000, np.float32))
    buffer.finish()
    channel.ask(CloseOutput())
    channel.ask(OpenOutput(buffer.handle, f"wav:{tmp_path / 'x.wav'}", latency_s=0.5))
    assert channel.receive(OutputClosed)
    assert soundfile.info(tmp_path / "x.wav").frames == 5000


def test_an_output_that_cannot_be_had_ends_it(channel: Channel, buffer: AudioBuffer) -> None:
    path = Path("/no/such/folder/x.wav")
    channel.ask(OpenOutput(buffer.handle, f"wav:{path}", latency_s=0.5))
    assert str(path) in channel.receive(OutputFailed).reason


class Process:
    """A real one, its pipes held by hand."""

    def __init__(self, buffer: AudioBuffer, output: str) -> None:
        options: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "skaldcast.core.playout.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=buffer.inherited_fds(),
            cwd=ROOT,
            **options,
        )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.requests, self.replies = self.popen.stdin, self.popen.stdout
        self.ask(OpenOutput(buffer.handle, output, latency_s=1.0))
        assert self.replies.read(len(GREETING)) == GREETING

    def ask(self, request: object) -> None:
        self.requests.write(encode(request))
        self.requests.flush()

    def receive(self, kind: type) -> Any:
        while True:
            message = decode(self.replies.read(body_length(self.replies.read(HEADER_BYTES))))
            if isinstance(message, kind):
                return message

    def end(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self.replies.close()
        self.requests.close()


@pytest.fixture
def playing(buffer: AudioBuffer) -> Iterator[Process]:
    process = Process(buffer, "null")
    process.receive(OutputReady)
    buffer.push(np.ones(24_000 * 20, np.float32))
    process.receive(RunStarted)
    yield process
    process.end()


def test_an_interrupt_from_the_keyboard_is_main_s_affair(
    playing: Process, buffer: AudioBuffer
) -> None:
    if sys.platform == "win32":
        os.kill(playing.popen.pid, signal.CTRL_BREAK_EVENT)
    else:
        os.killpg(playing.popen.pid, signal.SIGINT)
    playing.ask(CloseOutput())
    assert playing.receive(OutputClosed)
    assert playing.popen.wait(WAIT_S) == 0
    assert buffer.heard > 0


def test_it_ends_at_once_when_main_is_gone_also_while_it_plays(playing: Process) -> None:
    playing.requests.close()
    assert playing.popen.wait(WAIT_S) == 0


def test_it_loads_neither_models_nor_consoles(playing: Process) -> None:
    loaded = {Path(mapped.path).name for mapped in psutil.Process(playing.popen.pid).memory_maps()}
    assert not [name for name in loaded if "torch" in name or "onnxruntime" in name]
    code = (
        "import sys, skaldcast.core.playout.process; "
        "print([n for n in ('torch', 'onnxruntime', 'textual', 'hibari', 'asyncio') "
        "if n in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.strip() == b"[]"
