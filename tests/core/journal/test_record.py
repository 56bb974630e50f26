"""What of a session is left, and which session is gone on from."""

from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.errors import StorageError
from skaldcast.core.journal.database import open_database, save
from skaldcast.core.journal.places import Place
from skaldcast.core.journal.record import CueRecord, JournalReader, SessionRecord
from skaldcast.core.journal.rows import CueRow, SessionRow, TextRow

SESSION = SessionRow("a", "headless", 1000.0)
TEXT = "The gate stood open."


def cue(number: int, outcome: str | None, heard: int = 0, session: str = "a") -> CueRow:
    name = f"c{number}"
    row = CueRow(session, number, name, None, None, None, 1.0, 0, heard, 1000.0, 0.0)
    return replace(row, outcome=outcome)


def record(*cues: CueRow) -> SessionRecord:
    return SessionRecord(SESSION, tuple(CueRecord(row, TEXT) for row in cues))


def left(session: SessionRecord) -> list[tuple[int, str]]:
    return [(entry.row.number, entry.text[entry.rest :]) for entry in session.unfinished]


def test_cues_that_were_not_heard_to_their_end_are_left_from_the_next_word_on():
    session = record(
        cue(0, "finished", len(TEXT)), cue(1, "skipped"), cue(2, "interrupted", 8), cue(3, None)
    )
    assert left(session) == [(2, "stood open."), (3, TEXT)]


def test_a_cue_whose_last_word_was_heard_is_not_left():
    assert left(record(cue(0, None, len(TEXT) - 1))) == []


def test_what_a_fault_of_the_whole_narration_ended_is_left_but_not_a_cue_that_failed_alone():
    session = record(cue(0, "failed", 8), cue(1, "finished", 20), cue(2, "failed", 8))
    assert left(session) == [(2, "stood open.")]


@pytest.mark.parametrize(
    ("cues", "place"),
    [
        ((cue(4, "finished"), cue(5, None, 8), cue(6, None)), Place(5, 9)),
        ((cue(4, "finished"), cue(5, None, 19), cue(6, None)), Place(6, 0)),
        ((cue(4, "finished"), cue(5, "finished")), Place(6)),
        ((cue(0, None),), Place(0)),
        ((cue(0, "failed"), cue(1, "finished"), cue(2, "interrupted", 3)), Place(2, 4)),
    ],
)
def test_a_file_is_gone_on_with_after_all_that_is_over(cues: tuple[CueRow, ...], place: Place):
    assert record(*cues).next_place[0] == place


def journal(path: Path, *sessions: SessionRow) -> Path:
    connection = open_database(path)
    for session in sessions:
        rows = [cue(0, None, session=session.session), TextRow(session.session, 0, 0, TEXT)]
        save(connection, [session, *rows])
    connection.close()
    return path


def unclean(path: Path, *running: str) -> str | None:
    with JournalReader(path, lambda session: session in running) as reader:
        found = reader.last_unclean()
    return None if found is None else found.row.session


def test_the_last_session_that_was_cut_off_is_gone_on_from(tmp_path: Path):
    whole = replace(SESSION, session="c", ended_at=2000.0, clean=True)
    other = replace(SESSION, session="d", command="read")
    path = journal(tmp_path / "j.db", SESSION, replace(SESSION, session="b"), whole, other)
    assert unclean(path) == "b"


def test_one_that_still_runs_is_not_taken(tmp_path: Path):
    path = journal(tmp_path / "j.db", SESSION, replace(SESSION, session="b"))
    assert unclean(path, "b") == "a"
    assert unclean(path, "a", "b") is None


def test_one_that_another_session_went_on_from_is_not_taken_again(tmp_path: Path):
    resumed = replace(SESSION, session="b", resumes="a", ended_at=2000.0, clean=True)
    assert unclean(journal(tmp_path / "j.db", SESSION, resumed)) is None


def test_a_session_is_found_by_the_beginning_of_its_id(tmp_path: Path):
    sessions = [replace(SESSION, session=name) for name in ("ab1", "ab2", "c")]
    with JournalReader(journal(tmp_path / "j.db", *sessions)) as reader:
        assert (reader.find("c"), reader.find("ab1"), reader.find("last")) == ("c", "ab1", "c")
        with pytest.raises(StorageError, match="several sessions begin with 'ab'"):
            reader.find("ab")
        with pytest.raises(StorageError, match="no session begins with 'x'"):
            reader.find("x")
