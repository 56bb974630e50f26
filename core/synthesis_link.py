"""Main's side of the synthesis worker: the voice, and its process kept alive."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from .child import ChildProcess
from .errors import SkaldcastError, SynthesizerError
from .synthesis.messages import (
    BlockMade,
    JobFinished,
    JobStarted,
    LoadVoice,
    SynthesizerCounted,
    VoiceFailed,
    VoiceLoaded,
)
from .synthesis.registry import ResolvedVoice

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SynthesisListener:
    """Who is told what comes from the worker."""

    ready: Callable[[VoiceLoaded], None]
    """A voice is loaded, for the first time or after a restart."""
    made: Callable[[JobStarted | BlockMade | JobFinished], None]
    restarted: Callable[[], None]
    failed: Callable[[SkaldcastError], None]
    counted: Callable[[SynthesizerCounted], None] = lambda _: None


class SynthesisLink:
    """Owns the worker process."""

    def __init__(self, voice: ResolvedVoice, listener: SynthesisListener) -> None:
        self._listener = listener
        self._ready: asyncio.Future[VoiceLoaded] = asyncio.get_running_loop().create_future()
        self._child = ChildProcess(
            "synthesis",
            f"{__package__}.synthesis.worker",
            first_messages=lambda: [LoadVoice(voice)],
            on_message=self._on_message,
            on_death=lambda _: listener.restarted(),
            on_lost=self._fail,
        )
        self._child.start()

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def restarts(self) -> int:
        return self._child.restarts

    async def wait_ready(self) -> VoiceLoaded:
        """Wait until the voice is loaded; raises `SynthesizerError` or `ProcessError`."""
        return await self._ready

    def send(self, message: object) -> None:
        self._child.send(message)

    def end_hung(self) -> None:
        """The worker hangs: it is ended and started again."""
        _log.warning("the synthesis process hangs; it is ended and started again")
        self._child.kill()

    async def close(self) -> None:
        self._ready.cancel()
        await self._child.close()

    def _on_message(self, message: object) -> None:
        match message:
            case BlockMade() | JobStarted() | JobFinished():
                self._child.settled()  # a voice that dies once loaded, over and over, is none
                self._listener.made(message)
            case SynthesizerCounted():
                self._listener.counted(message)
            case VoiceLoaded():
                if not self._ready.done():
                    self._ready.set_result(message)
                self._listener.ready(message)
            case VoiceFailed():
                self._child.retire()
                self._fail(SynthesizerError(message.reason))
            case _:
                _log.error("unknown message %r", message)

    def _fail(self, error: SkaldcastError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
        self._listener.failed(error)
