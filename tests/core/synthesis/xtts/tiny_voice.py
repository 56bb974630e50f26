"""The XTTS synthesizer as a worker process can load it with the tiny checkpoint. Options as its
own, and `die`: a file; while it is not there, the worker that speaks makes it and dies."""

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

from skaldcast.core.synthesis.registry import GROUP, VoiceRegistry
from skaldcast.core.synthesis.synthesizer import Block, Cancellation, SynthesisRequest
from skaldcast.core.synthesis.xtts.synthesizer import XttsSynthesizer


class TinyXtts(XttsSynthesizer):
    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__({key: text for key, text in options.items() if key != "die"})
        self._die = options.get("die")

    def load(self, voice: str) -> None:
        from tests.core.synthesis.xtts.tiny import narrow

        with narrow():
            super().load(voice)

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        for block in super().synthesize(request, cancellation):
            yield block
            if self._die and not Path(self._die).exists():
                Path(self._die).touch()
                os._exit(9)


def tiny_registry(checkpoint: Path, **settings: object) -> VoiceRegistry:
    """A registry in which there is `xtts`, with the tiny checkpoint in `checkpoint`."""
    options = {key: str(value) for key, value in settings.items()}
    return VoiceRegistry(
        [EntryPoint("xtts", "tests.core.synthesis.xtts.tiny_voice:TinyXtts", GROUP)],
        settings={"xtts": {"checkpoint": str(checkpoint), "device": "cpu", **options}},
    )
