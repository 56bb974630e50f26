"""What is kept of a session's events."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.bridge.event_log import EventLog
from skaldcast.bridge.protocol import EventFrame

KEPT_S = 10.0


def frame(name: object) -> EventFrame:
    return EventFrame(f'{{"name":{name},"seq":'.encode(), b"}")


@given(
    st.integers(1, 5),
    st.lists(st.one_of(st.just("event"), st.floats(0.1, 2 * KEPT_S)), max_size=40),
)
def test_it_has_the_last_events_by_their_numbers(capacity: int, happens: list[str | float]):
    log, told, now = EventLog(capacity, KEPT_S), list[tuple[float, bytes]](), 0.0
    for what in happens:
        if isinstance(what, float):
            now += what
            continue
        told.append((now, f'{{"name":{len(told)},"seq":{len(told) + 1}}}'.encode()))
        assert log.append(frame(len(told) - 1), now) == len(told)
    assert log.last_seq == len(told)
    assert len(log) <= capacity
    for seq in range(-2, len(told) + 3):
        after = told[max(seq, 0) :] if seq >= 0 else []
        whole = 0 <= seq <= len(told) and all(
            now - at <= KEPT_S and index >= len(told) - capacity
            for index, (at, _) in enumerate(told)
            if index >= seq
        )
        assert log.reaches(seq, now) == whole
        if whole:
            assert log.after(seq) == (after[0][1] if after else None)
        if 0 <= seq <= len(told):
            assert log.has_lost(seq) == (log.after(seq) is None and seq < len(told))


def test_an_event_that_is_gone_or_has_not_happened_is_not_there():
    log = EventLog(2, KEPT_S)
    for n in range(3):
        log.append(frame(n), 0.0)
    assert log.after(0) is None
    assert log.after(1) == b'{"name":1,"seq":2}'
    assert log.after(3) is None
