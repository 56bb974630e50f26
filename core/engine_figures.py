"""What reports and screens count on of an engine, or of a channel beside it."""

from typing import Any, Protocol

from .playout_link import OutputFacts
from .sequencer import Sequencer


class EngineFigures(Protocol):
    """`Engine` and `VoiceChannel` have them, once voice and output are there."""

    @property
    def started(self) -> Sequencer: ...

    @property
    def buffered_s(self) -> float: ...

    @property
    def listeners(self) -> int: ...

    @property
    def restarts(self) -> dict[str, int]: ...

    def output_facts(self) -> OutputFacts: ...

    def gpu_report(self) -> list[dict[str, Any]]: ...
