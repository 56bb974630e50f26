"""What the decoding loop achieves, told to a meter by a clock of the test's."""

import pytest

from skaldcast.core.synthesis.xtts.loop_meter import LoopMeter


def test_nothing_is_told_before_a_chunk_is_whole():
    meter = LoopMeter()
    meter.turn(1.0, decoding=True)
    meter.first_block(0.5)
    assert meter.figures() is None


def test_two_slots_at_once_are_each_slower_than_both_together():
    meter = LoopMeter()
    meter.turn(10.0, decoding=True)
    for _ in range(2):
        meter.first_block(0.5)
        meter.finished(slot_s=4.0, audio_s=8.0)
    meter.rest(14.0)
    figures = meter.figures()
    assert figures is not None
    assert figures.chunks == 2
    assert figures.real_time_factor == pytest.approx(0.25)
    assert figures.slot_real_time_factor == pytest.approx(0.5)


def test_time_without_chunks_is_not_counted():
    meter = LoopMeter()
    for began in (0.0, 100.0):
        meter.turn(began, decoding=True)
        meter.turn(began + 3.0, decoding=False)  # the rest of the vocoder's work
        meter.first_block(1.0)
        meter.finished(slot_s=4.0, audio_s=4.0)
        meter.rest(began + 4.0)
        meter.rest(began + 50.0)
    figures = meter.figures()
    assert figures is not None
    assert figures.busy_share == pytest.approx(0.75)
    assert figures.real_time_factor == pytest.approx(1.0)


def test_late_first_blocks_show_in_the_percentile():
    meter = LoopMeter()
    meter.turn(0.0, decoding=True)
    for wait_s in (*[0.1] * 94, *[2.0] * 6):
        meter.first_block(wait_s)
    meter.finished(slot_s=1.0, audio_s=1.0)
    meter.rest(1.0)
    figures = meter.figures()
    assert figures is not None
    assert figures.first_block_mean_s == pytest.approx(0.214)
    assert figures.first_block_p95_s == pytest.approx(2.0)
