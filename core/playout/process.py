"""The playout process: owns the output, plays the audio buffer that it shares with main.

Its main thread steps the `Player` and waits on the audio buffer's doorbell; a reader thread
(`ChildChannel`) takes requests and rings that bell. It imports neither torch nor Textual, and its
garbage collector is off: a collection is a pause. It may die at any moment: the position that was
heard lies in the shared memory, where the next one goes on.
"""

import contextlib
import gc
import logging
import os
import signal
from collections import deque
from queue import SimpleQueue

from ..channel import ChildChannel
from ..clock import monotonic_s
from ..errors import OutputError, PlayoutError, SkaldcastError
from .audio_buffer import AudioBuffer
from .device import OutputDevice
from .messages import (
    CloseOutput,
    OpenOutput,
    OutputClosed,
    OutputFailed,
    OutputReady,
    OutputWentAway,
    PausePlayout,
    ResumePlayout,
    SetGain,
)
from .outputs import open_output, parse_output
from .player import Player
from .scheduling import request_realtime

_log = logging.getLogger(__name__)

_REOPEN_S = 0.25
"""Between two tries to open a lost device: soon heard again, and no load."""


class PlayoutProcess:
    """The shell around the player. The request queue is bounded by what main sends: a handful."""

    def __init__(self) -> None:
        self._opening: SimpleQueue[OpenOutput] = SimpleQueue()
        self._requests: deque[object] = deque()
        self._buffer: AudioBuffer | None = None
        self._channel = ChildChannel(self._on_request)
        self._device: OutputDevice | None = None
        self._retry_at = 0.0

    def run(self) -> None:
        self._channel.start()
        opening = self._opening.get()
        buffer = self._buffer = AudioBuffer.attach(opening.buffer_handle)
        player = Player(buffer, self._channel.send, gain=opening.gain)
        if opening.paused:
            player.pause(monotonic_s())
        scheduling = request_realtime().text
        try:
            self._open(opening, player, scheduling)
        except SkaldcastError as error:
            self._channel.send(OutputFailed(str(error)))
            return
        gc.collect()
        gc.disable()
        while True:
            if self._obey(player):
                return
            buffer.wait(self._step(opening, player, scheduling))

    def _on_request(self, message: object) -> None:
        if isinstance(message, OpenOutput):
            self._opening.put(message)
            return
        self._requests.append(message)
        if self._buffer is not None:
            self._buffer.ring()

    def _obey(self, player: Player) -> bool:
        """Do what main asked; true when it asked to end."""
        while self._requests:
            match self._requests.popleft():
                case PausePlayout():
                    with self._losing(player):
                        player.pause(monotonic_s())
                case ResumePlayout():
                    player.resume()
                case SetGain(gain):
                    with self._losing(player):
                        player.set_gain(gain, monotonic_s())
                case CloseOutput():
                    self._close(player)
                    return True
                case message:
                    _log.error("unknown request %r", message)
        return False

    def _step(self, opening: OpenOutput, player: Player, scheduling: str) -> float:
        if self._device is None:
            return self._reopen(opening, player, scheduling)
        with self._losing(player):
            return player.step(monotonic_s())
        return _REOPEN_S

    @contextlib.contextmanager
    def _losing(self, player: Player):
        """A device that is lost in here is told about, and opened again by and by."""
        try:
            yield
        except OutputError as error:
            player.detach()
            if self._device is not None:
                paced = self._device.paced
                self._device.close()
                self._device = None
                self._retry_at = monotonic_s()
                # A full disk does not mend itself; a device comes back.
                message = OutputWentAway if paced else OutputFailed
                self._channel.send(message(str(error)))

    def _reopen(self, opening: OpenOutput, player: Player, scheduling: str) -> float:
        now = monotonic_s()
        if now < self._retry_at:
            return self._retry_at - now
        self._retry_at = now + _REOPEN_S
        with contextlib.suppress(PlayoutError):
            self._open(opening, player, scheduling)
            return 0.0
        return _REOPEN_S

    def _open(self, opening: OpenOutput, player: Player, scheduling: str) -> None:
        assert self._buffer is not None
        opened = open_output(
            parse_output(opening.output),
            self._buffer.format,
            latency_s=opening.latency_s,
            resume_at_frame=self._buffer.heard,
        )
        self._device = opened
        player.attach(opened)
        self._channel.send(
            OutputReady(opening.output, opened.sample_rate, opened.paced, scheduling)
        )

    def _close(self, player: Player) -> None:
        try:
            if self._device is not None:
                player.step(monotonic_s())  # a file takes the rest, a device fades what is cleared
                self._device.close()
            self._channel.send(OutputClosed())
        except PlayoutError as error:
            self._channel.send(OutputFailed(str(error)))


def main() -> None:
    # Ctrl-C reaches the whole process group; main decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    PlayoutProcess().run()
    os._exit(0)  # no clean-up that could hang on a broken sound server


if __name__ == "__main__":
    main()
