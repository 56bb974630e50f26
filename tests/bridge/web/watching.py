"""What tests of the web address share: a narrator that is only looked at."""

from dataclasses import replace

from skaldcast.core.cue import Cue
from skaldcast.core.errors import SkaldcastError, StateError
from skaldcast.core.events import Event
from skaldcast.core.narrator_options import NarratorOptions
from skaldcast.core.subscription import Subscription
from skaldcast.core.synthesis.registry import ResolvedVoice
from skaldcast.core.types import Outcome, Voice
from skaldcast.core.vitals import Vitals

VITALS = Vitals(
    time_s=12.0,
    state="playing",
    buffered_s=3.5,
    margin_s=2.5,
    margin_min_s=0.25,
    start_mark_s=1.5,
    pause_mark_s=0.5,
    real_time_factor=0.1,
    time_to_first_audio_s=0.125,
    waiting=2,
    ended={Outcome.FINISHED: 7, Outcome.FAILED: 1},
    chunks=31,
    made_s=60.0,
    synthesis_s=6.0,
    underruns=1,
    underrun_s=0.75,
    holds=4,
    hold_s=2.0,
    device_underflows=3,
    restarts={"synthesis": 2, "playout": 0},
    listeners=5,
    gpu=[],
)
CARD = {"name": "A card", "vram_total_mb": 80_000, "vram_used_mb": 4_000, "busy_share": 0.5}


class FakeBroadcast:
    """Answers every offer but those that a test refuses."""

    def __init__(self) -> None:
        self.refuses: SkaldcastError | None = None
        self.there: list[str] = []

    @property
    def listeners(self) -> tuple[str, ...]:
        return tuple(self.there)

    async def connect(self, offer: str) -> tuple[str, str]:
        if self.refuses is not None:
            raise self.refuses
        self.there.append(f"listener{len(self.there)}")
        return self.there[-1], f"an answer to {offer}"

    def disconnect(self, listener: str) -> None:
        self.there.remove(listener)


class FakeNarrator:
    """Says what a test wants it to say."""

    def __init__(self) -> None:
        self.options = NarratorOptions(voice="tone", output="null")
        self.voice = ResolvedVoice("tone", Voice("tone", "tone"), "")
        self.started = True
        self.closing = False
        self.failure: SkaldcastError | None = None
        self.time_s = 12.0
        self.shown = VITALS
        self.looked = 0
        self.listeners = FakeBroadcast()
        self.cues: dict[str, Cue] = {}
        self._subscription = Subscription(10)

    @property
    def broadcast(self) -> FakeBroadcast:
        if not self.started:
            raise StateError("the narrator is not running")
        return self.listeners

    def cue(self, cue_id: str) -> Cue | None:
        if cue_id == "broken":
            raise RuntimeError("a fault of ours")
        return self.cues.get(cue_id)

    def vitals(self) -> Vitals:
        self.looked += 1
        return self.shown

    def show(self, **changes: object) -> None:
        self.shown = replace(self.shown, **changes)  # pyright: ignore

    def events(self, *, capacity: int = 1000) -> Subscription:
        return self._subscription

    def tell(self, event: Event) -> None:
        self._subscription.put(event)
