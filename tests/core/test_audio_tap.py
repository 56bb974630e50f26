"""What a tap is told, against what the output plays: on the simulation."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.audio_feed import AudioFeed
from skaldcast.core.audio_stream import AudioStream, TakenBack
from skaldcast.core.audio_tap import AudioTap
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.types import Priority
from tests.core.feeding import Listener
from tests.core.simulation import Simulation, sentences

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("play", "play", "interrupt", "prefetch", "skip", "stop", "cancel", "pause", "crash")
        ),
        st.sampled_from((0.0, 0.04, 0.3, 1.0, 4.0)),
    ),
    max_size=12,
)


class Following(AudioTap):
    """A simulation, a tap that keeps everything, and a listener."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        self._blocks: list[Samples] = []
        self._cleared: list[tuple[int, int]] = []
        buffer = self.simulation.buffer
        self.feed = AudioFeed(buffer.sample_rate, lambda: None, kept_s=600.0)
        self.stream = AudioStream(self.feed, buffer.sample_rate)
        self.listener = Listener()
        for tap in (self, self.feed):
            self.simulation.sequencer.add_tap(tap)

    def pushed(self, frame: int, samples: Samples) -> None:
        assert frame == sum(block.size for block in self._blocks)
        self._blocks.append(samples.copy())

    def let_out(self, gate: int) -> None:
        assert gate == self.simulation.buffer.gate

    def cleared(self, begin: int, end: int) -> None:
        self._cleared.append((begin, end))

    def passed(self, frame: int) -> None:
        assert frame <= self.simulation.buffer.written

    def do(self, action: str, cues: int) -> None:
        simulation, text = self.simulation, sentences([cues], 6)
        match action:
            case "play":
                simulation.play(text)
            case "interrupt":
                simulation.play(text, Priority.INTERRUPT)
            case "prefetch":
                simulation.play(text, Priority.PREFETCH)
            case "skip":
                simulation.skip()
            case "stop":
                simulation.stop()
            case "cancel":
                for cue in simulation.cues[-1:]:
                    simulation.cancel(cue)
            case "pause":
                simulation.pause()
                simulation.run(0.5)
                simulation.resume()
            case _:
                simulation.crash_playout(0.2)

    @property
    def wanted(self) -> list[float]:
        """All that was pushed and not cleared."""
        sound = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        kept = np.ones(sound.size, bool)
        for begin, end in self._cleared:
            kept[begin:end] = False
        return sound[kept].tolist()

    @property
    def got(self) -> list[float]:
        return [self.listener.got[position] for position in sorted(self.listener.got)]

    def listen(self) -> None:
        for notice in self.stream.take_notices():
            assert isinstance(notice, TakenBack)
            self.listener.drop(notice)
        self.listener.take(self.stream.sent, self.stream.take(100_000))


def follow(steps: list[tuple[str, float]]) -> Following:
    following = Following()
    for number, (action, after_s) in enumerate(steps):
        following.do(action, number)
        following.simulation.run(after_s)
        buffer = following.simulation.buffer
        assert following.feed.limit == min(buffer.gate, buffer.written)
        following.listen()
    following.simulation.drain()
    following.listen()
    return following


@settings(max_examples=40)
@given(steps=STEPS)
def test_a_listener_has_what_was_made_and_not_taken_back(steps: list[tuple[str, float]]):
    following = follow(steps)
    assert following.got == following.wanted


@settings(max_examples=20)
@given(steps=STEPS)
def test_what_the_output_has_played_the_listener_has_too(steps: list[tuple[str, float]]):
    """But for what was on its way to the ear when a cut came."""
    following = follow([("play", 1.0), *steps])
    cuts = sum(action in ("skip", "stop", "cancel", "interrupt", "prefetch") for action, _ in steps)
    got = {value for value in following.got if value}
    played = {value for value in following.simulation.playout.values if value}
    tolerance = 0.06 * following.simulation.buffer.sample_rate * cuts
    missing = [v for v in following.simulation.playout.values if v and v not in got]
    assert len(missing) <= tolerance
    assert len(got - played) <= tolerance
