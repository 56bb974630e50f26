"""Where the narration is heard: the playout process, the ambience under the voice and those who
listen by WebRTC."""

import asyncio
from collections.abc import Callable

from .ambience_link import AmbienceLink
from .broadcast_link import BroadcastLink
from .clock import monotonic_s
from .errors import SkaldcastError
from .events import Event, OutputLost, OutputOpened, ProcessRestarted, UnderrunOccurred
from .narrator_options import NarratorOptions
from .playout.audio_buffer import AudioBuffer
from .playout.buffer_statistics import Heard
from .playout.messages import OutputReady
from .playout_link import OutputFacts, PlayoutLink, PlayoutListener
from .types import AudioFormat
from .underrun_watch import UnderrunWatch


class SpeechOutput:
    """The three have the volume in common, and end together. `emit` gets their events; the
    callbacks are those of `PlayoutListener`."""

    def __init__(
        self,
        options: NarratorOptions,
        emit: Callable[[Event], None],
        clock_0: float,
        *,
        run_started: Callable[[float], None],
        run_ended: Callable[[float], None],
        failed: Callable[[SkaldcastError], None],
        anything: Callable[[], None],
    ) -> None:
        self.ambience = AmbienceLink(options, emit, clock_0)
        self._options = options
        self._emit = emit
        self._clock_0 = clock_0
        self._run_started = run_started
        self._run_ended = run_ended
        self._listener = PlayoutListener(
            opened=self._on_opened,
            lost=self._on_lost,
            restarted=self._on_restarted,
            run_started=self._on_run_started,
            run_ended=self._on_run_ended,
            failed=failed,
            anything=anything,
        )
        self._playout: PlayoutLink | None = None
        self._broadcast: BroadcastLink | None = None
        self._underruns = UnderrunWatch()

    async def open(self, audio_format: AudioFormat) -> OutputReady:
        """Start the playout, anew where it plays another format, and wait until the output is
        open; raises what `PlayoutLink.wait_ready` does."""
        if self._playout is not None:
            await self._playout.close()
        options = self._options
        self._playout = PlayoutLink(
            audio_format,
            options.output,
            options.latency_s,
            options.volume,
            self._listener,
            exclusive=options.exclusive,
        )
        return await self._playout.wait_ready()

    async def finish(self) -> None:
        """Have the output finish what it was given."""
        if self._playout is not None:
            await asyncio.gather(self._playout.finish(), self.ambience.close())

    async def close(self) -> None:
        """End the processes."""
        try:
            if self._playout is not None:
                await self._playout.close()
        finally:
            await self.ambience.close()
            if self._broadcast is not None:
                await self._broadcast.close()

    @property
    def playout(self) -> PlayoutLink:
        """There once it was opened."""
        assert self._playout is not None
        return self._playout

    @property
    def buffer(self) -> AudioBuffer:
        """What the narration is written into, once it was opened."""
        return self.playout.buffer

    @property
    def broadcast(self) -> BroadcastLink:
        """Those who listen by WebRTC, once it was opened."""
        if self._broadcast is None:
            playout, options = self.playout, self._options.broadcast
            self._broadcast = BroadcastLink(playout.buffer, options, playout.gain)
        return self._broadcast

    @property
    def listeners(self) -> int:
        """How many listen by WebRTC."""
        return len(self._broadcast.listeners) if self._broadcast else 0

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self._playout.statistics().buffered_s if self._playout else 0.0

    def heard(self) -> Heard:
        """How far it is, and since when, on the clock of the events; not after `close`."""
        at = self.buffer.position()
        return Heard(at.frame, at.at_s - self._clock_0)

    def facts(self) -> OutputFacts:
        """What it has counted so far, or in all."""
        return self.playout.facts()

    @property
    def restarts(self) -> int:
        """Of the playout process."""
        return self._playout.restarts if self._playout else 0

    @property
    def process_ids(self) -> dict[str, int | None]:
        """Of the three, where they are there."""
        links = {"playout": self._playout, "ambience": self.ambience, "broadcast": self._broadcast}
        return {name: link.pid if link else None for name, link in links.items()}

    def set_gain(self, gain: float) -> None:
        """The master volume, as a factor."""
        self.playout.set_gain(gain)
        self.ambience.set_gain(gain)
        if self._broadcast is not None:
            self._broadcast.set_gain(gain)

    def move_to(self, output: str) -> None:
        """Go on, on another output; raises what `PlayoutLink.move_to` does."""
        self.playout.move_to(output)
        self.ambience.move_to(output)

    def advance(self, now: float) -> float | None:
        """Tell of underruns and end a process that hangs; returns when to look again, None while
        nothing can hang."""
        again = self.playout.end_if_hung(now)
        if self._underruns.is_due(now) and (
            frames := self._underruns.new_frames(self.playout.statistics())
        ):
            duration_s = frames / self.buffer.sample_rate
            self._emit(UnderrunOccurred(now - self._clock_0, duration_s))
        return again

    # what the playout tells

    def _on_opened(self, message: OutputReady) -> None:
        now_s = monotonic_s() - self._clock_0
        self._emit(OutputOpened(now_s, message.output, message.sample_rate))
        self.ambience.output(there=True)

    def _on_lost(self, reason: str) -> None:
        self._emit(OutputLost(monotonic_s() - self._clock_0, reason))
        self._fall_silent()

    def _on_restarted(self) -> None:
        self._emit(ProcessRestarted(monotonic_s() - self._clock_0, "playout"))
        self._fall_silent()

    def _fall_silent(self) -> None:
        self.ambience.output(there=False)
        self._on_run_ended(monotonic_s())

    def _on_run_started(self, at_s: float) -> None:
        self.ambience.voice(sounds=True)
        self._run_started(at_s)

    def _on_run_ended(self, at_s: float) -> None:
        self.ambience.voice(sounds=False)
        self._run_ended(at_s)
