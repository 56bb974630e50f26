"""The narrator: the pipeline from text to the device, and the one object most users need.

Runs in main's event loop. It owns the audio buffer, the two child processes and the sequencer,
and is the thin shell that brings messages and timers to it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self
from uuid import uuid4

from .child import ChildProcess
from .clock import monotonic_s
from .cue import Cue
from .dispatcher import Dispatcher
from .errors import (
    PlayoutError,
    SkaldcastError,
    StateError,
    SynthesizerError,
)
from .events import Event, OutputLost, OutputOpened, ProcessRestarted, UnderrunOccurred
from .playout.audio_buffer import AudioBuffer, BufferStatistics
from .playout.messages import (
    CloseOutput,
    OpenOutput,
    OutputClosed,
    OutputFailed,
    OutputReady,
    OutputWentAway,
    PausePlayout,
    ResumePlayout,
    RoomMade,
    RunEnded,
    RunStarted,
    SetGain,
    UnderflowsReported,
)
from .playout.outputs import parse_output
from .playout.prebuffer import Prebuffer
from .report import Surroundings, build_report
from .sequencer import Sequencer, SpeechOptions
from .subscription import Subscription
from .synthesis.messages import (
    BlockMade,
    JobFinished,
    JobStarted,
    LoadVoice,
    VoiceFailed,
    VoiceLoaded,
)
from .synthesis.registry import VoiceRegistry
from .synthesis.voice_profile import VoiceProfile
from .synthesis.voice_profile_store import VoiceProfileStore
from .types import AudioFormat, Priority

_log = logging.getLogger(__name__)

BUFFER_S = 30.0
"""Seconds that the audio buffer holds: more than the sequencer makes ahead."""
_MAX_CUES = 10_000
_MAX_UNSPOKEN = 64_000
"""Characters of a stream that are read ahead of the chunker; past that the reader waits."""


@dataclass(frozen=True, slots=True)
class NarratorOptions:
    """How a narrator is set up; the meanings are those of the settings of the same names."""

    voice: str = "hibari:heart"
    output: str = "device"
    speed: float = 1.0
    latency_s: float = 1.0
    volume: float = 1.0
    profile: str = "cinematic"
    prebuffer: Literal["adaptive", "fixed"] = "adaptive"
    prebuffer_start_s: float = 2.0
    prebuffer_pause_s: float = 1.5
    seed: int = 0
    language: str = "en"
    state_folder: Path | None = None
    """Where what is learned of each voice is kept; None keeps nothing."""


class Narrator:
    """Speaks cues in their order, as one unbroken voice.

        async with Narrator(NarratorOptions(output="wav:scene.wav")) as narrator:
            cue = narrator.play("The gate stood open.")
            await cue.wait_finished()

    All methods are called in the event loop that started it. `play` and the transport return at
    once. Raises `SynthesisError`, `PlayoutError` or `ProcessError` on entering where the voice or
    the output cannot be had; a failure later ends the cues as failed and is raised by `drain`.
    """

    def __init__(
        self, options: NarratorOptions | None = None, *, registry: VoiceRegistry | None = None
    ) -> None:
        self.options = options or NarratorOptions()
        self._registry = registry or VoiceRegistry()
        self._clock_0 = monotonic_s()
        self._subscriptions: list[Subscription] = []
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._failure: SkaldcastError | None = None
        self._closing = False
        self._voice_ready: asyncio.Future[VoiceLoaded] | None = None
        self._output_ready: asyncio.Future[OutputReady] | None = None
        self._output_closed: asyncio.Future[None] | None = None
        self._output: OutputReady | None = None
        self._underflows = 0
        self._underruns_told = 0
        self._streams: set[asyncio.Task[None]] = set()
        self._statistics: BufferStatistics | None = None

    # ---------------------------------------------------------------- life

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _start(self) -> None:
        options = self.options
        parse_output(options.output)
        self.voice = self._registry.resolve(options.voice)
        loop = asyncio.get_running_loop()
        self._voice_ready = loop.create_future()
        self._output_ready = loop.create_future()
        self._synthesis = ChildProcess(
            "synthesis",
            f"{__package__}.synthesis.worker",
            first_messages=lambda: [LoadVoice(self.voice)],
            on_message=self._on_synthesis,
            on_death=self._on_synthesis_death,
            on_lost=self._fail,
        )
        self._synthesis.start()
        sample_rate = self._expected_sample_rate()
        self._buffer = AudioBuffer.shared(AudioFormat(sample_rate), BUFFER_S)
        self._playout = ChildProcess(
            "playout",
            f"{__package__}.playout.process",
            first_messages=self._open_output,
            on_message=self._on_playout,
            on_death=self._on_playout_death,
            on_lost=self._fail,
            inherited_fds=self._buffer.inherited_fds(),
        )
        self._playout.start()
        loaded, self._output = await asyncio.gather(self._voice_ready, self._output_ready)
        self._set_up_sequencer(loaded)

    def _expected_sample_rate(self) -> int:
        return self.voice.create().format.sample_rate

    def _set_up_sequencer(self, loaded: VoiceLoaded) -> None:
        assert self._output is not None
        options = self.options
        self._profiles = VoiceProfileStore(options.state_folder) if options.state_folder else None
        self._profile = self._load_profile(loaded)
        self._sequencer = Sequencer(
            self._buffer,
            Dispatcher(self._synthesis.send),
            Prebuffer(
                options.prebuffer,
                self._profile.pace(),
                start_s=options.prebuffer_start_s,
                pause_s=options.prebuffer_pause_s,
            ),
            self._profile,
            SpeechOptions(
                voice=self.voice.voice.name,
                profile=options.profile,
                speed=options.speed,
                seed=options.seed,
                language=options.language,
            ),
            self._emit,
            self._clock_0,
        )
        self._sequencer.pauses = loaded.pauses
        self._sequencer.paced = self._output.paced
        if self._output.paced:
            self._buffer.set_gate(0)
        self._sequencer.dispatcher.worker_ready(loaded.batch_capacity)

    def _load_profile(self, loaded: VoiceLoaded) -> VoiceProfile:
        hint, speed = loaded.speed_hint, self.options.speed
        if hint is not None and hint.seconds_per_character is not None:
            hint = replace(hint, seconds_per_character=hint.seconds_per_character / speed)
        name = self.voice.spec if speed == 1.0 else f"{self.voice.spec} at {speed}"
        if self._profiles is None:
            return VoiceProfile(name, hint)
        return self._profiles.load(name, hint)

    async def close(self) -> None:
        """End the cues that are left as skipped, finish the output and end the processes."""
        if self._closing:
            return
        self._closing = True
        for task in self._streams:
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if hasattr(self, "_sequencer"):
            self._sequencer.stop(monotonic_s())
            if self._profiles is not None:
                self._profiles.save(self._profile)
            await self._close_output()
        for child in ("_synthesis", "_playout"):
            if hasattr(self, child):
                await getattr(self, child).close()
        if hasattr(self, "_buffer"):
            self._statistics = self._buffer.statistics()
            self._buffer.close()
        for subscription in self._subscriptions:
            subscription.end()

    async def _close_output(self) -> None:
        if self._failure is not None:
            return
        self._output_closed = asyncio.get_running_loop().create_future()
        self._buffer.finish()
        self._playout.retire()
        self._playout.send(CloseOutput())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._output_closed, 60.0)

    # ---------------------------------------------------------------- speaking

    def play(
        self,
        text: str = "",
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue:
        """Speak `text` when its turn comes; raises `StateError` where 10,000 cues wait already."""
        cue = self.open(cue_id=cue_id, voice=voice, priority=priority, speed=speed)
        self.push(cue, text)
        self.finish(cue)
        return cue

    def open(
        self,
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue:
        """Begin a cue whose text comes with `push`, until `finish`."""
        self._check_running()
        if len(self._sequencer.cues) >= _MAX_CUES:
            raise StateError(f"{_MAX_CUES} cues are waiting; wait for `room` before the next one")
        cue = Cue(cue_id or uuid4().hex[:12], voice=voice, priority=priority, speed=speed)
        self._sequencer.add(cue, monotonic_s())
        return cue

    def push(self, cue: Cue, text: str) -> None:
        """More text of a cue."""
        self._check_running()
        self._sequencer.push_text(cue, text, monotonic_s())
        self._advance()

    def finish(self, cue: Cue) -> None:
        """The text of a cue is complete."""
        self._check_running()
        self._sequencer.finish_text(cue)
        self._advance()

    def stream(
        self,
        texts: AsyncIterable[str] | Iterable[str],
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue:
        """Speak text while it is still being written; it is read no faster than needed."""
        cue = self.open(cue_id=cue_id, voice=voice, priority=priority, speed=speed)
        task = asyncio.create_task(self._read(cue, texts))
        self._streams.add(task)
        task.add_done_callback(self._streams.discard)
        return cue

    async def _read(self, cue: Cue, texts: AsyncIterable[str] | Iterable[str]) -> None:
        try:
            async for text in _each(texts):
                await self.room()
                if cue.outcome is not None:
                    return
                self.push(cue, text)
        except Exception as error:
            _log.exception("the text of cue %s broke off", cue.cue_id)
            cue.error = f"its text broke off: {error!r}"
        finally:
            if not self._closing:
                self.finish(cue)

    async def room(self) -> None:
        """Wait until more text is welcome: little waits to be chunked, and few cues do."""
        while (
            self._sequencer.unspoken_characters() > _MAX_UNSPOKEN
            or len(self._sequencer.cues) > _MAX_CUES // 2
        ):
            await self._wait_change()

    async def drain(self) -> None:
        """Wait until all cues have ended; raises what made the narration impossible."""
        while not self._sequencer.idle:
            await self._wait_change()
        self._check_running()

    async def failed(self) -> None:
        """Wait until the narration has become impossible; `drain` raises why."""
        while self._failure is None:
            await self._wait_change()

    def _check_running(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closing or not hasattr(self, "_sequencer"):
            raise StateError("the narrator is not running: use it inside `async with`")

    # ---------------------------------------------------------------- transport

    def pause(self) -> None:
        """Fade out within 50 ms and keep the place."""
        self._sequencer.pause()
        self._playout.send(PausePlayout())
        self._advance()

    def resume(self) -> None:
        """Go on, faded in, where `pause` left off."""
        self._sequencer.resume()
        self._playout.send(ResumePlayout())
        self._advance()

    def skip(self) -> None:
        """End the first cue; the next follows at once."""
        self._sequencer.skip(monotonic_s())
        self._advance()

    def stop(self) -> None:
        """Fade out within 50 ms and end all cues."""
        self._sequencer.stop(monotonic_s())
        self._advance()

    def cancel(self, cue: Cue) -> None:
        """Take back one cue, whether it is being heard or waits."""
        self._sequencer.cancel(cue, monotonic_s())
        self._advance()

    def set_volume(self, volume: float) -> None:
        """Set the master volume, a factor from 0 (mute) to 1, ramped."""
        if not 0.0 <= volume <= 1.0:
            raise ValueError(f"the volume is a factor from 0 to 1, not {volume}")
        self._volume = volume
        self._playout.send(SetGain(volume))

    # ---------------------------------------------------------------- what is told

    @property
    def started(self) -> bool:
        """Whether voice and output were there."""
        return hasattr(self, "_sequencer")

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in their order."""
        return self._sequencer.cues

    @property
    def all_cues(self) -> list[Cue]:
        """All cues since the start, in the order in which they came."""
        return self._sequencer.tally.cues if self.started else []

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self._buffer.buffered_s

    @property
    def state(self) -> str:
        """The transport's state: one of the values of `PrebufferState`."""
        return self._sequencer.state.value

    @property
    def process_ids(self) -> dict[str, int | None]:
        """The child processes."""
        return {"synthesis": self._synthesis.pid, "playout": self._playout.pid}

    def events(self, *, capacity: int = 1000) -> Subscription:
        """Subscribe: an async iterator of events. A subscriber that falls `capacity` events
        behind loses the oldest and is told how many; nobody waits for it."""
        subscription = Subscription(capacity)
        self._subscriptions.append(subscription)
        return subscription

    def report(self) -> dict[str, Any]:
        """The report of contracts.md, as it stands now."""
        statistics = self._statistics or self._buffer.statistics()
        return build_report(
            self._sequencer.tally,
            Surroundings(
                synthesizer=self.voice.synthesizer,
                voice=self.voice.spec,
                output=self.options.output,
                sample_rate=self._output.sample_rate if self._output else 0,
                profile=self.options.profile,
                prebuffer=self.options.prebuffer,
                underruns=statistics.underruns,
                underrun_s=statistics.underrun_frames / self._buffer.sample_rate,
                device_underflows=self._underflows,
                restarts={
                    "synthesis": self._synthesis.restarts,
                    "playout": self._playout.restarts,
                },
            ),
        )

    # ---------------------------------------------------------------- messages

    def _on_synthesis(self, message: object) -> None:
        match message:
            case BlockMade():
                self._sequencer.block_made(message)
            case JobStarted():
                self._sequencer.job_started(message)
            case JobFinished():
                self._sequencer.job_finished(message)
            case VoiceLoaded():
                self._synthesis.settled()
                if self._voice_ready is not None and not self._voice_ready.done():
                    self._voice_ready.set_result(message)
                    return
                self._sequencer.dispatcher.worker_ready(message.batch_capacity)
            case VoiceFailed():
                self._fail(SynthesizerError(message.reason))
                return
            case _:
                _log.error("unknown message %r", message)
        self._advance()

    def _on_playout(self, message: object) -> None:
        match message:
            case RunStarted():
                self._playout.settled()
                self._sequencer.run_started(message.at_s)
            case RunEnded():
                self._sequencer.run_ended(message.at_s)
            case RoomMade():
                pass
            case UnderflowsReported():
                self._underflows = message.count
            case OutputReady():
                self._output_opened(message)
            case OutputWentAway():
                self._sequencer_ran_out()
                self._emit(OutputLost(monotonic_s() - self._clock_0, message.reason))
            case OutputFailed():
                self._fail(PlayoutError(message.reason))
                return
            case OutputClosed():
                if self._output_closed is not None and not self._output_closed.done():
                    self._output_closed.set_result(None)
                return
            case _:
                _log.error("unknown message %r", message)
        self._advance()

    def _output_opened(self, message: OutputReady) -> None:
        self._output = message
        now_s = monotonic_s() - self._clock_0
        self._emit(OutputOpened(now_s, message.output, message.sample_rate))
        if self._output_ready is not None and not self._output_ready.done():
            self._output_ready.set_result(message)

    def _open_output(self) -> list[object]:
        paused = hasattr(self, "_sequencer") and self._sequencer.paused
        closing: list[object] = [CloseOutput()] if self._output_closed is not None else []
        return [
            OpenOutput(
                self._buffer.handle,
                self.options.output,
                self.options.latency_s,
                gain=getattr(self, "_volume", self.options.volume),
                paused=paused,
            ),
            *closing,
        ]

    def _on_synthesis_death(self, status: int) -> None:
        self._emit(ProcessRestarted(monotonic_s() - self._clock_0, "synthesis"))
        if hasattr(self, "_sequencer"):
            self._sequencer.worker_died(monotonic_s())
            self._advance()

    def _on_playout_death(self, status: int) -> None:
        self._emit(ProcessRestarted(monotonic_s() - self._clock_0, "playout"))
        self._sequencer_ran_out()

    def _sequencer_ran_out(self) -> None:
        if hasattr(self, "_sequencer"):
            self._sequencer.run_ended(monotonic_s())

    def _fail(self, error: SkaldcastError) -> None:
        """The narration cannot go on: whoever waits is told."""
        self._failure = self._failure or error
        for future in (self._voice_ready, self._output_ready):
            if future is not None and not future.done():
                future.set_exception(error)
                future.exception()  # the other of the two may never be awaited
        if self._output_closed is not None and not self._output_closed.done():
            self._output_closed.set_result(None)
        if hasattr(self, "_sequencer"):
            self._sequencer.fail(str(error), monotonic_s())
        self._notify_change()

    # ---------------------------------------------------------------- time

    def _advance(self) -> None:
        if self._closing or not hasattr(self, "_sequencer") or self._failure is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = monotonic_s()
        hangs_at = self._sequencer.dispatcher.hangs_at()
        if hangs_at is not None and now >= hangs_at:
            _log.warning("the synthesis process hangs; it is ended and started again")
            self._synthesis.kill()
        again = self._sequencer.advance(now)
        self._tell_underruns(now)
        if again is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(again - now, 0.001), self._advance)
        self._notify_change()

    def _tell_underruns(self, now: float) -> None:
        statistics = self._buffer.statistics()
        frames = statistics.underrun_frames - self._underruns_told
        if frames:
            self._underruns_told = statistics.underrun_frames
            self._emit(UnderrunOccurred(now - self._clock_0, frames / self._buffer.sample_rate))

    def _emit(self, event: Event) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)

    def _notify_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait_change(self) -> None:
        await self._changed.wait()


async def _each(texts: AsyncIterable[str] | Iterable[str]) -> AsyncIterator[str]:
    if isinstance(texts, AsyncIterable):
        async for text in texts:
            yield text
        return
    for text in texts:
        yield text
        await asyncio.sleep(0)  # a plain iterator must not starve the event loop
