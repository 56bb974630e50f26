"""When chunks are let out: what is safe, what is seamless, and where a wait goes."""

from dataclasses import replace

import pytest

from skaldcast.core.playout.prebuffer import (
    ChunkOutlook,
    Decision,
    Outlook,
    Prebuffer,
    PrebufferState,
    SynthesisStage,
)
from skaldcast.core.text.pace import Pace
from skaldcast.core.types import Boundary

EVEN = Pace(
    latency_s=0.2,
    real_time_factor=0.5,
    jitter_s=0.0,
    spread_s=0.0,
    block_jitter_s=0.0,
    rate_spread=0.0,
)
"""A voice of whole chunks without jitter: a chunk of 4 s takes 2.2 s."""
STREAMING = Pace(
    latency_s=0.3,
    real_time_factor=0.8,
    jitter_s=0.0,
    block_s=0.2,
    spread_s=0.0,
    block_jitter_s=0.0,
    rate_spread=0.0,
)


def made(audio_s: float, boundary: Boundary = Boundary.SENTENCE) -> ChunkOutlook:
    return ChunkOutlook(
        boundary, audio_s, audio_s=audio_s, complete=True, stage=SynthesisStage.DONE, blocks=1
    )


def heard(audio_s: float, boundary: Boundary = Boundary.SENTENCE) -> ChunkOutlook:
    chunk = made(audio_s, boundary)
    chunk.let_out = True
    return chunk


def waiting(expected_s: float, boundary: Boundary = Boundary.SENTENCE) -> ChunkOutlook:
    return ChunkOutlook(boundary, expected_s)


def running(
    expected_s: float, since: float = 0.0, blocks: int = 0, last_at: float = 0.0
) -> ChunkOutlook:
    return ChunkOutlook(
        Boundary.SENTENCE,
        expected_s,
        audio_s=0.2 * blocks,
        stage=SynthesisStage.RUNNING,
        running_since=since,
        blocks=blocks,
        last_block_at=last_at,
    )


def look(*chunks: ChunkOutlook, now: float, heard_s: float = 0.0, ended: bool = False) -> Outlook:
    buffered_s = sum(chunk.audio_s for chunk in chunks) - heard_s
    return Outlook(now, buffered_s, chunks, text_ended=ended)


def ask(pace: Pace, *chunks: ChunkOutlook, now: float = 0.0, heard_s: float = 0.0) -> Decision:
    return Prebuffer(pace=pace).update(look(*chunks, now=now, heard_s=heard_s))


def test_a_first_chunk_that_outlasts_the_making_of_the_next_starts_at_once() -> None:
    assert ask(EVEN, made(3.0), waiting(4.0)).let_out == 1


def test_a_start_waits_just_long_enough_to_need_no_hold_later() -> None:
    decision = ask(EVEN, made(1.0), waiting(4.0), now=10.0)
    assert decision.let_out == 0
    assert decision.reevaluate_at == pytest.approx(10.0 + 2.2 - 1.0, abs=0.05)


def test_a_wait_too_short_to_matter_is_not_waited_for_by_spinning() -> None:
    decision = ask(EVEN, made(2.219), waiting(4.0), now=10.0)
    assert (decision.let_out, decision.reevaluate_at) == (0, pytest.approx(10.01))


def test_a_start_looks_past_the_next_chunk() -> None:
    # The second is there in time; the third, after 0.45 + 4.2 s, is not.
    decision = ask(EVEN, made(2.5), waiting(0.5), waiting(8.0))
    assert decision.let_out == 0
    assert decision.reevaluate_at == pytest.approx(0.45 + 4.2 - 3.0, abs=0.05)


def test_a_start_is_not_kept_back_for_a_wait_that_no_patience_avoids() -> None:
    slow = Pace(latency_s=0.2, real_time_factor=2.0, jitter_s=0.0, spread_s=0.0)
    assert ask(slow, made(4.0), *(waiting(5.0) for _ in range(9))).let_out == 1


def test_a_chunk_with_nothing_known_after_it_is_let_out() -> None:
    assert ask(EVEN, made(0.4)).let_out == 1


def test_a_chunk_that_is_there_is_kept_back_no_longer_than_patience_lasts() -> None:
    prebuffer = Prebuffer(pace=EVEN, patience_s=1.0)
    first, second = made(1.0, Boundary.COMMA), running(9.0, since=0.0)
    decision = prebuffer.update(look(first, second, now=2.0))
    assert (decision.let_out, decision.reevaluate_at) == (0, pytest.approx(3.0))
    assert prebuffer.update(look(first, second, now=2.9)).let_out == 0
    assert prebuffer.update(look(first, second, now=3.0)).let_out == 1


