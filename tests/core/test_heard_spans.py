"""What was heard, told from the position and from what was cleared."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.heard_spans import HeardSpans
from skaldcast.core.playout.buffer_statistics import Heard


class Reader:
    """Plays from an audio buffer as `Player` does: after a clear it tells what it had heard, and
    goes on at the mark; what it passed over it tells with the first frame that follows."""

    def __init__(self) -> None:
        self.written = self.mark = 0
        self.heard: list[int] = []
        self._frame = self._told = self._skipped = self._noticed = 0
        self._owed = 0
        self._begun = False

    def notice(self) -> None:
        self._noticed = self.mark
        if self.mark > self._frame:
            self.tell()
            self._owed += self.mark - self._frame
            self._frame = self.mark
            self._begun = False

    def play(self, frames: int) -> None:
        end = min(self._frame + frames, self.written)
        self.heard += range(self._frame, end)
        self._begun |= end > self._frame
        self._frame = end

    def tell(self) -> None:
        if self._begun:
            self._told = self._frame
            self._skipped += self._owed
            self._owed = 0

    @property
    def position(self) -> Heard:
        return Heard(self._told, 0.0, self._skipped, self._noticed)


@given(
    st.lists(st.tuples(st.sampled_from(["write", "play", "play", "clear"]), st.integers(1, 30))),
    st.data(),
)
def test_each_frame_that_was_heard_is_told_once_and_in_order(
    steps: list[tuple[str, int]], data: st.DataObject
):
    reader, spans = Reader(), HeardSpans()
    told: list[int] = []

    def follow() -> None:
        for begin, end in spans.follow(reader.position, reader.mark):
            told.extend(range(begin, end))

    for kind, count in steps:
        match kind:
            case "write":
                reader.written += count
            case "play":
                reader.play(count)
                reader.tell()
            case _:
                # What is heard between the last look and the clear is told with what follows.
                follow()
                reader.play(data.draw(st.integers(0, 3)))
                reader.mark = max(reader.mark, reader.written - count)
                reader.notice()
        if data.draw(st.booleans()):
            follow()
    reader.tell()
    follow()
    assert told == reader.heard
    before = {frame: count for count, frame in enumerate(reader.heard)}
    assert all(spans.heard_before(frame) == before[frame] for frame in told[-200:])


def test_two_cuts_that_the_reader_notices_at_once_are_one():
    reader, spans = Reader(), HeardSpans()
    reader.written = 100
    reader.play(10)
    reader.tell()
    assert spans.follow(reader.position, 0) == [(0, 10)]
    reader.play(5)
    for mark in (40, 80):
        reader.mark = mark
        assert spans.follow(reader.position, mark) == []
    reader.notice()
    reader.play(20)
    reader.tell()
    assert spans.follow(reader.position, 80) == [(10, 15), (80, 100)]
    assert spans.heard_before(80) == 15
