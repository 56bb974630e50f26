"""A synthesizer that does what the text tells it to: it dies, hangs, fails or gives nonsense."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.registry import GROUP, VoiceRegistry
from skaldcast.core.synthesis.synthesizer import Block, Cancellation, SynthesisRequest
from skaldcast.core.types import AudioFormat, Voice

RATE = 16_000
FRAMES_PER_CHARACTER = 160
_ODD: dict[str, object] = {
    "int16": np.zeros(8, np.int16),
    "stereo": np.zeros((8, 2), np.float32),
    "nan": np.full(8, np.nan, np.float32),
}


class OddSynthesizer:
    """10 ms for each character. Options: `loads`, a file that keeps how often it was loaded, and
    `good`, how many loads succeed."""

    name = "odd"
    batch_capacity = 2
    speed_hint = None
    pauses = False

    def __init__(self, options: Mapping[str, str]) -> None:
        self.format = AudioFormat(24_000)
        self._options = options
        self._counts: dict[str, int] = {}

    def voices(self) -> Sequence[Voice]:
        return tuple(Voice("odd", name) for name in ("one", "two", "deadly"))

    def load(self, voice: str) -> None:
        self.format = AudioFormat(RATE)  # final only now
        if "loads" in self._options:
            path = Path(self._options["loads"])
            with path.open("a") as file:
                file.write("x")
            if len(path.read_text()) > int(self._options["good"]):
                raise SynthesizerError("odd is worn out")
        if voice == "two":
            raise ValueError("not what a synthesizer should raise")
        if voice == "deadly":
            os._exit(4)

    def take_counts(self) -> Mapping[str, int]:
        counts, self._counts = self._counts, {}
        return counts

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        if "atonce" in request.text:
            raise ValueError("raised before the first block was asked for")
        return self._blocks(request, cancellation)

    def _blocks(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        yield Block(np.full(FRAMES_PER_CHARACTER, 0.1, np.float32))
        words = request.text.rstrip(".").split()
        for word in words:
            if word == "die":
                os._exit(3)
            if word == "hang":
                time.sleep(3600)
            if word == "count":
                self._counts = {"odd": 3}
            if word == "wait":
                cancellation.wait(60)
            if word == "fail":
                raise SynthesizerError("odd does not like this")
            while word == "endless":
                yield Block(np.zeros(RATE, np.float32))
            if word == "leave":
                raise SystemExit(3)
            if word == "raise":
                raise ValueError("odd")
            if word in _ODD:
                yield Block(_ODD[word])  # type: ignore[arg-type]
        rest = FRAMES_PER_CHARACTER * (len(request.text) - 1)
        yield Block(np.full(rest, 0.1, np.float32))

    def close(self) -> None:
        pass


def odd_registry() -> VoiceRegistry:
    """A registry in which there are `odd` and `tone`."""
    return VoiceRegistry(
        [
            EntryPoint("odd", "tests.core.odd_voice:OddSynthesizer", GROUP),
            EntryPoint("tone", "skaldcast.core.synthesis.tone:ToneSynthesizer", GROUP),
        ]
    )