def test_a_foreseen_wait_inside_a_sentence_is_taken_before_the_sentence() -> None:
    prebuffer = Prebuffer(pace=EVEN)
    opening = made(5.0, Boundary.SENTENCE)
    assert prebuffer.update(look(opening, waiting(1.0), now=0.0)).let_out == 1
    opening.let_out = True
    short = made(1.0, Boundary.COMMA)
    rest = waiting(4.0)
    decision = prebuffer.update(look(opening, short, rest, now=4.9, heard_s=4.9))
    assert decision.let_out == 1, "the wait belongs at the sentence's end, which comes first"
    decision = prebuffer.update(look(short, rest, now=5.0))
    assert decision.state is PrebufferState.HOLDING
    assert decision.reevaluate_at == pytest.approx(5.0 + 2.2 - 1.0, abs=0.05)


def test_a_foreseen_wait_is_put_off_to_a_stronger_pause_that_comes_later() -> None:
    prebuffer = Prebuffer(pace=EVEN)
    opening = made(5.0, Boundary.COMMA)
    assert prebuffer.update(look(opening, waiting(1.0), now=0.0)).let_out == 1
    opening.let_out = True
    short = made(1.0, Boundary.SENTENCE)
    decision = prebuffer.update(look(opening, short, waiting(4.0), now=4.9, heard_s=4.9))
    assert decision.let_out == 2


def test_a_hold_that_has_begun_is_made_long_enough_to_be_the_only_one() -> None:
    prebuffer = Prebuffer(pace=EVEN)
    prebuffer.update(look(made(1.0, Boundary.COMMA), now=0.0))
    first, second = made(1.0, Boundary.COMMA), waiting(4.0)
    held = prebuffer.update(look(first, second, now=3.0))
    assert (held.let_out, held.state) == (0, PrebufferState.HOLDING)
    assert held.reevaluate_at == pytest.approx(3.0 + 2.2 - 1.0, abs=0.05)


def test_the_silence_that_the_engine_puts_before_a_chunk_is_time_to_make_it() -> None:
    late = waiting(4.0)
    late.pause_s, late.expected_s = 0.7, 4.7
    assert ask(EVEN, made(1.6), late).let_out == 1
    late.pause_s, late.expected_s = 0.0, 4.0
    assert ask(EVEN, made(1.6), late).let_out == 0


def test_a_pause_that_the_wait_has_used_up_is_no_audio() -> None:
    chunk = running(4.7, blocks=1, last_at=0.46)
    chunk.pause_s, chunk.audio_s = 0.7, 0.9
    prebuffer = Prebuffer(pace=STREAMING)
    assert prebuffer.update(Outlook(0.46, 0.2, (chunk,))).let_out == 0
    assert prebuffer.update(Outlook(0.46, 0.9, (chunk,))).let_out == 1


def test_a_streaming_chunk_is_let_out_as_soon_as_its_blocks_stay_ahead() -> None:
    assert ask(STREAMING, running(4.0, blocks=1, last_at=0.46), now=0.46).let_out == 0
    assert ask(STREAMING, running(4.0, blocks=2, last_at=0.62), now=0.62).let_out == 1


def test_a_stream_slower_than_speech_is_let_out_when_the_rest_will_be_in_time() -> None:
    slow = Pace(0.065, 0.2, 1.5, 0.0, 0.2, 0.0, 0.0, 0.0)
    blocks_at = [0.2 + 0.3 * n for n in range(1, 21)]  # 4 s in 20 blocks
    when = next(
        t
        for n, t in enumerate(blocks_at, 1)
        if ask(slow, running(4.0, blocks=n, last_at=t), now=t).let_out
    )
    least = 0.2 + 1.5 * 4.0 - 3.8
    assert least <= when <= least + 0.5


def test_a_stream_that_is_evidently_slower_than_its_pace_is_not_trusted() -> None:
    fast = Pace(latency_s=0.1, real_time_factor=0.1, block_s=0.2, jitter_s=0.01)
    assert ask(fast, running(4.0, blocks=2, last_at=0.14), now=0.14).let_out == 1
    assert ask(fast, running(4.0, blocks=2, last_at=2.0), now=2.0).let_out == 0


def test_a_chunk_still_being_made_is_decided_upon_only_when_it_is_near() -> None:
    playing, next_one = heard(4.0), running(4.0, blocks=9, last_at=1.0)
    far = ask(STREAMING, playing, next_one, now=1.0, heard_s=1.0)
    assert far.let_out == 1
    assert far.reevaluate_at == pytest.approx(3.5)
    assert ask(STREAMING, playing, next_one, now=3.5, heard_s=3.5).let_out == 2


