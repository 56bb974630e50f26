"""Which frame of the audio buffer a device is at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.position_map import PositionMap

rates = st.sampled_from([(24_000, 48_000), (24_000, 44_100), (22_050, 48_000), (48_000, 24_000)])


def test_equal_rates_count_alike() -> None:
    position = PositionMap(24_000, 24_000)
    position.begin_audio(0, 100)
    assert [position.buffer_frame(n) for n in (0, 1, 500)] == [100, 101, 600]


@pytest.mark.parametrize(("device_frame", "frame"), [(0, 0), (1, 0), (2, 1), (44_100, 24_000)])
def test_rates_are_converted_down_to_the_frame_that_was_begun(
    device_frame: int, frame: int
) -> None:
    position = PositionMap(24_000, 44_100)
    position.begin_audio(0, 0)
    assert position.buffer_frame(device_frame) == frame


def test_inserted_silence_stands_still() -> None:
    position = PositionMap(24_000, 48_000)
    position.begin_audio(0, 0)
    position.begin_silence(2000, 1000)
    position.begin_audio(5000, 1000)
    assert [position.buffer_frame(n) for n in (1998, 2000, 4999, 5000, 5002)] == [
        999,
        1000,
        1000,
        1000,
        1001,
    ]


def test_a_rounded_last_frame_does_not_reach_into_the_next_stretch() -> None:
    position = PositionMap(24_000, 16_000)
    position.begin_audio(0, 0)
    position.begin_audio(1, 1)  # one frame became one frame, where two thirds would do
    assert position.buffer_frame(1) == 1
    position.begin_silence(2, 2)
    assert position.buffer_frame(2) == 2


def test_before_the_first_stretch_it_is_at_its_beginning() -> None:
    position = PositionMap(24_000, 24_000)
    position.begin_audio(5, 100)
    assert position.buffer_frame(0) <= 100


@given(rates, st.lists(st.tuples(st.booleans(), st.integers(10, 5000)), min_size=1))
def test_positions_never_go_back_and_are_right_within_a_frame(
    rate: tuple[int, int], stretches: list[tuple[bool, int]]
) -> None:
    buffer_rate, device_rate = rate
    position = PositionMap(buffer_rate, device_rate)
    device_frame = frame = 0
    expected: list[tuple[int, float]] = []
    for silent, frames in stretches:
        if silent:
            position.begin_silence(device_frame, frame)
            device_frames, step = frames, 0.0
        else:
            position.begin_audio(device_frame, frame)
            device_frames, step = round(frames * device_rate / buffer_rate), 1.0
        for n in (0, device_frames // 2, device_frames - 1):
            at = frame + step * n * buffer_rate / device_rate
            expected.append((device_frame + n, at))
        device_frame += device_frames
        frame += 0 if silent else frames
    found = [position.buffer_frame(max(device, 0)) for device, _ in expected]
    coarser = max(1.0, buffer_rate / device_rate)
    assert all(abs(f - at) <= coarser for f, (_, at) in zip(found, expected, strict=True))
    everywhere = [position.buffer_frame(n) for n in range(min(device_frame, 3000))]
    assert everywhere == sorted(everywhere)


@given(rates, st.integers(0, 5000), st.integers(0, 5000))
def test_what_lies_before_a_cut_reaches_up_to_it_and_no_further(
    pair: tuple[int, int], first: int, gate: int
) -> None:
    position = PositionMap(*pair)
    position.begin_audio(0, first)
    frames = position.cut(first + gate)
    assert position.buffer_frame(frames) >= first + gate
    assert frames == 0 or position.buffer_frame(frames - 1) < first + gate


def test_a_cut_forgets_the_stretches_behind_it() -> None:
    position = PositionMap(24_000, 24_000)
    position.begin_audio(0, 0)
    position.begin_silence(1000, 1000)
    position.begin_audio(1500, 1000)
    assert position.cut(2000) == 2500
    assert position.cut(1000) == 1000
    assert position.cut(400) == 400
    position.begin_audio(400, 5000)
    assert [position.buffer_frame(n) for n in (399, 400, 401)] == [399, 5000, 5001]
