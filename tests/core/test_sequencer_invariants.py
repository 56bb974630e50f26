"""What holds whatever happens, in whatever order: played on the simulation."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.cue import Cue
from skaldcast.core.events import (
    ChunkFailed,
    CueFinished,
    CueQueued,
    CueStarted,
    Event,
    WordStarted,
)
from skaldcast.core.types import Outcome, Priority
from tests.core.simulated import Voice
from tests.core.simulation import Simulation, words_of

VOICES = (
    Voice(),
    Voice(latency_s=0.3, real_time_factor=0.8),
    Voice(block_s=0.0, real_time_factor=0.3, latency_s=0.2),
    Voice(capacity=3, real_time_factor=0.6, tells_words=False),
    Voice(real_time_factor=1.4, latency_s=0.5),
    Voice(frames_per_character=9),
    Voice(frames_per_character=19, tells_words=False, block_s=0.5),
)
ENDS = (". ", ", ", " ", "! ", ".\n\n", "; ")


@dataclass(frozen=True)
class Step:
    after_s: float
    action: str
    number: int
    words: int


STEPS = st.lists(
    st.builds(
        Step,
        after_s=st.sampled_from((0.0, 0.005, 0.04, 0.3, 1.0, 4.0)),
        action=st.sampled_from(
            (
                *(
                    "play",
                    "play",
                    "play",
                    "interrupt",
                    "prefetch",
                    "open",
                    "push",
                    "push",
                    "finish",
                ),
                *("skip", "stop", "cancel", "cancel", "pause", "resume", "kill", "crash", "blank"),
            )
        ),
        number=st.integers(0, 9),
        words=st.integers(1, 30),
    ),
    min_size=1,
    max_size=14,
)


class Story:
    """Does the steps, and keeps what was asked for."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.open: list[Cue] = []
        self.written = 0

    def text(self, words: int, number: int) -> str:
        """So many words that are nowhere else."""
        first = self.written
        self.written += words
        end = ENDS[number % len(ENDS)]
        return "".join(
            f"v{first + n:03}{end if n % 6 == 5 or n == words - 1 else ' '}" for n in range(words)
        )

    def do(self, step: Step) -> None:
        simulation = self.simulation
        simulation.run(step.after_s)
        match step.action:
            case "play" | "interrupt" | "prefetch":
                priority = {"play": Priority.DEMAND, "interrupt": Priority.INTERRUPT}
                text = self.text(step.words, step.number)
                simulation.play(text, priority.get(step.action, Priority.PREFETCH))
            case "blank":
                simulation.play(("", "  ", "...", "—!?", "\n\n", "🎲 🐉")[step.number % 6])
            case "open":
                self.open.append(simulation.open())
            case "push" | "finish" if self.open:
                cue = self.open[step.number % len(self.open)]
                if step.action == "push":
                    simulation.push(cue, self.text(step.words, step.number))
                else:
                    self.open.remove(cue)
                    simulation.finish(cue)
            case "cancel" if simulation.cues:
                simulation.cancel(simulation.cues[step.number % len(simulation.cues)])
            case "kill":
                simulation.worker.kill()
            case "crash":
                simulation.crash_playout()
            case "skip" | "stop" | "pause" | "resume":
                getattr(simulation, step.action)()
            case _:
                pass

    def end(self) -> None:
        self.simulation.resume()
        for cue in self.open:
            self.simulation.finish(cue)
        self.simulation.drain()


def told(simulation: Simulation, cue: Cue, kind: type[Event]) -> list[Event]:
    return [e for e in simulation.of(kind) if getattr(e, "cue_id", None) == cue.cue_id]


def check_each_cue_ended_once(simulation: Simulation) -> None:
    outcomes = simulation.outcomes()
    for cue in simulation.cues:
        assert outcomes[cue.cue_id] == cue.outcome
        assert len(told(simulation, cue, CueQueued)) == 1
        assert len(told(simulation, cue, CueFinished)) == 1
        assert len(told(simulation, cue, CueStarted)) == (cue.started_s is not None)
        assert cue.finished_s is not None
        assert cue.queued_s <= (cue.started_s or cue.queued_s) <= cue.finished_s


