"""The ambience process: loops a sound file on a stream of its own, beside the voice's.

Its main thread steps the `Ambience` and waits for the next step or a request; a reader thread
(`ChildChannel`) takes requests and wakes it. Whatever becomes of it, the voice is in other
processes; and where there is too little processor time for both, the voice has it.
"""

import os
import sys
from collections import deque
from threading import Event
from typing import TYPE_CHECKING

from ..channel import ChildChannel, prepare_child
from ..clock import monotonic_s
from .messages import StartAmbience

if TYPE_CHECKING:
    pass

_NICE = 5
"""A third of the processor time of what makes the voice, where both want it: it needs a fortieth
of a core. 19, a sixtieth, would be too little on a machine that is busy for long."""


class AmbienceProcess:
    """The shell around `Ambience`. The requests waiting are bounded by what main sends: a few."""

    def __init__(self) -> None:
        self._requests: deque[object] = deque()
        self._asked = Event()
        self._channel = ChildChannel(self._on_request)

    def run(self) -> None:
        """Returns when it was told to end and has faded out."""
        from .ambience import Ambience  # it loads for long: not before it yields to the voice

        self._channel.start()
        ambience: Ambience | None = None
        wait_s: float | None = None
        while ambience is None or not ambience.ended:
            self._asked.wait(wait_s)
            self._asked.clear()
            while self._requests:
                request = self._requests.popleft()
                if isinstance(request, StartAmbience):
                    ambience = Ambience(request, self._channel.send, monotonic_s())
                elif ambience is not None:
                    ambience.obey(request, monotonic_s())
            if ambience is not None:
                wait_s = ambience.step(monotonic_s())
        ambience.close()

    def _on_request(self, request: object) -> None:
        self._requests.append(request)
        self._asked.set()


def main() -> None:
    if sys.platform != "win32":
        os.nice(_NICE)
    prepare_child()
    AmbienceProcess().run()
    os._exit(0)  # no clean-up that could hang on a broken sound server


if __name__ == "__main__":
    main()
