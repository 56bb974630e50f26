"""The engine: two child processes and the sequencer, and the event loop that moves them.

The thin shell that brings messages and timers to the sequencer. `Narrator` is its public face.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .advancing import Advancing
from .clock import monotonic_s
from .ensemble import Ensemble
from .errors import SkaldcastError, StateError
from .events import CharacterMet, Event, ProcessRestarted, VoiceReplaced
from .gpu import GpuWatch, watch_gpu
from .narrator_options import NarratorOptions
from .playout.buffer_statistics import Heard
from .playout_link import OutputFacts
from .preparing import Preparer
from .rendering import Renderer
from .sequencer import Sequencer
from .speech_making import SpeechMaking
from .speech_output import SpeechOutput
from .subscription import Subscription
from .synthesis.messages import (
    BlockMade,
    JobFinished,
    JobStarted,
    SynthesizerCounted,
    SynthesizerMeasured,
    VoiceLoaded,
)
from .synthesis.registry import ResolvedVoice, VoiceRegistry
from .synthesis_link import SynthesisListener
from .types import AudioFormat
from .voice_channels.sharing import Channels

if TYPE_CHECKING:
    from .voice_channels.line import ChannelLine

_log = logging.getLogger(__name__)


class Engine:
    """Runs in main's event loop, from `start` to `close`.

    A failure that ends the narration fails all cues, and is then raised by `check_running`.
    """

    def __init__(
        self,
        options: NarratorOptions,
        voice: ResolvedVoice,
        registry: VoiceRegistry,
        clock_0: float,
        subscriptions: Iterable[Subscription],
    ) -> None:
        """`subscriptions` may change: each event goes to those that are there then. Raises what
        `NarratorOptions.speech` does."""
        self.failure: SkaldcastError | None = None
        self.sequencer: Sequencer | None = None
        """There once voice and output are."""
        self.closing = False
        self._closed = asyncio.Event()
        self._subscriptions = subscriptions
        self.options = options
        self._voice = voice
        self.speech = options.speech(voice)
        """How cues are spoken."""
        self._clock_0 = clock_0
        self._changed = asyncio.Event()
        self._advancing = Advancing(self._advance, self._failed_inside)
        self._registry = registry
        self._making: SpeechMaking | None = None
        self._gpu: GpuWatch | None = None
        self._heard = Heard(0, 0.0)
        self.output = SpeechOutput(
            options,
            self._emit,
            clock_0,
            run_started=self._on_run_started,
            run_ended=self._on_run_ended,
            failed=self._fail,
            anything=self.advance_soon,
        )

    async def start(self) -> None:
        """Start both processes and wait until voice and output are there; raises `SynthesisError`,
        `PlayoutError` or `ProcessError`. Call `close` in any case."""
        self._making = SpeechMaking(
            self.options,
            self._voice,
            self.speech,
            self._registry,
            SynthesisListener(
                ready=self._on_voice_ready,
                made=self._on_made,
                counted=self._on_counted,
                measured=self._on_measured,
                restarted=self._on_synthesis_restarted,
                failed=self._fail,
            ),
            self._on_voice_replaced,
        )
        synthesizer = self._voice.create()
        loaded, output, self._gpu, _ = await asyncio.gather(
            self._making.wait_ready(),
            self.output.open(synthesizer.format),
            watch_gpu(synthesizer),
            asyncio.to_thread(self.speech.warm_up),
        )
        if loaded.sample_rate != self.output.buffer.sample_rate:  # known once it is loaded
            output = await self.output.open(AudioFormat(loaded.sample_rate))
        self.sequencer = Sequencer(
            self.output.buffer,
            self._making.dispatcher(loaded),
            self.options.make_prebuffer(self.speech.staging.narrator.pace()),
            self.speech,
            self._emit,
            self._clock_0,
            paced=output.paced,
            pauses=loaded.pauses,
            recalls=self._making.has,
        )

    async def close(self) -> None:
        """End the cues that are left, finish the output and end the processes. Idempotent: who
        comes second waits until it is done."""
        if self.closing:
            await self._closed.wait()
            return
        self.closing = True
        self._advancing.close()
        try:
            if self.sequencer is not None:
                self.sequencer.stop(monotonic_s())
                self._voices.end(None)
            self._tell_change()
            if self.failure is None:
                await self.output.finish()
        finally:
            if self.sequencer is not None:
                self.sequencer.follow()  # what was heard while it ended
            if self._gpu is not None:
                self._gpu.close()
            try:
                await self._end_processes()
            finally:
                self._closed.set()
                for subscription in self._subscriptions:
                    subscription.end()

    async def _end_processes(self) -> None:
        try:
            await self.output.close()
        finally:
            if self._making is not None:
                await self._making.close()

    def check_running(self) -> None:
        """Raise the failure, or `StateError` before the start and after the end."""
        if self.failure is not None:
            raise self.failure
        if self.closing or self.sequencer is None:
            raise StateError("the narrator is not running: use it inside `async with`")

    def act(self, action: Callable[[Sequencer, float], None]) -> None:
        """Do something with the sequencer, and what follows from it."""
        action(self.started, monotonic_s())
        self._advancing.now()

    def act_first(self, action: Callable[[Sequencer, float], None]) -> None:
        """The same, but what follows comes once the event loop has its next turn: what the action
        told (a cue was queued) is on its way before it is planned."""
        action(self.started, monotonic_s())
        self.advance_soon()

    def pause(self) -> None:
        self.output.playout.pause()
        self.act(lambda sequencer, now: sequencer.pause(now))

    def resume(self) -> None:
        self.output.playout.resume()
        self.act(lambda sequencer, _: sequencer.resume())

    async def change(self) -> None:
        """Wait until something has happened."""
        await self._changed.wait()

    # what is told

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self.output.buffered_s

    def heard(self) -> Heard:
        """How far the output is, and since when, on the clock of the events."""
        if not self.closing:
            self._heard = self.output.heard()
        return self._heard

    @property
    def process_ids(self) -> dict[str, int | None]:
        synthesis = self._making.link.pid if self._making else None
        return {"synthesis": synthesis, **self.output.process_ids}

    @property
    def restarts(self) -> dict[str, int]:
        synthesis = self._making.link.restarts if self._making else 0
        return {"synthesis": synthesis, "playout": self.output.restarts}

    def output_facts(self) -> OutputFacts:
        """What the output has counted so far, or in all."""
        return self.output.facts()

    def gpu_report(self) -> list[dict[str, Any]]:
        """What the graphics cards did while speech was made, a row each; empty without one."""
        return self._gpu.report() if self._gpu else []

    @property
    def started(self) -> Sequencer:
        """The sequencer, where voice and output are there."""
        assert self.sequencer is not None
        return self.sequencer

    @property
    def _voices(self) -> SpeechMaking:
        assert self._making is not None
        return self._making

    @property
    def ensemble(self) -> Ensemble:
        """The voices in use."""
        return self._voices.ensemble

    @property
    def preparer(self) -> Preparer | None:
        """What makes cues ahead, where speech is kept."""
        return self._voices.preparer

    @property
    def renderer(self) -> Renderer:
        """What makes speech for others, once voice and output are there."""
        assert self._voices.renderer is not None
        return self._voices.renderer

    @property
    def channels(self) -> Channels:
        """What shares the worker with the narration."""
        return self._voices.channels

    def open_line(self, emit: Callable[[Event], None]) -> "ChannelLine":
        """A line beside the narration, once voice and output are there."""
        return self._voices.open_line(emit, self._clock_0, self.advance_soon)

    @property
    def listeners(self) -> int:
        """How many listen by WebRTC."""
        return self.output.listeners

    # what happens

    def _emit(self, event: Event) -> None:
        """Tell the subscribers; nobody is waited for."""
        for subscription in self._subscriptions:
            subscription.put(event)

    def advance_soon(self) -> None:
        """Do what is due, once for all the messages that are there."""
        self._advancing.soon()

    def _advance(self, now: float) -> float | None:
        """Do what is due; returns when the next thing is."""
        sequencer = self.sequencer
        if sequencer is None or self.failure is not None:
            return None
        hangs_at = sequencer.dispatcher.hangs_at()
        if hangs_at is not None and now >= hangs_at:
            self._voices.link.end_hung()
            sequencer.dispatcher.hang_noticed(now)
        if self._gpu is not None:
            self._gpu.tick(now, synthesising=hangs_at is not None)
        times = (
            sequencer.advance(now),
            self.output.advance(now),
            self._voices.link.end_if_hung(now),
        )
        for notice in self.speech.staging.cast.take_notices():
            self._emit(CharacterMet(monotonic_s() - self._clock_0, notice))
        self._tell_change()
        return min((t for t in times if t is not None), default=None)

    def _failed_inside(self, error: Exception) -> None:
        _log.error("the engine failed", exc_info=error)
        self._fail(SkaldcastError(f"the engine failed, which is a fault in it: {error!r}"))

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # what the processes tell

    def _on_voice_ready(self, message: VoiceLoaded) -> None:
        if self.sequencer is not None:
            if not message.loaded_as:
                self.sequencer.dispatcher.worker_ready(message.batch_capacity)
            self.advance_soon()

    def _on_voice_replaced(self, spec: str, reason: str) -> None:
        self._emit(VoiceReplaced(monotonic_s() - self._clock_0, spec, reason))
        if self.sequencer is not None:
            self.sequencer.recast()
            self.advance_soon()

    def _on_made(self, message: JobStarted | BlockMade | JobFinished) -> None:
        if self.sequencer is None:
            return
        match message:
            case BlockMade():
                self.sequencer.block_made(message)
            case JobStarted():
                self.sequencer.job_started(message)
            case JobFinished():
                self.sequencer.job_finished(message)
        self.advance_soon()

    def _on_counted(self, message: SynthesizerCounted) -> None:
        if self.sequencer is not None:
            self.sequencer.tally.synthesizer_counts.update(message.counts)

    def _on_measured(self, message: SynthesizerMeasured) -> None:
        if self.sequencer is not None:
            self.sequencer.measured(message.figures, monotonic_s())

    def _on_synthesis_restarted(self) -> None:
        now = monotonic_s()
        self._emit(ProcessRestarted(now - self._clock_0, "synthesis"))
        self._voices.worker_died()
        if self.sequencer is not None:
            self.sequencer.worker_died(now)
            self.advance_soon()

    def _on_run_started(self, at_s: float) -> None:
        if self.sequencer is not None:
            self.sequencer.run_started(at_s)

    def _on_run_ended(self, at_s: float) -> None:
        if self.sequencer is not None:
            self.sequencer.run_ended(at_s)

    def _fail(self, error: SkaldcastError) -> None:
        """The narration cannot go on: whoever waits is told."""
        self.failure = self.failure or error
        if self._making is not None:
            self._making.end(str(error))
        try:
            if self.sequencer is not None and not self.closing:
                self.sequencer.fail(str(error), monotonic_s())
        finally:
            self._tell_change()
