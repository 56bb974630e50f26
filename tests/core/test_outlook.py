"""What the prebuffer is told of the chunks."""

import pytest

from skaldcast.core.outlook import let_out_of, outlook_of
from skaldcast.core.plan import ChunkState
from skaldcast.core.playout.prebuffer import Outlook, SynthesisStage
from tests.core.test_assembler import PAUSE_S, RATE, Bench


def seen(bench: Bench, *, text_ended: bool = True, quiet_since: float | None = None) -> Outlook:
    return outlook_of(
        bench.assembler,
        RATE,
        5.0,
        let_out=let_out_of(bench.assembler.chunks),
        text_ended=text_ended,
        quiet_since=quiet_since,
    )


def test_nothing_planned_is_an_empty_outlook():
    outlook = seen(Bench())
    assert (outlook.chunks, outlook.buffered_s, outlook.text_ended) == ((), 0.0, True)


def test_a_chunk_is_told_of_at_each_stage():
    bench = Bench(3)
    waiting, running, made = bench.chunks[2], bench.chunks[1], bench.chunks[0]
    running.state, running.started_at_s, running.first_block_at_s = ChunkState.RUNNING, 3.0, 3.5
    running.blocks_received, running.last_block_at_s = 2, 4.0
    bench.make(1, 50, over=False)
    bench.make(0, 200)
    first, second, third = seen(bench).chunks
    assert waiting.state is ChunkState.WAITING
    assert made.end_frame == 200
    assert (first.stage, first.complete, first.audio_s, first.pause_s) == (
        SynthesisStage.DONE,
        True,
        2.0,
        0.0,
    )
    assert (second.stage, second.complete) == (SynthesisStage.RUNNING, False)
    assert (second.audio_s, second.pause_s, second.expected_s) == (1.0, PAUSE_S, 3.5)
    assert (second.running_since, second.blocks) == (3.0, 2)
    assert (second.first_block_at, second.last_block_at) == (3.5, 4.0)
    assert (third.stage, third.audio_s, third.expected_s) == (SynthesisStage.WAITING, 0.0, 3.5)


def test_a_chunk_that_waits_inside_the_worker_is_not_being_made():
    bench = Bench(1)
    bench.chunks[0].state = ChunkState.RUNNING
    assert seen(bench).chunks[0].stage is SynthesisStage.WAITING


def test_a_chunk_longer_than_predicted_is_as_long_as_it_is():
    bench = Bench(1)
    bench.make(0, 700, over=False)
    assert seen(bench).chunks[0].expected_s == 7.0


def test_what_is_let_out_whole_is_told_of_as_one():
    bench = Bench(4)
    for number in range(3):
        bench.make(number, 100)
    bench.let_out(0, 1)
    first, second, third = seen(bench).chunks
    assert (first.let_out, first.complete, first.audio_s) == (True, True, 2.5)
    assert first.expected_s == 2.5
    assert [row.let_out for row in (second, third)] == [False, False]


def test_what_is_let_out_half_made_is_told_of_by_itself():
    bench = Bench(2)
    bench.make(0, 100)
    bench.make(1, 50, over=False)
    bench.let_out(0, 1)
    assert [row.complete for row in seen(bench).chunks] == [True, False]


def test_a_hundred_short_chunks_are_all_accounted_for():
    bench = Bench(100)
    for number in range(100):
        bench.make(number, 10)
    bench.let_out(*range(60))
    bench.hear(15)
    outlook = seen(bench)
    assert outlook.chunks[0].audio_s == pytest.approx(59 * (PAUSE_S + 0.1))
    heard_s = sum(row.audio_s for row in outlook.chunks) - outlook.buffered_s
    assert heard_s == pytest.approx(0.05)


def test_a_rest_shortens_the_next_pause_alone():
    bench = Bench(3)
    bench.make(0, 10)
    bench.let_out(0)
    bench.hear(10)
    bench.assembler.resting_since = 4.8
    assert [row.pause_s for row in seen(bench).chunks] == [pytest.approx(0.3), PAUSE_S]


def test_holes_do_not_count_as_buffered():
    bench = Bench(1, 1, 1)
    for number in range(3):
        bench.make(number, 100)
    bench.assembler.drop(bench.plans[1])
    assert seen(bench).buffered_s == pytest.approx(1.0 + PAUSE_S + 1.0)


def test_a_source_stalls_only_where_text_is_to_come():
    bench = Bench(1)
    assert seen(bench, quiet_since=3.0).source_stalled_since is None
    assert seen(bench, text_ended=False, quiet_since=3.0).source_stalled_since == 3.0
