"""The journal's thread and file: what is kept, and what may go wrong with it."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest

from skaldcast.core.errors import StorageError
from skaldcast.core.journal import writer
from skaldcast.core.journal.database import MIGRATIONS, open_database, prune, save
from skaldcast.core.journal.record import JournalReader
from skaldcast.core.journal.rows import ChunkRow, CueRow, SessionRow, TextRow, WordRow
from skaldcast.core.journal.session_lock import SessionLock, is_running
from skaldcast.core.journal.writer import JournalWriter

SESSION = SessionRow("s", "say", 1000.0, voice="tone:tone")
CUE = CueRow("s", 0, "c", None, None, None, 1.0, 0, 0, 1000.0, 0.5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "journal.db"


def written(path: Path, rows: Sequence[object], **options: int) -> list[str]:
    """What was told while these rows were written."""
    told: list[str] = []
    journal = JournalWriter(path, told.append, **options)
    for row in rows:
        journal.put(row)  # type: ignore[arg-type]
    journal.close()
    return told


def test_what_was_put_is_read_back(path: Path):
    chunk, word = ChunkRow("s", 0, 4, "gate. ", 1.5, 0.7), WordRow("s", 0, 4, "gate", 1.6, 0.3)
    texts = [TextRow("s", 0, 4, "gate."), TextRow("s", 0, 0, "The ")]
    assert written(path, [SESSION, CUE, chunk, word, *texts]) == []
    with JournalReader(path) as reader:
        record = reader.record(reader.find("last"))
    (cue,) = record.cues
    assert record.row == SESSION
    assert (cue.row, cue.text, cue.chunks, cue.words) == (CUE, "The gate.", (chunk,), (word,))


def test_a_newer_state_of_a_row_takes_the_older_ones_place(path: Path):
    rows = [SESSION, CUE, replace(CUE, heard=4), replace(CUE, heard=9, outcome="finished")]
    written(path, rows)
    written(path, [replace(SESSION, ended_at=2000.0, clean=True)])
    with JournalReader(path) as reader:
        assert reader.record("s").cues[0].row == rows[-1]
        assert reader.record("s").row.clean is True


def test_text_that_is_no_unicode_is_kept_as_far_as_it_is(path: Path):
    assert written(path, [SESSION, CUE, TextRow("s", 0, 0, "a\udcffb\x00c")]) == []
    with JournalReader(path) as reader:
        assert reader.record("s").cues[0].text == "a?b\x00c"


def test_rows_past_the_bound_are_left_out_and_counted(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer, "_MOST_ROWS", 3)
    path.parent.mkdir()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")  # nothing is taken while another program has it
    told: list[str] = []
    journal = JournalWriter(path, told.append)
    for number in range(10):
        journal.put(replace(CUE, number=number))
    journal.put(replace(CUE, number=0, heard=5))
    assert journal.left_out == 7
    holder.execute("ROLLBACK")
    holder.close()
    journal.close()
    with JournalReader(path) as reader:
        assert [cue.row.heard for cue in _cues(reader)] == [5, 0, 0]
    assert told == []


def _cues(reader: JournalReader):
    written(reader._path, [SESSION])  # pyright: ignore[reportPrivateUsage]
    return reader.record("s").cues


# What may go wrong: told once, and nothing hangs


def test_a_place_where_nothing_can_be_written_is_told_once(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    (line,) = written(tmp_path / "file" / "j.db", [SESSION, CUE])
    assert "cannot be opened" in line
    assert line.endswith("speaking goes on")
    assert "\n" not in line


def test_a_damaged_file_is_told_once_and_left_as_it_is(path: Path):
    path.parent.mkdir()
    path.write_bytes(b"a letter to my aunt. " * 500)
    (line,) = written(path, [SESSION, CUE])
    assert "file is not a database" in line
    assert path.read_bytes().startswith(b"a letter")


def test_a_file_that_is_damaged_inside_is_told_once(path: Path):
    written(path, [SESSION, *(replace(CUE, number=n) for n in range(500))])
    data = bytearray(path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    (line,) = written(path, [replace(CUE, number=n, heard=1) for n in range(500)])
    assert "malformed" in line


def test_a_file_of_a_newer_version_is_told_and_left_alone(path: Path):
    path.parent.mkdir()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    (line,) = written(path, [SESSION])
    assert "newer Skaldcast (version 99, this one knows 1)" in line
    with pytest.raises(StorageError, match="newer Skaldcast"):
        JournalReader(path)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from skaldcast.core.journal.rows import TextRow
from skaldcast.core.journal.writer import JournalWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
journal = JournalWriter(Path(sys.argv[1]), print)
for number in range(50):
    journal.put(TextRow("s", number, 0, "word " * 2000))
journal.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.parametrize("room", [100, 100_000])
def test_a_full_disk_is_told_once(room: int, path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), str(room)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"the session record {path} cannot be ")
    assert done.stderr == ""


TWO_PROCESSES = """
import sys
from pathlib import Path
from skaldcast.core.journal.rows import SessionRow, TextRow
from skaldcast.core.journal.writer import JournalWriter
name = sys.argv[2]
journal = JournalWriter(Path(sys.argv[1]), print)
journal.put(SessionRow(name, "say", 0.0))
for number in range(2000):
    journal.put(TextRow(name, number, 0, "word"))
