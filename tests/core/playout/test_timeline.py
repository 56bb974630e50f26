"""What happens when which frame is heard."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.playout.timeline import Timeline

RATE = 1000


class Log:
    def __init__(self) -> None:
        self.timeline = Timeline(RATE)
        self.reached: list[tuple[str, float]] = []

    def add(self, frame: int, name: str, **options: object) -> None:
        self.timeline.add(frame, lambda at_s: self.reached.append((name, at_s)), **options)  # type: ignore[arg-type]


def test_a_milestone_is_reached_with_the_time_of_its_own_frame() -> None:
    log = Log()
    log.add(100, "word")
    log.timeline.advance(99, heard_at=1.0)
    assert log.reached == []
    log.timeline.advance(150, heard_at=2.0)
    assert log.reached == [("word", 1.95)]


def test_where_the_output_has_no_pace_all_is_heard_at_once() -> None:
    log = Log()
    log.add(100, "word")
    log.timeline.advance(50_000, heard_at=2.0, paced=False)
    assert log.reached == [("word", 2.0)]


def test_a_milestone_is_reached_once() -> None:
    log = Log()
    log.add(100, "word")
    for heard in (100, 100, 200):
        log.timeline.advance(heard, heard_at=1.0)
    assert len(log.reached) == 1


def test_milestones_of_one_frame_keep_their_order() -> None:
    log = Log()
    for name in "abc":
        log.add(100, name)
    log.timeline.advance(100, heard_at=1.0)
    assert [name for name, _ in log.reached] == ["a", "b", "c"]


def test_one_added_late_for_an_earlier_frame_waits_for_those_before_it() -> None:
    log = Log()
    log.add(100, "a")
    log.add(50, "b")
    log.timeline.advance(60, heard_at=1.0)
    assert log.reached == []
    log.timeline.advance(100, heard_at=1.0)
    assert [name for name, _ in log.reached] == ["a", "b"]


def test_one_added_for_a_frame_that_was_heard_is_reached_next_time() -> None:
    log = Log()
    log.timeline.advance(500, heard_at=1.0)
    log.add(400, "late")
    log.timeline.advance(500, heard_at=1.0)
    assert log.reached == [("late", 0.9)]


def test_nothing_is_heard_before_it_can_have_been() -> None:
    log = Log()
    log.add(100, "after a rest", not_before_s=9.99)
    log.timeline.advance(300, heard_at=10.0)
    assert log.reached == [("after a rest", 9.99)]


def test_a_milestone_may_add_the_next_one() -> None:
    log = Log()
    log.timeline.add(100, lambda at_s: log.add(120, "next"))
    log.timeline.advance(130, heard_at=1.0)
    assert log.reached == [("next", 0.99)]


def test_the_next_frame_is_told() -> None:
    log = Log()
    assert log.timeline.next_frame is None
    log.add(100, "a")
    log.add(200, "b")
    assert log.timeline.next_frame == 100
    assert len(log.timeline) == 2


def test_what_is_dropped_with_its_owner_is_not_reached() -> None:
    log, mine, other = Log(), object(), object()
    log.add(100, "mine", owner=mine)
    log.add(100, "other", owner=other)
    log.timeline.drop(mine)
    log.timeline.advance(100, heard_at=1.0)
    assert [name for name, _ in log.reached] == ["other"]


def test_after_a_clear_nothing_is_reached() -> None:
    log = Log()
    log.add(100, "a")
    log.timeline.clear()
    log.timeline.advance(100, heard_at=1.0)
    assert log.reached == []


@given(st.lists(st.integers(0, 1000)), st.lists(st.integers(0, 1200)).map(sorted))
def test_each_is_reached_once_in_order_of_its_frame_and_never_early(
    frames: list[int], heard: list[int]
) -> None:
    timeline, reached = Timeline(RATE), list[int]()
    position = 0
    for frame in sorted(frames):

        def note(_: float, frame: int = frame) -> None:
            assert frame <= position
            reached.append(frame)

        timeline.add(frame, note)
    for position in [*heard, 1200]:
        timeline.advance(position, heard_at=position / RATE)
    assert reached == sorted(frames)
