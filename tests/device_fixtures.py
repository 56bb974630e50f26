"""A sound server of our own for tests marked `device`: PulseAudio with a null sink, recorded.

Import the fixtures into the `conftest.py` of the folder whose tests play.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 48_000
CHANNELS = 2
WAIT_S = 20.0
"""How long a test waits for what takes milliseconds: only a broken one gets there."""


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Look every few milliseconds: a real device has no clock that a test could turn."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited {WAIT_S:g} s for {what}"
        time.sleep(0.005)


class SoundServer:
    """A private PulseAudio whose default sink leads nowhere and can be recorded."""

    def __init__(self) -> None:
        # Not pytest's folder: its long name would not fit into a socket's address.
        self._folder = Path(tempfile.mkdtemp(prefix="skaldcast-"))
        self.environment = {
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "PULSE_STATE_PATH": str(self._folder / "state"),
            "PULSE_SERVER": f"unix:{self._folder}/pulse/native",
        }
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        layout = f"format=float32le rate={RATE} channels={CHANNELS}"
        modules = (
            "module-native-protocol-unix auth-anonymous=1",
            f"module-null-sink sink_name=recorded {layout}",
            "module-always-sink",
        )
        self._daemon = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
            + [word for module in modules for word in ("-L", module)],
            env=self._full_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: "recorded" in self.control("list", "short", "sinks"), "PulseAudio")

    def control(self, *arguments: str) -> str:
        """What `pactl` answers; empty where no server does."""
        answer = subprocess.run(
            ["pactl", *arguments], env=self._full_environment(), capture_output=True, text=True
        )
        return answer.stdout

    def kill(self) -> None:
        assert self._daemon is not None
        self._daemon.kill()
        self._daemon.wait()
        shutil.rmtree(self._folder / "pulse", ignore_errors=True)

    def halt(self) -> None:
        """It is there and does not answer."""
        assert self._daemon is not None
        self._daemon.send_signal(signal.SIGSTOP)

    @contextlib.contextmanager
    def recording(self) -> Iterator["Recording"]:
        recording = Recording(self._full_environment())
        try:
            yield recording
        finally:
            recording.stop()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _full_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


class Recording:
    """What the null sink plays, first channel, from now on. A thread reads it block by block."""

    def __init__(self, environment: dict[str, str]) -> None:
        layout = ["--format=float32le", f"--rate={RATE}", f"--channels={CHANNELS}"]
        self._recorder = subprocess.Popen(
            ["parec", "--raw", "--device=recorded.monitor", "--latency-msec=10", *layout],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._blocks: list[NDArray[np.float32]] = []
        self._waited = 0  # samples up to here are not new to `wait_for_silence`
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(lambda: bool(self._blocks), "the recorder")

    def _read(self) -> None:
        assert self._recorder.stdout is not None
        descriptor, rest = self._recorder.stdout.fileno(), b""
        while data := os.read(descriptor, 65_536):
            data = rest + data
            whole = len(data) - len(data) % (4 * CHANNELS)
            rest = data[whole:]
            self._blocks.append(np.frombuffer(data[:whole], np.float32)[::CHANNELS])

    @property
    def samples(self) -> NDArray[np.float32]:
        return np.concatenate(self._blocks)

    def last(self, frames: int) -> NDArray[np.float32]:
        """What was played last, as far as it goes; cheap."""
        blocks: list[NDArray[np.float32]] = []
        for block in reversed(self._blocks):
            if sum(map(len, blocks)) >= frames:
                break
            blocks.insert(0, block)
        return np.concatenate([np.zeros(0, np.float32), *blocks])[-frames:]

    def sounding(self) -> NDArray[np.float32]:
        """From the first to the last sample that is not zero."""
        samples = self.samples
        loud = np.flatnonzero(samples)
        return samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]

    def wait_for_silence(self, seconds: float = 0.1) -> None:
        """Until something new was heard and the last of it is so long ago."""
        frames = round(seconds * RATE)

        def over() -> bool:
            samples = self.samples
            loud = np.flatnonzero(samples[self._waited :])
            if loud.size == 0 or len(samples) - self._waited - loud[-1] <= frames:
                return False
            self._waited = len(samples)
            return True

        wait_until(over, "silence")

    def stop(self) -> None:
        self._recorder.terminate()
        self._recorder.wait()
        self._reader.join(WAIT_S)


@pytest.fixture(scope="session")
def shared_sound_server() -> Iterator[SoundServer]:
    server = SoundServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def sound_server(shared_sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """One server for all tests, and the environment that leads to it."""
    for name, value in shared_sound_server.environment.items():
        monkeypatch.setenv(name, value)
    return shared_sound_server


@pytest.fixture
def own_sound_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A server of this test's own, to be killed, halted or rearranged."""
    server = SoundServer()
    server.start()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield server
    server.close()
