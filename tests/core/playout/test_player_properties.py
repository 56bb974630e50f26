"""What holds for the player whatever is done to it, and whenever."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.messages import RunEnded, RunStarted
from skaldcast.core.playout.player import FADE_S, RAMP_S, Player
from tests.core.playout.playing import NO_GATE, Playing, numbered
from tests.fakes import FakeDevice

RATE = 2400
"""Low, as each frame is looked at. All that the player does is measured in seconds."""
FADE = round(FADE_S * RATE)

times = st.floats(0.001, 0.4).map(lambda seconds: round(seconds, 3))
lengths = st.integers(1, 1500)
speaking = st.one_of(
    st.tuples(st.just("push"), lengths),
    st.tuples(st.just("wait"), times),
    st.tuples(st.just("stall"), times),
)
anything = st.one_of(
    speaking,
    st.tuples(st.sampled_from(["pause", "resume", "clear", "open_gate"]), st.none()),
    st.tuples(st.sampled_from(["skip", "gate"]), lengths),
    st.tuples(st.just("lose"), times),
    st.tuples(st.just("kill"), times),
)


class Story:
    """Does things to a player and keeps what may be heard then."""

    def __init__(self, *, delay_s: float = 0.0) -> None:
        self.playing = Playing(RATE, RATE, delay_s=delay_s)
        self.devices = [(0, 0.0, self.playing.device)]
        """Each with the frame at which it had to begin, and how many of those before may have been
        heard by then: what the last one played since the last step."""
        self.interruptions = 0
        self.cleared: list[tuple[float, int]] = [(0.0, 0)]
        self.gates: list[tuple[float, int]] = [(0.0, NO_GATE)]

    def do(self, action: str, argument: float | None) -> None:
        getattr(self, f"_{action}")(argument)

    def _push(self, count: int) -> None:
        self.playing.push(min(count, self.playing.buffer.room))

    def _wait(self, seconds: float) -> None:
        self.playing.run(seconds)

    def _stall(self, seconds: float) -> None:
        self.playing.clock.pass_time(seconds)

    def _pause(self, _: None) -> None:
        self.interruptions += 1
        self.playing.player.pause(self.playing.clock.now_s)

    def _resume(self, _: None) -> None:
        self.playing.player.resume()

    def _clear(self, _: None) -> None:
        self._skip_to(self.playing.buffer.written)

    def _skip(self, frames: int) -> None:
        buffer = self.playing.buffer
        self._skip_to(min(buffer.heard + frames, buffer.written))

    def _skip_to(self, frame: int) -> None:
        self.interruptions += 1
        self.cleared.append((self.playing.clock.now_s, frame))
        self.playing.buffer.clear(frame)
        self.playing.player.step(self.playing.clock.now_s)

    def _gate(self, frames: int) -> None:
        """A chunk further on is held back; what the player took already is past holding."""
        buffer = self.playing.buffer
        gate = max(buffer.taken, min(buffer.heard + frames, buffer.written))
        self.gates.append((self.playing.clock.now_s, gate))
        self.playing.gate(gate)

    def _open_gate(self, _: None) -> None:
        self.gates.append((self.playing.clock.now_s, NO_GATE))
        self.playing.gate(NO_GATE)

    def _unknown(self) -> float:
        return (self.playing.clock.now_s - self.playing.stepped_s) * RATE + 1

    def _lose(self, seconds: float) -> None:
        unknown = self._unknown()
        self.playing.device.lose()
        with pytest.raises(OutputError):
            self.playing.player.step(self.playing.clock.now_s)
        self.playing.player.detach()
        self.playing.run(seconds)
        self._go_on(unknown)

    def _kill(self, seconds: float) -> None:
        """The playout process dies, and the next one begins with what lies in the buffer."""
        unknown = self._unknown()
        self.playing.device.lose()
        self.playing.clock.pass_time(seconds)
        paused = self.playing.player.paused
        self.playing.player = Player(self.playing.buffer, self.playing.messages.append)
        if paused:
            self.playing.player.pause(self.playing.clock.now_s)
        self._go_on(unknown)

    def _go_on(self, unknown: float) -> None:
        self.interruptions += 1
        device = self.playing.device = FakeDevice(self.playing.clock, RATE)
        begin = max(self.playing.buffer.heard, self.playing.buffer.cleared)
        self.devices.append((begin, unknown, device))
        self.playing.player.attach(device)

    def end(self) -> None:
        self._resume(None)
        self._open_gate(None)
        self.playing.finish()
        self.playing.run(9.0)

    def check(self) -> None:
        """Walk over all that was heard. Where a sample was faded, what frame it was is not always
        plain at once; one way of reading it must make sense to the end."""
        following, changed = {0}, 0
        for begin, unknown, device in self.devices:
            assert any(frame - begin <= unknown for frame in following)
            following = {begin}
            recording = device.recording
            for index in np.flatnonzero(recording):
                at_s = device.began_s + (index + 1) / RATE
                number = float(recording[index]) * 2**20
                changed += not number.is_integer()
                ways = following | {mark for since_s, mark in self.cleared if since_s <= at_s}
                following = {
                    frame + 1
                    for frame in ways
                    if frame >= min(following)
                    and number <= frame + 1
                    and self._is_let_out(frame, at_s)
                }
                assert following
        end = {max(frame, *(mark for _, mark in self.cleared)) for frame in following}
        assert self.playing.buffer.written in end
        assert changed <= 2 * FADE * self.interruptions

    def _is_let_out(self, frame: int, at_s: float) -> bool:
        faded_s = at_s - FADE_S - 2.5 / RATE
        cleared = max(mark for since_s, mark in self.cleared if since_s <= faded_s)
        gate = max(
            gate
            for (since_s, gate), (until_s, _) in pairwise([*self.gates, (np.inf, 0)])
            if since_s <= at_s and until_s >= at_s - 1.1  # a device is 1 s deep
        )
        return cleared <= frame < gate


@given(st.lists(anything, max_size=25))
def test_all_is_heard_once_in_order_but_what_was_cleared(
    actions: list[tuple[str, float | None]],
) -> None:
    story = Story()
    for action, argument in actions:
        story.do(action, argument)
    story.end()
    story.check()


@given(st.lists(anything, max_size=25))
def test_each_run_that_starts_ends(actions: list[tuple[str, float | None]]) -> None:
    story = Story()
    for action, argument in actions:
        story.do(action, argument)
        if action in ("lose", "kill"):  # main ends the run by itself
            story.playing.messages.append(RunEnded(0, 0.0))
    story.end()
    sounding = False
    for message in story.playing.messages:
        match message:
            case RunStarted():
                assert not sounding
                sounding = True
            case RunEnded():
                sounding = False
            case _:
                pass
    assert not sounding


@given(st.lists(speaking, min_size=1, max_size=25))
def test_silence_inside_speech_is_counted_in_frames_and_as_events(
    actions: list[tuple[str, float]],
) -> None:
    story = Story()
    for action, argument in actions:
        story.do(action, argument)
    story.end()
    sounding = np.flatnonzero(story.playing.device.recording)
    silences = np.diff(sounding) - 1
    statistics = story.playing.buffer.statistics()
    # Silence that the end of the text turned out to have followed was inside speech as well.
    events = np.count_nonzero(silences)
    assert statistics.underruns in (events, events + 1)
    if statistics.underruns == events:
        silent = int(silences.sum())
        assert statistics.underrun_frames == pytest.approx(silent, abs=2 * int(events))


@given(st.lists(st.tuples(times, st.integers(0, 12_000)), max_size=10))
def test_a_gate_is_never_an_underrun(steps: list[tuple[float, int]]) -> None:
    playing = Playing(RATE, RATE)
    playing.gate(0)
    playing.push(12_000)
    for seconds, frames in steps:
        playing.gate(min(playing.buffer.gate + frames, 12_000))
        playing.run(seconds)
    playing.gate(NO_GATE)
    playing.finish()
    playing.run(6.0)
    assert playing.heard == list(range(12_000))
    assert playing.buffer.statistics().underrun_frames == 0


@given(st.lists(speaking, max_size=15), st.sampled_from([0.0, 0.02, 0.1]))
def test_the_position_never_runs_ahead_and_is_right_after_each_step(
    actions: list[tuple[str, float]], delay_s: float
) -> None:
    story = Story(delay_s=delay_s)
    playing = story.playing
    step = playing.step

    def looking_step() -> float:
        assert playing.buffer.heard <= playing.device.sounding.size
        wait_s = step()
        assert playing.buffer.heard == playing.device.sounding.size
        return wait_s

    playing.step = looking_step
    for action, argument in actions:
        story.do(action, argument)
    assert playing.buffer.heard <= playing.device.sounding.size


@given(st.lists(st.tuples(times, st.floats(0.0, 1.0, width=16)), max_size=12))
def test_the_volume_moves_without_a_step_or_a_gap_and_ends_where_it_was_set(
    changes: list[tuple[float, float]],
) -> None:
    playing = Playing(RATE, RATE)
    playing.push(15_000)
    playing.finish()
    for seconds, gain in changes:
        playing.player.set_gain(gain)
        playing.run(seconds / 4)
    at = playing.device.recording.size
    playing.run(7.0)
    gains = playing.device.recording[:15_000] / numbered(0, 15_000)
    assert np.abs(np.diff(gains)).max() <= 1.01 / (RAMP_S * RATE)
    heard_at_once = at + round(0.05 * RATE)
    last_gain = changes[-1][1] if changes else 1.0
    np.testing.assert_allclose(gains[heard_at_once:], last_gain, rtol=1e-6)


@given(
    st.sampled_from([(2400, 4800), (2400, 4410), (2205, 4800), (2400, 2205), (4800, 1600)]),
    st.sampled_from([1.0, 0.03]),
    st.lists(st.one_of(speaking, st.tuples(st.just("turn"), times)), max_size=12),
)
def test_no_rate_loses_or_adds_a_frame(
    rates: tuple[int, int], depth_s: float, actions: list[tuple[str, float]]
) -> None:
    rate, device_rate = rates
    playing = Playing(rate, device_rate, depth_s=depth_s)
    stretches = 1
    for action, argument in actions:
        match action:
            case "push":
                playing.push_samples(np.full(int(argument), 0.5, np.float32))
            case "turn":
                stretches += 1
                playing.player.pause(playing.clock.now_s)
                playing.player.resume()
            case _:
                playing.run(argument)
        assert playing.buffer.heard <= playing.buffer.taken
    playing.finish()
    playing.run(9.0)
    written = playing.buffer.written
    assert playing.buffer.heard == written
    stretches += playing.buffer.statistics().underruns
    frames = playing.device.sounding.size
    assert frames == pytest.approx(written * device_rate / rate, abs=1 + 2 * stretches)