def check_what_was_heard(simulation: Simulation) -> None:
    heard = simulation.heard_words()
    for cue in simulation.cues:
        failures = [e for e in told(simulation, cue, ChunkFailed) if isinstance(e, ChunkFailed)]
        lost = {word for event in failures for word in words_of(event.text)}
        own = [word for word in words_of(cue.text) if word not in lost]
        of_it = [word for word in heard if word in set(own)]
        whole = cue.outcome in (Outcome.FINISHED, Outcome.FAILED)
        assert of_it == (own if whole else own[: len(of_it)])
        assert bool(lost) == (cue.outcome is Outcome.FAILED) or not whole
        if cue.started_s is None:
            assert of_it == []


def check_words_were_told(simulation: Simulation) -> None:
    for cue in simulation.cues:
        words = [e for e in told(simulation, cue, WordStarted) if isinstance(e, WordStarted)]
        for event in words:
            assert cue.text[event.start : event.start + len(event.word)] == event.word
            assert cue.started_s is not None
            assert cue.finished_s is not None
            assert cue.started_s <= event.time_s <= cue.finished_s + 1e-9
        times = [event.time_s for event in words]
        assert times == sorted(times)
        said = [event.word for event in words]
        own = words_of(cue.text)
        assert said == own or cue.outcome is not Outcome.FINISHED
        assert len(set(said)) == len(said)


def check_bounds(simulation: Simulation) -> None:
    assert simulation.most_queued <= 3 + simulation.voice.capacity + 1
    assert simulation.sequencer.unspoken_characters() == 0
    assert not simulation.sequencer.cues
    audio_s = sum(cue.audio_s for cue in simulation.cues)
    heard_s = len(simulation.playout.frames) / 200
    # What of a cue had been heard before it was begun anew is not counted, nor a pause before it.
    assert audio_s <= heard_s + 0.05 * len(simulation.cues) + 1e-6


CHECKS: tuple[Callable[[Simulation], None], ...] = (
    check_each_cue_ended_once,
    check_what_was_heard,
    check_words_were_told,
    check_bounds,
)


TROUBLED = (
    Voice(deadly=frozenset({"v004", "v031"}), broken=frozenset({"v017"})),
    Voice(deadly=frozenset({"v002"}), mute=frozenset({"v009", "v040"}), capacity=3),
    Voice(hanging=frozenset({"v003"}), block_s=0.0),
)


def tell(simulation: Simulation, steps: list[Step]) -> None:
    story = Story(simulation)
    for step in steps:
        story.do(step)
    story.end()
    for check in CHECKS:
        check(simulation)


@given(steps=STEPS, voice=st.sampled_from(VOICES), policy=st.sampled_from(("adaptive", "fixed")))
@settings(max_examples=60)
def test_nothing_is_lost_or_heard_twice_on_a_device(
    steps: list[Step], voice: Voice, policy: str
) -> None:
    tell(Simulation(voice, policy=policy), steps)


@given(steps=STEPS, voice=st.sampled_from(TROUBLED), depth_s=st.sampled_from((0.1, 1.0)))
@settings(max_examples=40)
def test_nothing_else_is_lost_where_chunks_fail_kill_or_hang(
    steps: list[Step], voice: Voice, depth_s: float
) -> None:
    tell(Simulation(voice, depth_s=depth_s), steps)


@given(steps=STEPS, profile=st.sampled_from(("cinematic", "longform")), pauses=st.booleans())
@settings(max_examples=40)
def test_nothing_is_lost_or_written_twice_to_a_file(
    steps: list[Step], profile: str, pauses: bool
) -> None:
    tell(Simulation(profile=profile, pauses=pauses, paced=False), steps)


@given(steps=STEPS, buffer_s=st.sampled_from((1.0, 2.0, 7.0)))
@settings(max_examples=40)
def test_nothing_is_lost_where_the_audio_buffer_is_small(
    steps: list[Step], buffer_s: float
) -> None:
    tell(Simulation(Voice(real_time_factor=0.01), buffer_s=buffer_s, depth_s=0.2), steps)
