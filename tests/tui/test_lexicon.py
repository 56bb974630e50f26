"""`lexicon`: how the names of a campaign are said."""

from pathlib import Path

import pytest

from tests.tui.command import QUICK, Done, run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "campaign.toml"


def lexicon(file: Path, *arguments: str) -> Done:
    return run("lexicon", *arguments, "--set", f"lexicon.file={file}")


def test_entries_are_added_listed_and_removed(file: Path):
    assert lexicon(file, "add", "Malachar", "MAL-uh-kar", "--ipa", "mˈæləkɑɹ").status == 0
    done = lexicon(file)
    assert done.out.splitlines()[1:] == ["Malachar\tMAL-uh-kar\tmˈæləkɑɹ\tno"]
    assert lexicon(file, "remove", "Malachar").only_line == f"Malachar is no longer in {file}"
    assert lexicon(file, "list").out.count("\n") == 1


def test_a_text_is_shown_in_the_form_that_the_voice_takes(file: Path):
    file.write_text("Malachar = { say = 'MAL-uh-kar', ipa = 'mˈæləkɑɹ' }\n", "utf-8")
    text = "Malachar's 2d6+3"
    done = lexicon(file, "try", text, "--quiet")
    assert (done.status, done.out) == (0, "[Malachar's](/mˈæləkɑɹz/) two d six plus three\n")
    assert lexicon(file, "try", text, "--quiet", *QUICK).out == f"{text}\n"


def test_a_text_is_spoken_too(file: Path):
    done = lexicon(file, "try", "Malachar", *QUICK, "--output", "null")
    assert (done.status, done.out) == (0, "Malachar\n")


def test_markup_is_not_shown_as_it_is_not_spoken(file: Path):
    done = lexicon(file, "try", "[Narrator] *Ys*, at [pause 1] 12:30.", "--quiet")
    assert (done.status, done.out) == (0, "Ys, at twelve thirty.\n")


def test_a_broken_line_is_told_once_where_a_text_is_tried_aloud(file: Path):
    file.write_text("oops\nYs = 'eese'\n", "utf-8")
    done = lexicon(file, "try", "Ys", *QUICK, "--output", "null")
    assert (done.status, done.out) == (0, "Ys\n")
    assert done.only_line.startswith(f"{file}:1: ")


def test_a_broken_line_is_told_and_the_rest_works(file: Path):
    file.write_text("oops\nYs = 'eese'\n", "utf-8")
    done = lexicon(file)
    assert done.status == 0
    assert done.only_line.startswith(f"{file}:1: ")
    assert "Ys\teese" in done.out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("add", "Ys"), 2, "give the word and how it is said"),
        (("add", "Ys", "--ipa", "ǂ"), 1, "no voice can say 'ǂ'"),
        (("remove", "Ys"), 1, "there is no entry 'Ys'"),
        (("try",), 2, "give the text"),
        (("list", "Ys"), 2, "not understood: Ys"),
        (("list", "--quiet"), 2, "--quiet belongs to"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    file: Path, arguments: tuple[str, ...], status: int, told: str
):
    assert told in lexicon(file, *arguments).refusal(status)
