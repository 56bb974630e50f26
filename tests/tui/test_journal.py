"""`skaldcast journal` and `skaldcast cache`, and a journal that cannot be kept."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.cache.speech_file import CachedSpeech
from skaldcast.core.journal.database import open_database, save
from skaldcast.core.journal.rows import ChunkRow, CueRow, SessionRow, TextRow
from tests.tui.command import QUICK, run


@pytest.fixture
def journal(tmp_path: Path) -> tuple[str, ...]:
    """The options that name a journal of two sessions."""
    path = tmp_path / "j.db"
    connection = open_database(path)
    save(
        connection,
        [
            SessionRow("aa11", "headless", 1000.0),
            SessionRow("bb22", "read", 1e9, 1e9 + 60, True, "/story.txt", "", "tone:tone"),
            CueRow("bb22", 0, "c", None, None, None, 1.0, 0, 9, 1e9, 0.0, outcome="finished"),
            TextRow("bb22", 0, 0, "The gate."),
            ChunkRow("bb22", 0, 0, "The gate.", 0.0, 1.0),
        ],
    )
    connection.close()
    return ("--set", f"journal.path={path}")


def test_sessions_are_listed_the_last_one_first(journal: tuple[str, ...]):
    done = run("journal", *journal)
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert rows[0] == ["session", "started", "lasted", "command", "cues", "ended", "source"]
    assert [row[0] for row in rows[1:]] == ["bb22", "aa11"]
    assert rows[1][2:] == ["60 s", "read", "1", "whole", "/story.txt"]
    assert rows[2][2:] == ["", "headless", "0", "cut off", ""]


def test_a_transcript_goes_to_standard_output_or_a_file(journal: tuple[str, ...], tmp_path: Path):
    done = run("journal", "export", "bb", "--format", "srt", *journal)
    assert (done.status, done.err) == (0, "")
    assert done.out == "1\n00:00:00,000 --> 00:00:01,000\nThe gate.\n"
    out = tmp_path / "t.json"
    done = run("journal", "export", "last", "--format", "json", "--out", str(out), *journal)
    assert (done.status, done.out, done.err) == (0, "", "")
    assert json.loads(out.read_text("utf-8"))["cues"][0]["text"] == "The gate."


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("export",), 2, "journal export SESSION"),
        (("list", "bb22"), 2, "journal export SESSION"),
        (("export", "zz"), 1, "no session begins with 'zz'"),
        (("export", "bb22", "--out", "/nowhere/t.md"), 1, "cannot be written to /nowhere/t.md"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_one_line(
    arguments: tuple[str, ...], status: int, told: str, journal: tuple[str, ...]
):
    assert told in run("journal", *arguments, *journal).refusal(status)


def test_without_a_journal_there_is_nothing_to_list(tmp_path: Path):
    nowhere = ("--set", f"journal.path={tmp_path / 'none.db'}")
    assert "there is no session record" in run("journal", *nowhere).refusal()
    assert list(tmp_path.iterdir()) == []


def test_old_sessions_are_pruned(journal: tuple[str, ...]):
    done = run("journal", "prune", "--days", "30", *journal)
    assert (done.status, done.out) == (0, "")
    assert done.only_line == "2 sessions older than 30 days were removed"
    assert len(run("journal", *journal).out.splitlines()) == 1


def test_speaking_goes_on_where_the_journal_cannot_be_written(tmp_path: Path):
    path, sound = tmp_path / "j.db", tmp_path / "a.wav"
    path.write_text("no database " * 200)
    to = ("--output", f"wav:{sound}", "--set", f"journal.path={path}")
    done = run("say", "Hello.", *QUICK, *to)
    assert done.status == 0
    assert "file is not a database" in done.only_line
    assert sound.stat().st_size > 10_000


def test_speaking_goes_on_while_another_program_holds_the_journal(tmp_path: Path):
    path, sound = tmp_path / "j.db", tmp_path / "a.wav"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    to = ("--output", f"wav:{sound}", "--set", f"journal.path={path}")
    done = run("say", "Hello.", *QUICK, *to)
    holder.close()
    assert done.status == 0
    assert "database is locked" in done.only_line
    assert sound.stat().st_size > 10_000


def test_the_cache_is_shown_and_cleared(tmp_path: Path):
    folder = ("--set", f"cache.folder={tmp_path}")
    cache = SpeechCache(tmp_path / "speech", max_bytes=1 << 30)
    cache.put("0" * 64, CachedSpeech(np.zeros(250_000, np.float32), 24_000))
    done = run("cache", *folder)
    assert done.out.splitlines()[1].split("\t") == ["1", "1.0", "1024", str(tmp_path / "speech")]
    done = run("cache", "clear", *folder)
    assert (done.out, done.only_line) == ("", "1 pieces of prepared speech were removed")
    assert run("cache", *folder).out.splitlines()[1].startswith("0\t")
