"""After a kill: what was heard is not said again, and what was not is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skaldcast.core.errors import StorageError
from skaldcast.core.journal.record import JournalReader, SessionRecord
from tests.tui.command import run, start, wait_until

PACE = ("--voice", "tone?rtf=0&latency=0", "--speed", "2", "--output", "null")
STORY = (
    "The gate stood open.",
    "Nobody was there to see it, for all had gone down to the river.",
    "The road ran down to the sea, and then it ended.",
    "There was no more.",
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


def options(journal: Path) -> tuple[str, ...]:
    return ("--set", f"journal.path={journal}", *PACE)


def last(journal: Path) -> SessionRecord:
    with JournalReader(journal) as reader:
        return reader.record(reader.find("last"))


def heard_in_the_second(journal: Path) -> bool:
    try:
        cues = last(journal).cues
    except (StorageError, ValueError):
        return False
    return len(cues) > 1 and cues[1].row.heard > len("Nobody was there to")


def kill(process: subprocess.Popen[bytes], journal: Path) -> SessionRecord:
    """Kill it once some words of its second cue have been heard; returns what is recorded."""
    wait_until(lambda: heard_in_the_second(journal), process)
    process.kill()
    process.communicate()
    return last(journal)


def killed_reading(journal: Path, script: Path) -> SessionRecord:
    script.write_text("\n\n".join(STORY))
    return kill(start("read", str(script), *options(journal)), journal)


def spoken(record: SessionRecord) -> list[str]:
    """What each cue was to speak in this session."""
    return [cue.text[cue.row.begin :] for cue in record.cues]


def test_reading_a_file_goes_on_after_the_last_word_heard(tmp_path: Path, journal: Path):
    script = tmp_path / "s.txt"
    first = killed_reading(journal, script)
    assert (first.row.ended_at, first.row.clean) == (None, False)
    assert [cue.row.outcome for cue in first.cues[:2]] == ["finished", None]
    heard = first.cues[1].row.heard
    done = run("read", str(script), "--resume", *options(journal))
    assert (done.status, done.out, done.err) == (0, "", "")
    second = last(journal)
    assert second.row.resumes == first.row.session
    assert second.row.clean
    assert [cue.row.number for cue in second.cues] == [1, 2, 3]
    assert spoken(second)[0] == STORY[1][heard:].lstrip(" ,") + "\n"
    assert [cue.text.strip() for cue in second.cues] == list(STORY[1:])
    assert {cue.row.outcome for cue in second.cues} == {"finished"}
    words = [word.word for record in (first, second) for cue in record.cues for word in cue.words]
    assert set(" ".join(STORY).replace(",", "").replace(".", "").split()) <= set(words)


def test_what_was_resumed_and_killed_again_goes_on_from_there(tmp_path: Path, journal: Path):
    script = tmp_path / "s.txt"
    killed_reading(journal, script)
    process = start("read", str(script), "--resume", *options(journal))
    wait_until(
        lambda: len(last(journal).cues) == 3 and last(journal).cues[1].row.heard > 5, process
    )
    process.kill()
    process.communicate()
    run("read", str(script), "--resume", *options(journal))
    third = last(journal)
    assert [cue.row.number for cue in third.cues] == [2, 3]
    assert third.cues[0].row.begin > 0
    assert third.cues[0].text.strip() == STORY[2]


def test_what_a_tag_before_the_place_says_still_holds(tmp_path: Path, journal: Path):
    script, cast = tmp_path / "s.txt", tmp_path / "cast.toml"
    cast.write_text("[Strahd]\nspeed = 0.5\n")
    story = (STORY[0], f"[Strahd] {STORY[1]}", STORY[2])
    script.write_text("\n\n".join(story))
    with_cast = (*options(journal), "--set", f"cast.file={cast}", "--set", "cast.auto=false")
    first = kill(start("read", str(script), *with_cast), journal)
    done = run("read", str(script), "--resume", *with_cast)
    assert (done.status, done.err) == (0, "")
    second = last(journal)
    assert [cue.text.strip() for cue in second.cues] == list(story[1:])
    assert second.cues[0].row.begin > len("[Strahd] Nobody was")

    def pace(record: SessionRecord, number: int) -> float:
        """Characters a second."""
        chunks = next(cue.chunks for cue in record.cues if cue.row.number == number)
        return sum(len(c.text) for c in chunks) / sum(c.duration_s for c in chunks)

    assert pace(second, 1) == pytest.approx(pace(first, 1), rel=0.15)
    assert pace(second, 2) == pytest.approx(2 * pace(second, 1), rel=0.15)


def test_a_file_that_has_changed_is_gone_on_with_at_the_same_words(tmp_path: Path, journal: Path):
    script = tmp_path / "s.txt"
    heard = killed_reading(journal, script).cues[1].row.heard
    script.write_text("\n\n".join(("A new beginning.", *STORY)))
    done = run("read", str(script), "--resume", *options(journal))
    assert done.only_line == (
        f"{script} has changed since; going on at the same words, in paragraph 3"
    )
    assert spoken(last(journal))[0] == STORY[1][heard:].lstrip(" ,") + "\n"


def test_a_file_that_was_heard_to_its_end_is_read_again(tmp_path: Path, journal: Path):
    script = tmp_path / "s.txt"
    script.write_text("Short.")
    run("read", str(script), *options(journal))
    done = run("read", str(script), "--resume", *options(journal))
    assert done.only_line == f"{script} was heard to its end; reading it from the beginning"
    assert spoken(last(journal)) == ["Short."]


def test_a_file_that_was_never_read_is_read_from_its_beginning(tmp_path: Path, journal: Path):
    script = tmp_path / "s.txt"
    script.write_text("Short.")
    run("say", "Something else.", *options(journal))
    done = run("read", str(script), "--resume", *options(journal))
    assert (done.status, done.only_line) == (
        0,
        f"no earlier session has read {script}; reading it from the beginning",
    )
    assert spoken(last(journal)) == ["Short."]


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
def test_a_pipe_with_a_name_is_read_whole(tmp_path: Path, journal: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start("read", str(pipe), *options(journal))
    pipe.write_text("One.\n\nTwo.")
    assert process.wait(60) == 0
    assert [cue.text.strip() for cue in last(journal).cues] == ["One.", "Two."]
    assert last(journal).row.source is None


def test_standard_input_cannot_be_resumed(journal: Path):
    done = run("read", "-", "--resume", *options(journal))
    assert done.status == 2
    assert "standard input cannot be gone on with" in done.only_line


HEADLESS = ("--no-tui", "--no-bridge")


def test_headless_the_unfinished_cues_are_queued_again_in_their_order(journal: Path):
    process = start(*HEADLESS, *options(journal), stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("\n".join(STORY).encode() + b"\n")
    process.stdin.flush()
    first = kill(process, journal)
    assert len(first.cues) == 4
    heard = first.cues[1].row.heard
    done = run(*HEADLESS, "--resume", *options(journal), stdin=b"And this is new.\n")
    assert done.status == 0
    assert done.only_line == "going on with the session that was cut off: 3 cues are left"
    second = last(journal)
    rest = STORY[1][heard:].lstrip(" ,")
    assert spoken(second) == [rest, *STORY[2:], "And this is new."]
    assert [cue.row.cue_id for cue in second.cues[:3]] == [cue.row.cue_id for cue in first.cues[1:]]
    done = run(*HEADLESS, "--resume", *options(journal))
    assert "nothing is queued again" in done.only_line


def test_without_any_journal_resuming_says_so_and_goes_on(journal: Path):
    done = run(*HEADLESS, "--resume", *options(journal), stdin=b"Hello.\n")
    assert done.status == 0
    assert done.told[0].startswith(f"there is no session record at {journal}")
    assert spoken(last(journal)) == ["Hello."]


def test_a_journal_that_is_switched_off_is_not_written(journal: Path):
    off = ("--set", "journal.enabled=false")
    assert run("say", "Hello.", *options(journal), *off).status == 0
    assert not journal.exists()