def test_the_same_holds_for_a_chunk_behind_one_that_is_let_out_now() -> None:
    decision = ask(STREAMING, made(4.0), running(4.0, blocks=9, last_at=1.0), now=1.0)
    assert decision.let_out == 1
    assert decision.reevaluate_at == pytest.approx(4.5)


def test_a_block_that_is_overdue_is_expected_the_later_the_later_it_is() -> None:
    chunk = running(4.0, blocks=2, last_at=0.62)
    assert ask(STREAMING, chunk, now=0.62).let_out == 1
    assert ask(STREAMING, chunk, now=1.6).let_out == 0


def test_a_voice_whose_speed_varies_is_given_more_time_than_an_even_one() -> None:
    chunk = running(4.0, blocks=2, last_at=0.62)
    assert ask(replace(STREAMING, rate_spread=0.2), chunk, now=0.62).let_out == 0
    assert ask(replace(STREAMING, block_jitter_s=0.5), chunk, now=0.62).let_out == 0


def test_a_voice_not_known_to_stream_needs_more_than_one_block_in_hand() -> None:
    assert ask(EVEN, running(4.0, blocks=1, last_at=0.3), now=0.3).let_out == 0
    assert ask(EVEN, running(4.0, blocks=2, last_at=0.4), now=0.4).let_out == 0
    assert ask(EVEN, running(4.0, blocks=3, last_at=0.5), now=0.5).let_out == 1


def test_blocks_that_come_more_slowly_than_was_learned_are_believed() -> None:
    often_late = replace(STREAMING, jitter_s=1.0)
    chunk = running(4.0, blocks=4, last_at=1.5)
    assert ask(often_late, chunk, now=1.5).let_out == 1
    chunk.first_block_at = 0.3  # 0.6 s of audio in the 1.2 s since
    assert ask(often_late, chunk, now=1.5).let_out == 0


def test_a_chunk_that_failed_and_is_silent_holds_nothing_up() -> None:
    failed = made(0.0)
    assert ask(EVEN, heard(1.0), failed, made(2.0), waiting(4.0), heard_s=0.5).let_out >= 2


def test_a_chunk_of_which_nothing_has_come_is_never_let_out() -> None:
    assert ask(EVEN, heard(4.0), waiting(2.0), now=3.9, heard_s=3.9).let_out == 1
    assert ask(EVEN, running(2.0, since=-9.0)).let_out == 0


def test_a_chunk_that_a_dead_worker_left_unfinished_waits_for_its_second_making() -> None:
    half = running(4.0, since=5.0)
    half.audio_s = 2.0
    assert ask(STREAMING, half, now=5.0).let_out == 0
    # 2 s are there; the rest comes from 5 + 0.3 + 0.8 x 2.2 s on, a little before they are over.
    assert ask(STREAMING, half, now=5.1).let_out == 1


def test_fixed_starts_above_its_mark_and_holds_at_the_next_boundary_below_the_other() -> None:
    prebuffer = Prebuffer("fixed")
    one, two, three = made(2.0), made(0.5), waiting(5.0)
    assert prebuffer.update(look(one, waiting(0.5), now=0.0)).let_out == 0
    assert prebuffer.update(look(one, two, three, now=0.5)).let_out == 2
    one.let_out = two.let_out = True
    tail = running(5.0, blocks=4, last_at=2.0)
    assert prebuffer.update(look(one, two, tail, now=2.3, heard_s=1.8)).let_out == 2
    assert prebuffer.update(look(tail, now=3.0)).state is PrebufferState.HOLDING
    tail.audio_s = 2.2
    assert prebuffer.update(look(tail, now=4.0)).state is PrebufferState.PLAYING


def test_fixed_lets_out_a_short_text_at_its_end() -> None:
    prebuffer = Prebuffer("fixed")
    assert prebuffer.update(look(made(0.8), now=0.0)).let_out == 0
    assert prebuffer.update(look(made(0.8), now=0.1, ended=True)).let_out == 1


def test_fixed_does_not_wait_for_a_source_that_has_stalled() -> None:
    prebuffer = Prebuffer("fixed")
    silent = Outlook(1.0, 0.8, (made(0.8),), source_stalled_since=0.9)
    decision = prebuffer.update(silent)
    assert (decision.let_out, decision.reevaluate_at) == (0, pytest.approx(1.1))
    silent.now = 1.1
    assert prebuffer.update(silent).let_out == 1
