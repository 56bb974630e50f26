"""What a listener beside the output gets: all that is let out, once and in order, whatever is taken
back meanwhile."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.audio_stream import AudioStream, FramesLost, TakenBack
from skaldcast.core.playout.buffer_ledger import NO_GATE
from tests.core.feeding import RATE, STEPS, Listener, Step, World


def read(stream: AudioStream, listener: Listener, most: int = 10_000) -> None:
    """Hand on what there is, what is taken back first."""
    for notice in stream.take_notices():
        assert isinstance(notice, TakenBack)
        listener.drop(notice)
    position = stream.sent
    listener.take(position, stream.take(most))


def test_frames_come_once_they_are_let_out_and_not_before():
    world, listener = World(), Listener()
    stream = AudioStream(world.feed, RATE)
    world.push(500)
    read(stream, listener)
    assert listener.kept == []
    world.let_out(300)
    read(stream, listener, 200)
    assert listener.kept == list(range(200))
    read(stream, listener)
    assert listener.kept == list(range(300))
    assert not stream.pending


def test_what_is_cleared_is_taken_back_and_what_follows_has_new_positions():
    world, listener = World(), Listener()
    stream = AudioStream(world.feed, RATE)
    world.push(1_000)
    world.let_out(NO_GATE)
    read(stream, listener)
    world.hear(200)
    world.clear(700)
    assert stream.take_notices() == [TakenBack(200, 1_000)]
    position = stream.sent
    assert position == 1_000
    assert stream.take(10_000).tolist() == list(range(700, 1_000))


def test_a_gate_that_goes_back_takes_back_what_lies_behind_it():
    world, listener = World(), Listener()
    stream = AudioStream(world.feed, RATE)
    world.push(1_000)
    world.let_out(NO_GATE)
    read(stream, listener)
    world.let_out(600)
    read(stream, listener)
    assert listener.kept == list(range(600))


def test_what_is_taken_back_twice_is_told_once():
    world = World()
    stream = AudioStream(world.feed, RATE)
    world.push(1_000)
    world.let_out(NO_GATE)
    stream.take(1_000)
    world.let_out(600)
    world.let_out(500)
    world.let_out(700)
    world.clear(1_000)
    assert stream.take_notices()[-1] == TakenBack(0, 1_000)
    world.push(10)
    world.clear(1_010)
    assert stream.take_notices() == []


def test_who_comes_late_begins_with_what_is_heard():
    world = World()
    world.push(1_000)
    world.let_out(NO_GATE)
    world.hear(400)
    stream = AudioStream(world.feed, RATE)
    assert stream.take(100).tolist() == list(range(400, 500))


def test_who_falls_too_far_behind_is_told_how_much_is_lost():
    world = World(kept_s=1.0)
    stream = AudioStream(world.feed, RATE)
    world.let_out(NO_GATE)
    world.push(500)
    stream.take(100)
    world.hear(500)
    world.push(900)
    world.hear(700)
    samples = stream.take(50)
    assert stream.take_notices() == [FramesLost(100, 600)]
    assert samples.tolist() == list(range(700, 750))


READS = st.one_of(st.integers(0, 60), st.integers(0, 300))


def speaking() -> World:
    """There is something to hear from the start, so that fewer steps lead nowhere."""
    world = World()
    world.do(("push", 400))
    world.do(("open", 0))
    return world


@given(steps=st.lists(st.tuples(STEPS, READS), min_size=3, max_size=40))
def test_what_was_sent_and_not_taken_back_is_what_was_let_out(steps: list[tuple[Step, int]]):
    world, listener = speaking(), Listener()
    stream = AudioStream(world.feed, RATE)
    for step, most in steps:
        read(stream, listener, most)
        world.do(step)
        read(stream, listener, 0)
        assert listener.kept == world.wanted[: len(listener.kept)]
    while stream.pending:
        read(stream, listener)
    assert listener.kept == world.wanted


@given(
    steps=st.lists(st.one_of(STEPS, st.tuples(st.just("lose"), st.integers(0, 500))), max_size=40)
)
def test_after_lost_connections_too(steps: list[Step]):
    world, listener = World(), Listener()
    stream = AudioStream(world.feed, RATE)
    for step in steps:
        if step[0] == "lose":
            received = max(stream.sent - step[1], 0)
            listener.got = {p: v for p, v in listener.got.items() if p < received}
            stream.go_back(received)
        else:
            world.do(step)
        for notice in stream.take_notices():
            assert isinstance(notice, TakenBack)
            listener.drop(notice)
        listener.take(stream.sent, stream.take(150))
    while stream.pending:
        read(stream, listener)
    assert listener.kept == world.wanted


@given(
    steps=st.lists(STEPS, min_size=3, max_size=30),
    most=st.integers(1, 300),
    part=st.one_of(st.floats(0.7, 1.0), st.floats(0.0, 1.0)),
)
def test_a_frame_is_passed_once_all_before_it_has_been(steps: list[Step], most: int, part: float):
    world, listener = speaking(), Listener()
    stream = AudioStream(world.feed, RATE)
    for step in steps:
        world.do(step)
        read(stream, listener, most)
        played = round(part * stream.sent)
        passed = stream.feed_frame(played)
        ahead = [round(value) for position, value in listener.got.items() if position >= played]
        missing = world.wanted[len(listener.kept) :]
        assert all(frame >= passed for frame in (*ahead, *missing))
    if not stream.pending:
        assert stream.feed_frame(stream.sent) == inf


def sine(frames: int, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * 440 * np.arange(frames) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 24_000, 44_100, 48_000])
def test_at_another_rate_the_sound_is_the_same_and_as_long(rate: int):
    world = World(rate, kept_s=5.0)
    stream = AudioStream(world.feed, 48_000)
    signal = sine(2 * rate, rate)
    world.let_out(NO_GATE)
    for begin in range(0, signal.size, 1_234):
        part = signal[begin : begin + 1_234]
        world.push(part.size, part)
    world.let_out(2 * rate)
    parts = [stream.take(777) for _ in range(500)]
    assert stream.pending == (rate != 48_000)  # the last of it, until the output is there
    world.hear(2 * rate - 1)
    parts += [stream.take(777) for _ in range(10)]
    sound = np.concatenate(parts)
    assert sound.size == 96_000
    assert np.abs(sound - sine(96_000, 48_000))[200:-200].max() < 1e-3


def test_who_comes_back_goes_on_without_a_seam_at_another_rate_too():
    world = World(24_000, kept_s=5.0)
    stream = AudioStream(world.feed, 48_000)
    world.let_out(NO_GATE)
    world.push(48_000, sine(48_000, 24_000))
    first = stream.take(30_000)
    received = 20_001
    stream.go_back(received)
    assert stream.sent == first.size
    sound = np.concatenate((first[:received], stream.take(40_000)))
    assert np.abs(sound - sine(sound.size, 48_000))[200:].max() < 1e-3
    assert stream.feed_frame(first.size) == pytest.approx(received / 2, abs=1)


def test_the_level_is_that_of_what_was_let_out():
    world = World(24_000)
    world.push(24_000, 0.5 * sine(24_000, 24_000))
    world.let_out(12_000)
    peak, rms = world.feed.level(0, 24_000)
    assert (peak, rms) == (pytest.approx(0.5, abs=1e-3), pytest.approx(0.5 / 2**0.5, abs=1e-3))
    assert world.feed.level(12_000, 12_000) == (0.0, 0.0)
