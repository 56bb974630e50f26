"""Main's side of the synthesis worker: its voices, and its process kept alive."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from .child import ChildProcess
from .clock import monotonic_s
from .errors import SkaldcastError, SynthesizerError
from .synthesis.messages import (
    BlockMade,
    JobFinished,
    JobStarted,
    LoadVoice,
    SynthesizerCounted,
    SynthesizerMeasured,
    VoiceFailed,
    VoiceLoaded,
)
from .synthesis.registry import ResolvedVoice

_log = logging.getLogger(__name__)

LOAD_S = 180.0
"""A voice that takes so long to load hangs. XTTS (1.9 GB) took 43 s on a busy machine."""
MAX_LOADS = 2
"""A synthesizer beside the narrator's is given up when the worker has died so often with it."""


@dataclass(frozen=True, slots=True)
class SynthesisListener:
    """Who is told what comes from the worker."""

    ready: Callable[[VoiceLoaded], None]
    """A synthesizer is loaded, for the first time or after a restart."""
    made: Callable[[JobStarted | BlockMade | JobFinished], None]
    restarted: Callable[[], None]
    failed: Callable[[SkaldcastError], None]
    counted: Callable[[SynthesizerCounted], None] = lambda _: None
    measured: Callable[[SynthesizerMeasured], None] = lambda _: None
    voice_failed: Callable[[VoiceFailed], None] = lambda _: None
    """A synthesizer beside the narrator's cannot be loaded."""


class SynthesisLink:
    """Owns the worker process."""

    def __init__(self, voice: ResolvedVoice, listener: SynthesisListener) -> None:
        self._voice = voice
        self._beside: dict[str, ResolvedVoice] = {}
        self._loading_beside: dict[str, int] = {}  # how often the worker died while it did so
        self._listener = listener
        self._loading_since: float | None = None
        self._ready: asyncio.Future[VoiceLoaded] = asyncio.get_running_loop().create_future()
        self._child = ChildProcess(
            "synthesis",
            f"{__package__}.synthesis.worker",
            first_messages=self._first_messages,
            on_message=self._on_message,
            on_death=self._on_death,
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
        try:
            return await asyncio.wait_for(self._ready, LOAD_S)
        except TimeoutError:
            raise self._load_hangs() from None

    def send(self, message: object) -> None:
        self._child.send(message)

    def load_beside(self, name: str, voice: ResolvedVoice) -> None:
        """Load a further synthesizer with `voice`, that chunks will call `name`; the listener is
        told. Idempotent."""
        if name not in self._beside:
            self._beside[name] = voice
            self._loading_beside[name] = 0
            self._child.send(LoadVoice(voice, name))

    def end_if_hung(self, now: float) -> float | None:
        """Give up a worker that does not get its voice loaded again. Returns when to look again,
        None while it is loaded."""
        if self._loading_since is None:
            return None
        if now >= self._loading_since + LOAD_S:
            self._loading_since = None
            self._child.abandon()
            self._fail(self._load_hangs())
            return None
        return self._loading_since + LOAD_S

    def end_hung(self) -> None:
        """The worker hangs on a chunk: it is ended and started again."""
        _log.warning("the synthesis process hangs; it is ended and started again")
        self._child.kill()

    async def close(self) -> None:
        self._ready.cancel()
        await self._child.close()

    def _first_messages(self) -> list[object]:
        self._loading_since = monotonic_s()
        beside = (LoadVoice(voice, name) for name, voice in self._beside.items())
        return [LoadVoice(self._voice), *beside]

    def _on_death(self, status: int) -> None:
        self._loading_since = monotonic_s()  # from here on: the engine asks now, not once it runs
        for name, deaths in list(self._loading_beside.items()):
            self._loading_beside[name] = deaths + 1
            if deaths + 1 >= MAX_LOADS:
                reason = f"the synthesis process died {MAX_LOADS} times while it loaded {name}"
                self._voice_failed(VoiceFailed(reason, name))
        self._loading_beside = {name: self._loading_beside.get(name, 0) for name in self._beside}
        self._listener.restarted()

    def _load_hangs(self) -> SynthesizerError:
        return SynthesizerError(
            f"the voice {self._voice.spec} was not loaded within {LOAD_S:.0f} s: look whether its "
            "disk still answers, or choose another with --voice"
        )

    def _on_message(self, message: object) -> None:
        match message:
            case BlockMade() | JobStarted() | JobFinished():
                self._child.settled()  # a voice that dies once loaded, over and over, is none
                self._listener.made(message)
            case SynthesizerCounted():
                self._listener.counted(message)
            case SynthesizerMeasured():
                self._listener.measured(message)
            case VoiceLoaded(loaded_as=name) if name:
                self._loading_beside.pop(name, None)
                self._listener.ready(message)
            case VoiceFailed(loaded_as=name) if name:
                self._voice_failed(message)
            case VoiceLoaded():
                self._loading_since = None
                if not self._ready.done():
                    self._ready.set_result(message)
                self._listener.ready(message)
            case VoiceFailed():
                self._loading_since = None
                self._child.retire()
                self._fail(SynthesizerError(message.reason))
            case _:
                _log.error("unknown message %r", message)

    def _voice_failed(self, message: VoiceFailed) -> None:
        self._beside.pop(message.loaded_as, None)
        self._loading_beside.pop(message.loaded_as, None)
        self._listener.voice_failed(message)

    def _fail(self, error: SkaldcastError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
        self._listener.failed(error)
