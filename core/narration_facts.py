"""What a narration tells of itself: the half of `Narrator` that only looks. Runs in main's event
loop."""

from typing import Any
from weakref import WeakSet

from .audio_tap import AudioTap
from .clock import monotonic_s
from .cue import Cue
from .engine import Engine
from .errors import SkaldcastError, StateError
from .narrator_options import NarratorOptions
from .narrator_report import narrator_report
from .playout.buffer_statistics import Heard
from .prediction import CuePrediction
from .sequencer import Sequencer
from .subscription import Subscription
from .synthesis.registry import ResolvedVoice, VoiceRegistry, VoiceRow
from .vitals import Vitals, vitals_of


class NarrationFacts:
    """Facts and events of the engine that a narrator has; none before it was entered."""

    voice: ResolvedVoice
    """The narrator's, once it was entered."""

    def __init__(self, options: NarratorOptions, registry: VoiceRegistry) -> None:
        self.options = options
        self._registry = registry
        self._clock_0 = monotonic_s()
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self._engine: Engine | None = None

    @property
    def failure(self) -> SkaldcastError | None:
        """What made the narration impossible, once it is."""
        return self._engine.failure if self._engine else None

    @property
    def closing(self) -> bool:
        """Whether `close` has begun."""
        return self._engine is not None and self._engine.closing

    @property
    def started(self) -> bool:
        """Whether voice and output were there."""
        return self._sequencer is not None

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, in their order."""
        return self._sequencer.cues if self._sequencer else []

    @property
    def waiting(self) -> int:
        """How many cues have not ended."""
        return self._sequencer.waiting if self._sequencer else 0

    @property
    def time_s(self) -> float:
        """Now, on the clock of the events."""
        return monotonic_s() - self._clock_0

    def cue(self, cue_id: str) -> Cue | None:
        """The cue of this id; None where there is none, or where it ended long ago."""
        return self._sequencer.tally.cues.get(cue_id) if self._sequencer else None

    def predict(self, cue: Cue) -> CuePrediction | None:
        """When a cue will be heard and how long it will last; None where it has ended."""
        return self._sequencer.predict(cue) if self._sequencer else None

    def voices(self) -> list[VoiceRow]:
        """All voices that are installed."""
        return self._registry.list_voices()

    @property
    def all_cues(self) -> list[Cue]:
        """The cues since the start, in the order in which they came; of those that ended long ago
        the last 20,000."""
        return list(self._sequencer.tally.cues.values()) if self._sequencer else []

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are ready and were not heard."""
        return self._engine.buffered_s if self._engine else 0.0

    @property
    def state(self) -> str:
        """The transport's state: one of the values of `PrebufferState`."""
        return self._sequencer.state.value if self._sequencer else "idle"

    @property
    def process_ids(self) -> dict[str, int | None]:
        """The child processes."""
        return self._engine.process_ids if self._engine else {}

    def events(self, *, capacity: int = 1000) -> Subscription:
        """Subscribe: an async iterator of events. A subscriber that falls `capacity` events
        behind loses the oldest and is told how many; nobody waits for it."""
        subscription = Subscription(capacity)
        self._subscriptions.add(subscription)
        return subscription

    @property
    def sample_rate(self) -> int:
        """Of the sound, in frames per second; raises `StateError` before the start."""
        return self._running.output.buffer.sample_rate

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` what becomes of the sound, from now on."""
        self._running.started.add_tap(tap)

    def keep_pace(self, frame: int, at_s: float) -> None:
        """Whoever plays the sound was at `frame` at `at_s`, on the clock of the events: an output
        without a device keeps pace with that, others keep their own."""
        self._running.output.playout.keep_pace(frame, at_s + self._clock_0)

    def heard(self) -> Heard:
        """How far the output is, and since when, on the clock of the events."""
        return self._engine.heard() if self._engine else Heard(0, 0.0)

    def vitals(self) -> Vitals:
        """How it is doing at this moment; raises `StateError` before the start."""
        if self._engine is None or self._engine.sequencer is None:
            raise StateError("there are no vitals: the narrator has not started")
        return vitals_of(self._engine, self.time_s)

    def report(self) -> dict[str, Any]:
        """The report of contracts.md, as it stands now; raises `StateError` before the start."""
        if self._engine is None or self._engine.sequencer is None:
            raise StateError("there is nothing to report: the narrator has not started")
        return narrator_report(self._engine, self.voice, self.options)

    @property
    def _running(self) -> Engine:
        """The engine; raises the failure that ended it, or `StateError`."""
        if self._engine is None:
            raise StateError("the narrator is not running: use it inside `async with`")
        self._engine.check_running()
        return self._engine

    @property
    def _sequencer(self) -> Sequencer | None:
        return self._engine.sequencer if self._engine else None