journal.close()
"""


def test_two_processes_write_one_file(path: Path):
    both = [
        subprocess.Popen([sys.executable, "-c", TWO_PROCESSES, path, name], stdout=-1, text=True)
        for name in "ab"
    ]
    told = [process.communicate(timeout=60)[0] for process in both]
    assert ([process.returncode for process in both], told) == ([0, 0], ["", ""])
    connection = open_database(path)
    counts = connection.execute("SELECT session, count(*) FROM texts GROUP BY session").fetchall()
    connection.close()
    assert counts == [("a", 2000), ("b", 2000)]


def test_a_new_file_that_another_process_is_making_is_waited_for(path: Path):
    path.parent.mkdir()
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")  # SQLite refuses to change to its log beside this at once
    letting_go = Timer(0.1, holder.close)
    letting_go.start()
    assert written(path, [SESSION]) == []
    letting_go.join()


# Versions


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(path: Path):
    written(path, [SESSION])
    steps = (*MIGRATIONS, "ALTER TABLE sessions ADD COLUMN mood TEXT DEFAULT 'grim'")
    connection = open_database(path, steps)
    assert connection.execute("SELECT session, mood FROM sessions").fetchall() == [("s", "grim")]
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


def test_a_step_that_fails_changes_nothing(path: Path):
    written(path, [SESSION])
    steps = (*MIGRATIONS, "ALTER TABLE sessions ADD COLUMN mood TEXT; NONSENSE")
    with pytest.raises(StorageError, match="cannot be opened"):
        open_database(path, steps)
    with JournalReader(path) as reader:
        assert reader.record("s").row == SESSION


# Pruning


def test_old_sessions_go_with_all_that_they_have(path: Path):
    old = replace(SESSION, session="old", started_at=1.0)
    rows = [TextRow("old", 0, 0, "a"), replace(CUE, session="old"), SESSION, CUE]
    written(path, [old, *rows])
    connection = open_database(path)
    assert prune(connection, 500.0) == 1
    for table in ("cues", "texts", "sessions"):
        sessions = connection.execute(f"SELECT session FROM {table}").fetchall()
        assert ("old",) not in sessions
    connection.close()


def test_a_wall_clock_that_jumps_ahead_costs_no_recent_session(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    connection = open_database(path)
    save(connection, [replace(SESSION, session=f"{n:02}", started_at=float(n)) for n in range(15)])
    connection.close()
    now_s = time.time()
    monkeypatch.setattr(writer.time, "time", lambda: now_s * 2)
    written(path, [SESSION], keep_days=30)
    with JournalReader(path) as reader:
        left = [row.session for row, _ in reader.sessions()]
    assert left == ["s", *(f"{n:02}" for n in range(14, 4, -1))]


def test_a_session_that_runs_is_known_by_its_lock(path: Path):
    lock = SessionLock(path, "s")
    program = (
        "import sys; from pathlib import Path;"
        "from skaldcast.core.journal.session_lock import is_running;"
        "print(is_running(Path(sys.argv[1]), 's'))"
    )
    ask = [sys.executable, "-c", program, str(path)]
    assert subprocess.check_output(ask, text=True).strip() == "True"
    lock.release()
    assert not is_running(path, "s")
    assert not list(path.parent.glob("*.lock"))
