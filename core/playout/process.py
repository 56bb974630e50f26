"""The playout process: owns the output, plays the audio buffer that it shares with main.

Its main thread steps the `Playout` and waits on the audio buffer's doorbell; a reader thread
(`ChildChannel`) takes requests and rings that bell. It imports neither torch nor Textual, and its
garbage collector is off: a collection is a pause. It may die at any moment: the position that was
heard lies in the shared memory, where the next one goes on.
"""

import gc
import os
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

from ..channel import ChildChannel, prepare_child
from ..clock import monotonic_s
from .audio_buffer import AudioBuffer
from .messages import OpenOutput
from .playout import Playout
from .scheduling import request_realtime


class Channel(Protocol):
    """The child's end of what main and this process say to each other: a `ChildChannel`."""

    def start(self) -> None: ...

    def send(self, message: object) -> None: ...


class PlayoutProcess:
    """The shell around `Playout`. The request queue is bounded by what main sends: a handful."""

    def __init__(self, connect: Callable[[Callable[[Any], None]], Channel] = ChildChannel) -> None:
        self._opening: SimpleQueue[OpenOutput] = SimpleQueue()
        self._requests: deque[object] = deque()
        self._buffer: AudioBuffer | None = None
        self._channel = connect(self._on_request)

    def run(self) -> None:
        """Returns when the output was closed, or cannot be had."""
        self._channel.start()
        opening = self._opening.get()
        buffer = self._buffer = AudioBuffer.attach(opening.buffer_handle)
        if opening.sounded_on:
            buffer.sounded_on(monotonic_s())
        scheduling = request_realtime().text
        playout = Playout(opening, buffer, self._channel.send, scheduling=scheduling)
        playout.begin(monotonic_s())
        gc.collect()
        gc.disable()
        while not playout.ended:
            buffer.wait(self._turn(playout))

    def _turn(self, playout: Playout) -> float:
        while self._requests:
            playout.obey(self._requests.popleft(), monotonic_s())
        return playout.step(monotonic_s())

    def _on_request(self, message: object) -> None:
        if isinstance(message, OpenOutput):
            self._opening.put(message)
            return
        self._requests.append(message)
        if self._buffer is not None:
            self._buffer.ring()


def main() -> None:
    prepare_child()
    PlayoutProcess().run()
    os._exit(0)  # no clean-up that could hang on a broken sound server


if __name__ == "__main__":
    main()
