"""A voice beside the narration: the face of a channel. Runs in main's event loop, as the thin shell
that brings messages and timers to its line."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..advancing import Advancing
from ..audio_tap import AudioTap
from ..clock import monotonic_s
from ..cue import Cue
from ..engine import Engine
from ..errors import StateError
from ..events import Event
from ..narration_facts import NarrationFacts
from ..narrator_options import check_text, check_volume
from ..narrator_report import narrator_report
from ..playout.buffer_statistics import Heard
from ..playout_link import OutputFacts
from ..prediction import CuePrediction
from ..rendering import Rendition
from ..script.cast import Cast
from ..sequencer import Sequencer
from ..speaks_cues import SpeaksCues
from ..subscription import Subscription
from ..synthesis.registry import ResolvedVoice, VoiceRow
from ..types import Priority
from ..vitals import Vitals, vitals_of
from .sharing import Made

_log = logging.getLogger(__name__)

_EVENTS = 10_000
"""Events that may wait for whoever listens; the oldest are dropped."""


class VoiceChannel(SpeaksCues):
    """Speaks cues in their order, heard by whoever taps it: `Narrator.open_channel` makes one.

    Its methods are the narrator's of the same names; cues, ids, cast, pause and volume are its
    own. Nothing may be asked of it after `close`. A failure of the engine fails its cues.
    """

    def __init__(self, engine: Engine, facts: NarrationFacts, clock_0: float) -> None:
        self.events = Subscription(_EVENTS)
        """What happens on it, for one reader."""
        self.volume = 1.0
        """Asked for; whoever plays the sound puts it on."""
        self.closed = False
        self._engine = engine
        self._facts = facts
        self._clock_0 = clock_0
        self._advancing = Advancing(self._advance, self._failed_inside)
        self._line = engine.open_line(self._emit)
        self._line.port.owner = self

    def close(self) -> None:
        """End its cues and give all back. Idempotent."""
        if not self.closed:
            self.closed = True
            self._advancing.close()
            self._line.close(monotonic_s())
            self.events.end()

    # cues

    def push(self, cue: Cue, text: str) -> None:
        """More text of a cue; raises `StateError` after `finish`."""
        check_text(text)
        self._act_first(lambda sequencer, now: sequencer.push_text(cue, text, now))

    def finish(self, cue: Cue) -> None:
        """The text of a cue is complete."""
        self._act_first(lambda sequencer, _: sequencer.finish_text(cue))

    def render(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        speed: float = 1.0,
        keeps_words: bool = False,
    ) -> Rendition:
        """Speak `text` into samples, with this channel's cast; raises what `Narrator.render`
        does."""
        check_text(text)
        self._check()
        cue = self._make_cue(None, voice, character, None, Priority.PREFETCH, speed)
        cue.add_text(text)
        options, wake = self._line.options, self._engine.advance_soon
        rendition = Rendition(cue, self.sample_rate, wake, options=options, keeps_words=keeps_words)
        self._engine.renderer.add(rendition)
        wake()
        return rendition

    def set_cast(self, voices: Mapping[str, str]) -> None:
        """Give characters these voices, on this channel; what was set before is forgotten."""
        for voice in voices.values():
            self._engine.ensemble.check(voice)
        self._line.options.staging.set_voices(voices)

    def cue(self, cue_id: str) -> Cue | None:
        """The cue of this id; None where this channel has none, or where it ended long ago."""
        return self._line.sequencer.tally.cues.get(cue_id)

    def predict(self, cue: Cue) -> CuePrediction | None:
        """When a cue will be heard and how long it will last; None where it has ended."""
        return self._line.sequencer.predict(cue)

    # transport

    def pause(self) -> None:
        """Keep the place."""
        self._check()
        self._line.pause(monotonic_s())
        self.advance_soon()

    def resume(self) -> None:
        """Go on where `pause` left off."""
        self._check()
        self._line.resume(monotonic_s())
        self.advance_soon()

    def skip(self) -> None:
        """End the first cue; the next follows at once."""
        self._act_first(lambda sequencer, now: sequencer.skip(now))

    def stop(self) -> None:
        """End all cues; a pause ends with them."""
        self._running_sequencer.stop(monotonic_s())
        self.resume()

    def cancel(self, cue: Cue) -> None:
        """Take back one cue."""
        self._act_first(lambda sequencer, now: sequencer.cancel(cue, now))

    def clear(self) -> None:
        """Take back all cues of which nothing has been heard."""
        self._act_first(lambda sequencer, now: sequencer.clear(now))

    def set_volume(self, volume: float) -> None:
        """Ask for a volume from 0 (mute) to 1; raises `ConfigError`."""
        check_volume(volume)
        self.volume = volume

    # facts

    @property
    def voice(self) -> ResolvedVoice:
        """The narrator's."""
        return self._facts.voice

    def voices(self) -> Sequence[VoiceRow]:
        """All voices that are installed."""
        return self._facts.voices()

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in their order."""
        return self._line.sequencer.cues

    @property
    def waiting(self) -> int:
        """How many cues have not ended."""
        return self._line.sequencer.waiting

    @property
    def state(self) -> str:
        """One of the values of `PrebufferState`."""
        return self._line.sequencer.state.value

    @property
    def time_s(self) -> float:
        """Now, on the clock of the events."""
        return self._facts.time_s

    @property
    def sample_rate(self) -> int:
        """Of the sound, in frames per second."""
        return self._line.buffer.sample_rate

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` what becomes of the sound, from now on."""
        self._line.add_tap(tap)

    def heard(self) -> Heard:
        """How far it is, and since when, on the clock of the events."""
        return self._line.heard()

    def keep_pace(self, frame: int, at_s: float) -> None:
        """Whoever plays the sound was at `frame` at `at_s`, on the clock of the events."""
        self._line.keep_pace(frame, at_s + self._clock_0, monotonic_s())
        self.advance_soon()

    def report(self) -> dict[str, Any]:
        """The report of contracts.md for what was spoken here."""
        return narrator_report(self, self.voice, replace(self._facts.options, output="null"))

    def vitals(self) -> Vitals:
        """How it is doing at this moment."""
        return vitals_of(self, self.time_s)

    @property
    def started(self) -> Sequencer:
        """What decides on this channel."""
        return self._line.sequencer

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self._line.buffer.buffered_s

    @property
    def restarts(self) -> dict[str, int]:
        """Of the engine's processes."""
        return self._engine.restarts

    def output_facts(self) -> OutputFacts:
        """What was counted so far."""
        return self._line.facts()

    @property
    def listeners(self) -> int:
        """None: who listens by WebRTC hears the engine's output."""
        return 0

    def gpu_report(self) -> list[dict[str, Any]]:
        """The engine's."""
        return self._engine.gpu_report()

    # for the sharing

    @property
    def speaks(self) -> bool:
        """It has cues that have not ended."""
        return not self._line.sequencer.idle

    @property
    def ready_s(self) -> float:
        """Seconds of audio that are made and were not heard."""
        return self.buffered_s

    def made(self, message: Made, *, timed: bool) -> None:
        """The worker told something of a chunk."""
        self._line.made(message, timed=timed)
        self.advance_soon()

    def worker_died(self) -> None:
        """What it had not finished is made again."""
        self._line.sequencer.worker_died(monotonic_s())
        self.advance_soon()

    def recast(self) -> None:
        """A voice cannot be had: the narrator's speaks for it."""
        self._line.sequencer.recast()
        self.advance_soon()

    def change_cast(self, cast: Cast) -> None:
        """Another cast; what `set_cast` gave stays."""
        self._line.options.staging.set_cast(cast)

    def end(self, failure: str | None) -> None:
        """The engine cannot go on: the cues fail, or are taken back where it is closed."""
        if failure is None:
            self._line.sequencer.stop(monotonic_s())
        else:
            self._line.sequencer.fail(failure, monotonic_s())

    # what happens

    def advance_soon(self) -> None:
        """Do what is due, once for all that has happened."""
        self._advancing.soon()

    def _advance(self, now: float) -> float | None:
        if self._engine.closing or self._engine.failure is not None:
            return None
        return self._line.advance(now)

    def _failed_inside(self, error: Exception) -> None:
        _log.error("a channel failed", exc_info=error)
        self.end(f"the channel failed, which is a fault in the engine: {error!r}")

    def _emit(self, event: Event) -> None:
        self.events.put(event)

    @property
    def _running_engine(self) -> Engine:
        self._check()
        return self._engine

    @property
    def _running_sequencer(self) -> Sequencer:
        self._check()
        return self._line.sequencer

    def _act_first(self, action: Callable[[Sequencer, float], None]) -> None:
        action(self._running_sequencer, monotonic_s())
        self.advance_soon()

    def _check(self) -> None:
        """Raise the failure that ended the engine, or `StateError`."""
        self._engine.check_running()
        if self.closed:
            raise StateError("the channel is closed: open another one")
