"""From events to rows."""

from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cue import Cue
from skaldcast.core.events import (
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    StateChanged,
    WordStarted,
)
from skaldcast.core.journal.observer import SessionObserver
from skaldcast.core.journal.rows import ChunkRow, CueRow, Row, TextRow, WordRow
from skaldcast.core.types import Outcome

TEXT = "The gate stood open."
R = TypeVar("R", bound=Row)


class Scene:
    """One cue, and what is recorded of it."""

    def __init__(self, text: str = TEXT, begin: int = 0) -> None:
        self.rows: list[Row] = []
        self.cue = Cue("c", voice="anna", queued_s=0.5, begin=begin)
        self.cue.add_text(text)
        self.wall_s = 1000.0
        self.observer = SessionObserver(
            "s", {"c": self.cue}.get, self.rows.append, lambda: self.wall_s, next_number=3
        )
        self.observer.take(CueQueued(0.5, "c", text))

    def word(self, word: str, time_s: float, duration_s: float = 0.4) -> None:
        start = self.cue.text.index(word)
        self.observer.take(WordStarted(time_s, "c", word, start, duration_s, time_s - 1))

    def of(self, kind: type[R]) -> list[R]:
        return [row for row in self.rows if isinstance(row, kind)]

    @property
    def last(self) -> CueRow:
        return self.of(CueRow)[-1]

    @property
    def text(self) -> str:
        return "".join(row.text for row in sorted(self.of(TextRow), key=lambda row: row.start))


def test_a_cue_is_recorded_as_soon_as_it_is_queued():
    scene = Scene()
    assert scene.last == CueRow("s", 3, "c", "anna", None, None, 1.0, 0, 0, 1000.0, 0.5)
    assert scene.of(TextRow) == [TextRow("s", 3, 0, TEXT)]


def test_a_word_counts_as_heard_once_it_was_spoken_to_its_end():
    scene = Scene()
    scene.word("gate", 2.0, 0.4)
    scene.observer.tick(2.3)
    assert scene.last.heard == 0
    scene.observer.tick(2.4)
    assert scene.last.heard == len("The gate")


def test_the_next_word_ends_the_one_before():
    scene = Scene()
    scene.word("gate", 2.0, 9.0)
    scene.word("stood", 2.5)
    scene.observer.tick(2.5)
    assert scene.last.heard == len("The gate")
    assert [row.word for row in scene.of(WordRow)] == ["gate", "stood"]


def test_a_word_that_a_pause_cut_off_was_not_heard():
    scene = Scene()
    scene.word("gate", 2.0, 0.4)
    scene.observer.take(StateChanged(2.1, "paused"))
    scene.observer.tick(60.0)
    assert scene.last.heard == 0
    scene.observer.take(StateChanged(60.0, "playing"))
    scene.observer.tick(61.0)
    assert scene.last.heard == len("The gate")


def test_a_finished_cue_was_heard_to_its_end_and_times_are_noted():
    scene = Scene()
    scene.cue.started_s = 1.5
    scene.wall_s = 1001.0
    scene.observer.take(CueStarted(1.5, "c"))
    scene.cue.end(Outcome.FINISHED, 4.0)
    scene.wall_s = 990.0  # the wall clock was set back: it is noted as it is
    scene.observer.take(CueFinished(4.0, "c", Outcome.FINISHED))
    last = scene.last
    assert (last.heard, last.outcome, last.error) == (len(TEXT), "finished", None)
    assert (last.started_at, last.started_s) == (1001.0, 1.5)
    assert (last.finished_at, last.finished_s) == (990.0, 4.0)


def test_an_interrupted_cue_was_heard_as_far_as_its_last_word():
    scene = Scene()
    scene.word("gate", 2.0)
    scene.observer.tick(3.0)
    scene.cue.end(Outcome.INTERRUPTED, 3.0)
    scene.observer.take(CueFinished(3.0, "c", Outcome.INTERRUPTED))
    assert (scene.last.heard, scene.last.outcome) == (len("The gate"), "interrupted")


def test_what_ends_with_the_program_was_not_skipped():
    scene = Scene()
    scene.observer.closing = lambda: True
    scene.cue.end(Outcome.SKIPPED, 2.0)
    scene.observer.take(CueFinished(2.0, "c", Outcome.SKIPPED))
    assert scene.last.outcome == "interrupted"


def test_an_end_whose_event_was_dropped_is_noted():
    scene = Scene()
    scene.cue.end(Outcome.SKIPPED, 3.0)
    scene.observer.tick(3.1)
    assert scene.last.outcome is None  # its last words may still come
    scene.observer.catch_up()
    assert scene.last.outcome == "skipped"
    count = len(scene.rows)
    scene.observer.take(CueFinished(3.0, "c", Outcome.SKIPPED))
    scene.observer.catch_up()
    assert len(scene.rows) == count


@given(st.lists(st.text(max_size=5), max_size=8))
def test_text_that_is_still_being_written_is_recorded_piece_by_piece(pieces: list[str]):
    scene = Scene("")
    for piece in pieces:
        scene.cue.add_text(piece)
        scene.observer.tick(1.0)
    assert scene.text == "".join(pieces)
    assert sum(len(row.text) for row in scene.of(TextRow)) == len(scene.text)


def test_what_was_heard_in_an_earlier_session_stays_before_the_text():
    scene = Scene(begin=len("The gate "))
    scene.observer.take(ChunkStarted(1.0, "c", "stood open.", 9, 0.8, 0.0))
    scene.word("stood", 1.0, 0.3)
    scene.observer.tick(1.4)
    assert scene.text == TEXT
    assert (scene.last.begin, scene.last.heard) == (9, len("The gate stood"))
    assert scene.of(ChunkRow)[0].start == 9
    assert scene.of(WordRow)[0].start == 9


def test_events_of_cues_that_are_not_known_are_passed_over():
    scene = Scene()
    count = len(scene.rows)
    scene.observer.take(WordStarted(1.0, "x", "gate", 0, 0.1))
    scene.observer.take(CueFinished(1.0, "x", Outcome.FINISHED))
    scene.observer.take(CueQueued(1.0, "x", "gone already"))
    assert len(scene.rows) == count


def test_text_is_looked_at_until_it_is_complete_however_many_cues_wait():
    rows: list[Row] = []
    cues = {str(n): Cue(str(n)) for n in range(1000)}
    observer = SessionObserver("s", cues.get, rows.append, lambda: 0.0)
    for cue in cues.values():
        observer.take(CueQueued(0.0, cue.cue_id, ""))
    cues["500"].add_text("One.")
    observer.tick(0.2)
    cues["500"].add_text(" Two.")
    cues["500"].complete = True
    for now_s in (0.4, 0.6):
        observer.tick(now_s)
    assert [row.text for row in rows if isinstance(row, TextRow)] == ["One.", " Two."]


def test_what_is_heard_of_a_cue_is_recorded_however_many_wait_before_it():
    rows: list[Row] = []
    cues = {str(n): Cue(str(n)) for n in range(1000)}
    observer = SessionObserver("s", cues.get, rows.append, lambda: 0.0)
    for cue in cues.values():
        observer.take(CueQueued(0.0, cue.cue_id, ""))
    observer.take(WordStarted(1.0, "500", "Hear", 0, 0.2, 0.0))
    observer.tick(1.3)
    assert [row.heard for row in rows if isinstance(row, CueRow)][-1] == 4
