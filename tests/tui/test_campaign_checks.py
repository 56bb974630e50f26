"""`doctor` on what belongs to a campaign."""

from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.journal.database import open_database
from skaldcast.core.settings import CastSettings, JournalSettings, LexiconSettings, Settings
from skaldcast.tui.campaign_checks import check_cast, check_journal, check_lexicon
from skaldcast.tui.checks import Verdict


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(
        Settings(),
        voice="tone:tone",
        cast=CastSettings(file=tmp_path / "cast.toml"),
        lexicon=LexiconSettings(file=tmp_path / "lexicon.toml"),
        journal=JournalSettings(path=tmp_path / "data" / "journal.db"),
    )


def cast(settings: Settings, text: str) -> Path:
    assert settings.cast.file is not None
    settings.cast.file.write_text(text)
    return settings.cast.file


def test_without_files_nothing_is_wrong(settings: Settings):
    settings = replace(settings, cast=CastSettings())
    for check in (check_cast, check_lexicon, check_journal):
        assert check(settings).verdict is Verdict.OK


def test_a_cast_counts_its_characters(settings: Settings):
    path = cast(settings, "[Ada]\nvoice = 'tone'\n[Bo]\nspeed = 0.9\n")
    row = check_cast(settings)
    assert (row.verdict, row.found) == (Verdict.OK, f"{path}: 2 characters")


def test_a_cast_that_cannot_be_read_fails_for_nothing_would_be_spoken(settings: Settings):
    path = cast(settings, "[Ada]\nspeed = 'fast'\n")
    row = check_cast(settings)
    assert row.verdict is Verdict.FAIL
    assert row.found.startswith(f"{path}:2")


def test_a_voice_that_cannot_be_had_is_named(settings: Settings):
    path = cast(settings, "[Ada]\nvoice = 'nobody'\n[Bo]\nvoice = 'no:such'\n")
    row = check_cast(settings)
    assert row.verdict is Verdict.WARN
    assert row.found.startswith(f"{path}: 2 characters; Ada: ")
    assert row.found.endswith(" (and 1 more)")


def test_broken_lines_of_a_lexicon_are_counted_and_the_first_is_told(settings: Settings):
    settings.lexicon.file.write_text("oops\nYs = 'eese'\n")
    row = check_lexicon(settings)
    assert row.verdict is Verdict.WARN
    assert row.found == f"{settings.lexicon.file}: 1 entry, 1 not understood"
    assert row.to_do.startswith(f"{settings.lexicon.file}:1: ")


def test_a_session_record_counts_its_sessions(settings: Settings):
    open_database(settings.journal.path).close()
    row = check_journal(settings)
    assert (row.verdict, row.found) == (Verdict.OK, f"{settings.journal.path}: 0 sessions")


def test_a_session_record_that_is_none_or_has_no_place_is_told(settings: Settings, tmp_path: Path):
    settings.journal.path.parent.write_text("a file")
    assert check_journal(settings).verdict is Verdict.WARN
    broken = tmp_path / "broken.db"
    broken.write_text("this is no database, however long one looks at it")
    row = check_journal(replace(settings, journal=JournalSettings(path=broken)))
    assert row.verdict is Verdict.WARN
    assert str(broken) in row.found
