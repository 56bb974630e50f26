"""Windows give each frame out once, in order, and see enough around it."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.xtts.windows import (
    CONTEXT,
    HOLD_BACK,
    StepSizes,
    Window,
    WindowPlan,
    interpolated,
)

SCALES = (4.0, 24_000 / 22_050)


def windows(latents: int, sizes: StepSizes, every: int = 1) -> list[tuple[int, Window]]:
    """The windows of an utterance, each with the frames that there were."""
    plan = WindowPlan(sizes)
    found: list[tuple[int, Window]] = []
    for count in [*range(0, latents, every), latents]:
        frames = interpolated(count, SCALES)
        window = plan.next(count, frames, final=count == latents)
        if window is not None:
            found.append((frames, window))
    return found


@given(st.integers(0, 602), st.integers(1, 40), st.integers(1, 100), st.integers(1, 30))
def test_every_frame_is_given_out_once_and_in_order(
    latents: int, first: int, most: int, every: int
) -> None:
    position = 0
    for _, window in windows(latents, StepSizes(first, max(first, most)), every):
        assert window.begin == position
        assert window.end > window.begin
        position = window.end
    assert position == interpolated(latents, SCALES)


@given(st.integers(0, 602), st.integers(1, 40), st.integers(1, 30))
def test_a_frame_has_its_context_before_and_behind_it(latents: int, first: int, every: int) -> None:
    found = windows(latents, StepSizes(first, 48), every)
    for frames, window in found:
        assert window.first == max(0, window.begin - CONTEXT)
        assert window.end == frames or window.end == frames - HOLD_BACK
    assert all(window.end < frames for frames, window in found[:-1])


def test_the_first_window_comes_early_and_the_later_ones_grow() -> None:
    plan = WindowPlan(StepSizes(12, 48))
    due = [n for n in range(300) if plan.next(n, interpolated(n, SCALES), final=False)]

    assert due == [12, 36, 84, 132, 180, 228, 276]


def test_ten_seconds_cost_little_more_than_their_own_frames() -> None:
    found = windows(215, StepSizes())

    vocoded = sum(frames - window.first for frames, window in found)
    assert vocoded < 1.25 * interpolated(215, SCALES)


def test_lengths_are_counted_as_torch_does() -> None:
    assert [interpolated(n, SCALES) for n in (1, 20, 45, 602)] == [4, 87, 195, 2620]
