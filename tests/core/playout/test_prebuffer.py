"""The prebuffer's states and its two questions."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import ConfigError, StateError
from skaldcast.core.playout.prebuffer import (
    TRANSITIONS,
    ChunkOutlook,
    Outlook,
    Prebuffer,
    PrebufferEvent,
    PrebufferState,
    SynthesisStage,
)
from skaldcast.core.text.pace import Pace
from skaldcast.core.types import Boundary

S, E = PrebufferState, PrebufferEvent


def made(audio_s: float, boundary: Boundary = Boundary.SENTENCE) -> ChunkOutlook:
    return ChunkOutlook(
        boundary, audio_s, audio_s=audio_s, complete=True, stage=SynthesisStage.DONE, blocks=1
    )


def let_out(chunk: ChunkOutlook) -> ChunkOutlook:
    chunk.let_out = True
    return chunk


def waiting(expected_s: float, boundary: Boundary = Boundary.SENTENCE) -> ChunkOutlook:
    return ChunkOutlook(boundary, expected_s)


def look(
    *chunks: ChunkOutlook, now: float = 0.0, heard_s: float = 0.0, **fields: bool | float | None
) -> Outlook:
    buffered_s = sum(chunk.audio_s for chunk in chunks) - heard_s
    return Outlook(now, buffered_s, chunks, **fields)  # type: ignore[arg-type]


def in_state(state: PrebufferState) -> Prebuffer:
    """A prebuffer that was led to a state by what happens in a narration."""
    prebuffer = Prebuffer()
    slow = waiting(60.0)
    match state:
        case S.FILLING:
            prebuffer.update(look(waiting(2.0)))
        case S.PLAYING:
            prebuffer.update(look(made(5.0), waiting(5.0)))
        case S.HOLDING:
            prebuffer.update(look(made(5.0), waiting(5.0)))
            prebuffer.update(look(slow, now=5.0))
        case S.DRAINING:
            prebuffer.update(look(made(2.0), text_ended=True))
        case S.PAUSED:
            prebuffer.pause()
        case S.IDLE:
            pass
    assert prebuffer.state is state
    return prebuffer


def test_every_state_can_be_reached_and_left() -> None:
    assert set(TRANSITIONS) == set(S)
    reached = {target for row in TRANSITIONS.values() for target in row.values()}
    assert reached == set(S)


@pytest.mark.parametrize("state", S)
def test_an_event_that_does_not_fit_raises_and_changes_nothing(state: PrebufferState) -> None:
    calls = {E.PAUSE: Prebuffer.pause, E.RESUME: Prebuffer.resume, E.CLEAR: Prebuffer.clear}
    for event, call in calls.items():
        prebuffer = in_state(state)
        if event in TRANSITIONS[state]:
            call(prebuffer)
        else:
            with pytest.raises(StateError, match=str(state)):
                call(prebuffer)
            assert prebuffer.state is state


@pytest.mark.parametrize("state", [s for s in S if s is not S.PAUSED])
def test_only_what_is_paused_can_be_resumed(state: PrebufferState) -> None:
    with pytest.raises(StateError, match="cannot resume"):
        in_state(state).resume()
    with pytest.raises(StateError, match="cannot pause"):
        in_state(S.PAUSED).pause()


@pytest.mark.parametrize("state", [s for s in S if s is not S.PAUSED])
def test_resuming_leads_back_to_the_state_before_the_pause(state: PrebufferState) -> None:
    prebuffer = in_state(state)
    prebuffer.pause()
    assert prebuffer.state is S.PAUSED
    prebuffer.resume()
    assert prebuffer.state is state


def test_clearing_while_paused_stays_paused_and_resumes_to_idle() -> None:
    prebuffer = in_state(S.PLAYING)
    prebuffer.pause()
    prebuffer.clear()
    assert prebuffer.state is S.PAUSED
    prebuffer.resume()
    assert prebuffer.state is S.IDLE


def test_nothing_is_let_out_while_paused() -> None:
    prebuffer = in_state(S.PLAYING)
    prebuffer.pause()
    decision = prebuffer.update(look(let_out(made(2.0)), made(2.0), text_ended=True))
    assert (decision.state, decision.let_out, decision.reevaluate_at) == (S.PAUSED, 1, None)
    prebuffer.resume()
    assert prebuffer.update(look(let_out(made(2.0)), made(2.0), text_ended=True)).let_out == 2


def test_a_narration_goes_through_its_states_in_order() -> None:
    prebuffer = Prebuffer()
    first, second = waiting(3.0), waiting(3.0, Boundary.PARAGRAPH)
    states = [prebuffer.update(look()).state]
    states.append(prebuffer.update(look(first)).state)
    first = made(3.0)
    states.append(prebuffer.update(look(first, second, now=1.0)).state)
    states.append(prebuffer.update(look(second, now=4.0)).state)
    states.append(prebuffer.update(look(made(3.0), now=4.5, text_ended=True)).state)
    states.append(prebuffer.update(look(now=7.5, text_ended=True)).state)
    assert states == [S.IDLE, S.FILLING, S.PLAYING, S.HOLDING, S.DRAINING, S.IDLE]


def test_text_that_follows_what_drains_is_played_on_without_a_new_start() -> None:
    prebuffer = in_state(S.DRAINING)
    decision = prebuffer.update(look(let_out(made(2.0)), waiting(5.0)))
    assert decision.state is S.PLAYING


def test_text_that_comes_when_all_has_drained_is_a_new_start() -> None:
    prebuffer = in_state(S.DRAINING)
    assert prebuffer.update(look(waiting(5.0), now=3.0)).state is S.FILLING


def test_a_source_without_text_that_is_not_over_makes_a_hold_not_an_end() -> None:
    prebuffer = in_state(S.PLAYING)
    assert prebuffer.update(look(now=5.0)).state is S.HOLDING
    assert prebuffer.update(look(now=9.0, text_ended=True)).state is S.IDLE


@pytest.mark.parametrize(
    ("buffered_s", "starts", "pauses"),
    [(2.1, True, False), (2.0, False, False), (1.6, False, False), (1.5, False, True)],
)
def test_the_fixed_marks_are_above_two_and_at_one_and_a_half_seconds(
    buffered_s: float, starts: bool, pauses: bool
) -> None:
    prebuffer = Prebuffer("fixed")
    assert prebuffer.should_start_playback(buffered_s) is starts
    assert prebuffer.should_pause_playback(buffered_s) is pauses


@pytest.mark.parametrize("policy", ["fixed", "adaptive"])
def test_the_end_of_text_starts_and_never_pauses(policy: str) -> None:
    prebuffer = Prebuffer(policy)  # type: ignore[arg-type]
    assert prebuffer.should_start_playback(0.1, text_ended=True)
    assert not prebuffer.should_pause_playback(0.1, text_ended=True)


def test_the_adaptive_questions_follow_the_zero_gap_invariant() -> None:
    pace = Pace(latency_s=0.3, real_time_factor=0.5, jitter_s=0.2)
    prebuffer = Prebuffer(pace=pace)
    assert prebuffer.should_start_playback(2.5, next_chunk_s=4.0)
    assert not prebuffer.should_start_playback(2.4, next_chunk_s=4.0)
    assert prebuffer.should_pause_playback(2.4, next_chunk_s=4.0)
    assert not Prebuffer().should_start_playback(0.0)
    assert Prebuffer().should_start_playback(2.1)


@pytest.mark.parametrize(("start_s", "pause_s"), [(2.0, 2.0), (3.1, 2.0), (2.0, 1.4), (1.5, 2.0)])
def test_marks_outside_their_range_are_refused(start_s: float, pause_s: float) -> None:
    with pytest.raises(ConfigError, match="start above pause"):
        Prebuffer("fixed", start_s=start_s, pause_s=pause_s)


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="'adaptive' or 'fixed'"):
        Prebuffer("eager")  # type: ignore[arg-type]


def test_the_margin_is_the_time_left_when_the_next_chunk_is_predicted() -> None:
    prebuffer = Prebuffer(pace=Pace(latency_s=0.5, real_time_factor=0.5))
    playing = let_out(made(4.0))
    assert prebuffer.update(look(playing, waiting(3.0), heard_s=1.0)).margin_s == pytest.approx(1.0)
    assert prebuffer.update(look(playing, heard_s=1.0)).margin_s == pytest.approx(3.0)


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    """Any snapshot that a pipeline with one worker can give."""
    seconds = st.floats(0.1, 12.0)
    n_out, n_made, n_waiting = (draw(st.integers(0, 3)) for _ in range(3))
    now = draw(st.floats(0.0, 1e4))
    chunks = [made(draw(seconds), draw(st.sampled_from(Boundary))) for _ in range(n_out + n_made)]
    if draw(st.booleans()):
        blocks = draw(st.integers(0, 9))
        since = now - draw(st.floats(0.0, 9.0))
        running = waiting(draw(seconds), draw(st.sampled_from(Boundary)))
        running.stage, running.running_since, running.blocks = SynthesisStage.RUNNING, since, blocks
        running.pause_s = draw(st.sampled_from((0.0, 0.35)))
        running.audio_s = running.pause_s + 0.2 * blocks if blocks else 0.0
        running.first_block_at = running.last_block_at = draw(st.floats(since, now))
        chunks.append(running)
    chunks += [waiting(draw(seconds)) for _ in range(n_waiting)]
    for chunk in chunks[:n_out]:
        chunk.let_out = True
    heard_s = draw(st.floats(0.0, 1.0)) * chunks[0].audio_s if n_out else 0.0
    stalled = draw(st.sampled_from((None, now - 1.0)))
    return look(
        *chunks,
        now=now,
        heard_s=heard_s,
        text_ended=draw(st.booleans()),
        source_stalled_since=stalled,
    )


PACES = st.builds(
    Pace,
    latency_s=st.floats(0.0, 2.0),
    real_time_factor=st.floats(0.0, 3.0),
    jitter_s=st.floats(0.0, 2.0),
    block_s=st.sampled_from((0.0, 0.2)),
    spread_s=st.floats(0.0, 1.0),
    block_jitter_s=st.floats(0.0, 1.0),
    rate_spread=st.floats(0.0, 1.0),
)


@given(outlooks(), PACES, st.sampled_from(("adaptive", "fixed")))
def test_whatever_is_told_the_decision_is_one_that_can_be_carried_out(
    outlook: Outlook, pace: Pace, policy: str
) -> None:
    decision = Prebuffer(policy, pace).update(outlook)  # type: ignore[arg-type]
    already = sum(1 for _ in itertools.takewhile(lambda c: c.let_out, outlook.chunks))
    assert already <= decision.let_out <= len(outlook.chunks)
    assert all(c.audio_s or c.complete for c in outlook.chunks[: decision.let_out])
    if policy == "adaptive" and decision.reevaluate_at is not None:
        assert decision.reevaluate_at >= outlook.now + 0.0099, "no busy waiting"
    if all(c.complete for c in outlook.chunks) and (
        outlook.text_ended or policy == "adaptive" or outlook.source_stalled_since is not None
    ):
        assert decision.let_out == len(outlook.chunks)


@given(st.lists(outlooks(), max_size=8), PACES, st.sampled_from(("adaptive", "fixed")))
def test_no_sequence_of_outlooks_is_an_illegal_event(
    sequence: list[Outlook], pace: Pace, policy: str
) -> None:
    prebuffer = Prebuffer(policy, pace)  # type: ignore[arg-type]
    for outlook in sequence:
        assert prebuffer.update(outlook).state is prebuffer.state
