"""The narrator: the pipeline from text to the device, and the one object most users need.

Runs in main's event loop. It owns the two child processes and the sequencer, and is the thin
shell that brings messages and timers to it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self
from uuid import uuid4

from .clock import monotonic_s
from .cue import Cue
from .dispatcher import Dispatcher
from .errors import SkaldcastError, StateError
from .events import Event, OutputLost, OutputOpened, ProcessRestarted, UnderrunOccurred
from .playout.messages import OutputReady
from .playout.outputs import parse_output
from .playout.prebuffer import Prebuffer
from .playout_link import PlayoutLink, PlayoutListener
from .report import Surroundings, build_report
from .sequencer import Sequencer, SpeechOptions
from .subscription import Subscription
from .synthesis.messages import BlockMade, JobFinished, JobStarted, VoiceLoaded
from .synthesis.registry import VoiceRegistry
from .synthesis.voice_profile import VoiceProfile
from .synthesis.voice_profile_store import VoiceProfileStore
from .synthesis_link import SynthesisLink, SynthesisListener
from .types import Priority

_log = logging.getLogger(__name__)

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
    once. Entering raises `SynthesisError`, `PlayoutError` or `ProcessError` where the voice or the
    output cannot be had; a failure later ends the cues as failed and is raised by `drain`.
    """

    def __init__(
        self, options: NarratorOptions | None = None, *, registry: VoiceRegistry | None = None
    ) -> None:
        self.options = options or NarratorOptions()
        self._registry = registry or VoiceRegistry()
        self._clock_0 = monotonic_s()
        self._subscriptions: list[Subscription] = []
        self._streams: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._failure: SkaldcastError | None = None
        self._closing = False
        self._underruns_told = 0
        self._profiles = (
            VoiceProfileStore(folder) if (folder := self.options.state_folder) else None
        )
        self._synthesis: SynthesisLink | None = None
        self._playout: PlayoutLink | None = None
        self._sequencer: Sequencer | None = None

    # life

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
        self._synthesis = SynthesisLink(
            self.voice,
            SynthesisListener(
                ready=self._on_voice_ready,
                made=self._on_made,
                restarted=self._on_synthesis_restarted,
                failed=self._fail,
            ),
        )
        self._playout = PlayoutLink(
            self.voice.create().format,
            options.output,
            options.latency_s,
            options.volume,
            PlayoutListener(
                opened=self._on_opened,
                lost=self._on_output_lost,
                restarted=self._on_playout_restarted,
                run_started=self._on_run_started,
                run_ended=self._on_run_ended,
                failed=self._fail,
                anything=self._advance,
            ),
        )
        voice, output = await asyncio.gather(
            self._synthesis.wait_ready(), self._playout.wait_ready()
        )
        self._sequencer = self._make_sequencer(self._synthesis, self._playout, voice, output)

    def _make_sequencer(
        self,
        synthesis: SynthesisLink,
        playout: PlayoutLink,
        voice: VoiceLoaded,
        output: OutputReady,
    ) -> Sequencer:
        options = self.options
        profile = self._load_profile(voice)
        prebuffer = Prebuffer(
            options.prebuffer,
            profile.pace(),
            start_s=options.prebuffer_start_s,
            pause_s=options.prebuffer_pause_s,
        )
        speech = SpeechOptions(
            voice=self.voice.voice.name,
            profile=options.profile,
            speed=options.speed,
            seed=options.seed,
            language=options.language,
        )
        sequencer = Sequencer(
            playout.buffer,
            Dispatcher(synthesis.send),
            prebuffer,
            profile,
            speech,
            self._emit,
            self._clock_0,
        )
        sequencer.pauses = voice.pauses
        sequencer.paced = output.paced
        if output.paced:
            playout.buffer.set_gate(0)
        sequencer.dispatcher.worker_ready(voice.batch_capacity)
        return sequencer

    def _load_profile(self, voice: VoiceLoaded) -> VoiceProfile:
        hint, speed = voice.speed_hint, self.options.speed
        if hint is not None and hint.seconds_per_character is not None:
            hint = replace(hint, seconds_per_character=hint.seconds_per_character / speed)
        name = self.voice.spec if speed == 1.0 else f"{self.voice.spec} at {speed}"
        if self._profiles is None:
            return VoiceProfile(name, hint)
        return self._profiles.load(name, hint)

    async def close(self) -> None:
        """End the cues that are left, finish the output and end the processes. Idempotent."""
        if self._closing:
            return
        self._closing = True
        for task in self._streams:
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()
        if self._sequencer is not None:
            self._sequencer.stop(monotonic_s())
            if self._profiles is not None:
                self._profiles.save(self._sequencer.profile)
        if self._playout is not None:
            if self._failure is None:
                await self._playout.finish()
            await self._playout.close()
        if self._synthesis is not None:
            await self._synthesis.close()
        for subscription in self._subscriptions:
            subscription.end()

    @property
    def _running(self) -> Sequencer:
        if self._failure is not None:
            raise self._failure
        if self._closing or self._sequencer is None:
            raise StateError("the narrator is not running: use it inside `async with`")
        return self._sequencer

    # speaking

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
        sequencer = self._running
        if len(sequencer.cues) >= _MAX_CUES:
            raise StateError(f"{_MAX_CUES} cues are waiting; wait for `room` before the next one")
        cue = Cue(cue_id or uuid4().hex[:12], voice=voice, priority=priority, speed=speed)
        sequencer.add(cue, monotonic_s())
        return cue

    def push(self, cue: Cue, text: str) -> None:
        """More text of a cue."""
        self._running.push_text(cue, text, monotonic_s())
        self._advance()

    def finish(self, cue: Cue) -> None:
        """The text of a cue is complete."""
        self._running.finish_text(cue)
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
        except SkaldcastError as error:
            cue.error = str(error)
        except Exception as error:  # the user's iterator may raise anything; what came is spoken
            _log.exception("the text of cue %s broke off", cue.cue_id)
            cue.error = f"its text broke off: {error!r}"
        finally:
            with contextlib.suppress(SkaldcastError):
                self.finish(cue)

    async def room(self) -> None:
        """Wait until more text is welcome: little waits to be chunked, and few cues do."""
        while (
            self._running.unspoken_characters() > _MAX_UNSPOKEN
            or len(self._running.cues) > _MAX_CUES // 2
        ):
            await self._changed.wait()

    async def drain(self) -> None:
        """Wait until all cues have ended; raises what made the narration impossible."""
        while not self._running.idle:
            await self._changed.wait()

    async def failed(self) -> None:
        """Wait until the narration has become impossible; `drain` raises why."""
        while self._failure is None:
            await self._changed.wait()

    # transport

    def pause(self) -> None:
        """Fade out within 50 ms and keep the place."""
        self._running.pause()
        self._output_link.pause()
        self._advance()

    def resume(self) -> None:
        """Go on, faded in, where `pause` left off."""
        self._running.resume()
        self._output_link.resume()
        self._advance()

    def skip(self) -> None:
        """End the first cue; the next follows at once."""
        self._running.skip(monotonic_s())
        self._advance()

    def stop(self) -> None:
        """Fade out within 50 ms and end all cues."""
        self._running.stop(monotonic_s())
        self._advance()

    def cancel(self, cue: Cue) -> None:
        """Take back one cue, whether it is being heard or waits."""
        self._running.cancel(cue, monotonic_s())
        self._advance()

    def set_volume(self, volume: float) -> None:
        """Set the master volume, a factor from 0 (mute) to 1, ramped."""
        if not 0.0 <= volume <= 1.0:
            raise ValueError(f"the volume is a factor from 0 to 1, not {volume}")
        self._output_link.set_gain(volume)

    @property
    def _output_link(self) -> PlayoutLink:
        assert self._playout is not None
        return self._playout

    # what is told

    @property
    def started(self) -> bool:
        """Whether voice and output were there."""
        return self._sequencer is not None

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in their order."""
        return self._sequencer.cues if self._sequencer else []

    @property
    def all_cues(self) -> list[Cue]:
        """All cues since the start, in the order in which they came."""
        return self._sequencer.tally.cues if self._sequencer else []

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self._playout.statistics().buffered_s if self._playout else 0.0

    @property
    def state(self) -> str:
        """The transport's state: one of the values of `PrebufferState`."""
        return self._sequencer.state.value if self._sequencer else "idle"

    @property
    def process_ids(self) -> dict[str, int | None]:
        """The child processes."""
        return {
            "synthesis": self._synthesis.pid if self._synthesis else None,
            "playout": self._playout.pid if self._playout else None,
        }

    def events(self, *, capacity: int = 1000) -> Subscription:
        """Subscribe: an async iterator of events. A subscriber that falls `capacity` events
        behind loses the oldest and is told how many; nobody waits for it."""
        subscription = Subscription(capacity)
        self._subscriptions.append(subscription)
        return subscription

    def report(self) -> dict[str, Any]:
        """The report of contracts.md, as it stands now; raises `StateError` before the start."""
        if self._sequencer is None or self._playout is None or self._synthesis is None:
            raise StateError("there is nothing to report: the narrator has not started")
        statistics = self._playout.statistics()
        output = self._playout.output
        return build_report(
            self._sequencer.tally,
            Surroundings(
                synthesizer=self.voice.synthesizer,
                voice=self.voice.spec,
                output=self.options.output,
                sample_rate=output.sample_rate if output else self._playout.buffer.sample_rate,
                profile=self.options.profile,
                prebuffer=self.options.prebuffer,
                underruns=statistics.underruns,
                underrun_s=statistics.underrun_frames / self._playout.buffer.sample_rate,
                device_underflows=self._playout.device_underflows,
                restarts={
                    "synthesis": self._synthesis.restarts,
                    "playout": self._playout.restarts,
                },
            ),
        )

    # what happens

    def _on_voice_ready(self, message: VoiceLoaded) -> None:
        if self._sequencer is not None:
            self._sequencer.dispatcher.worker_ready(message.batch_capacity)
            self._advance()

    def _on_made(self, message: JobStarted | BlockMade | JobFinished) -> None:
        if self._sequencer is None:
            return
        match message:
            case BlockMade():
                self._sequencer.block_made(message)
            case JobStarted():
                self._sequencer.job_started(message)
            case JobFinished():
                self._sequencer.job_finished(message)
        self._advance()

    def _on_synthesis_restarted(self) -> None:
        now = monotonic_s()
        self._emit(ProcessRestarted(now - self._clock_0, "synthesis"))
        if self._sequencer is not None:
            self._sequencer.worker_died(now)
            self._advance()

    def _on_playout_restarted(self) -> None:
        self._emit(ProcessRestarted(monotonic_s() - self._clock_0, "playout"))
        self._on_run_ended(monotonic_s())

    def _on_output_lost(self, reason: str) -> None:
        self._emit(OutputLost(monotonic_s() - self._clock_0, reason))
        self._on_run_ended(monotonic_s())

    def _on_opened(self, message: OutputReady) -> None:
        now_s = monotonic_s() - self._clock_0
        self._emit(OutputOpened(now_s, message.output, message.sample_rate))

    def _on_run_started(self, at_s: float) -> None:
        if self._sequencer is not None:
            self._sequencer.run_started(at_s)

    def _on_run_ended(self, at_s: float) -> None:
        if self._sequencer is not None:
            self._sequencer.run_ended(at_s)

    def _fail(self, error: SkaldcastError) -> None:
        """The narration cannot go on: whoever waits is told."""
        self._failure = self._failure or error
        if self._sequencer is not None:
            self._sequencer.fail(str(error), monotonic_s())
        self._tell_change()

    def _advance(self) -> None:
        sequencer = self._sequencer
        if self._closing or sequencer is None or self._failure is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = monotonic_s()
        hangs_at = sequencer.dispatcher.hangs_at()
        if hangs_at is not None and now >= hangs_at and self._synthesis is not None:
            self._synthesis.end_hung()
        again = sequencer.advance(now)
        self._tell_underruns(now)
        if again is not None:
            # 1 ms at least: a time that has passed must not keep the event loop from its pipes.
            delay_s = max(again - monotonic_s(), 0.001)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._advance)
        self._tell_change()

    def _tell_underruns(self, now: float) -> None:
        frames = self._output_link.statistics().underrun_frames - self._underruns_told
        if frames:
            self._underruns_told += frames
            duration_s = frames / self._output_link.buffer.sample_rate
            self._emit(UnderrunOccurred(now - self._clock_0, duration_s))

    def _emit(self, event: Event) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


async def _each(texts: AsyncIterable[str] | Iterable[str]) -> AsyncIterator[str]:
    if isinstance(texts, AsyncIterable):
        async for text in texts:
            yield text
        return
    for text in texts:
        yield text
        await asyncio.sleep(0)  # a plain iterator must not starve the event loop
