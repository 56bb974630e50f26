"""The lexicon's file: what is wrong in it is told and costs nothing else."""

from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError
from skaldcast.core.spoken.lexicon import Entry
from skaldcast.core.spoken.lexicon_file import add_entry, read_lexicon, remove_entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.toml"


def test_entries_are_a_respelling_or_fields(path: Path) -> None:
    path.write_text(
        'Malachar = "MAL-a-kar"\n"Caer Morwyn" = { say = "KIRE MOR-win", ipa = "kaɪɹ" }\n'
        "[Ys]\nsay = 'eese'\ncase = true\n",
        "utf-8",
    )
    read = read_lexicon(path)
    assert read.problems == ()
    assert list(read.lexicon.entries.values()) == [
        Entry("Malachar", "MAL-a-kar"),
        Entry("Caer Morwyn", "KIRE MOR-win", "kaɪɹ"),
        Entry("Ys", "eese", case=True),
    ]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("Nope = MAL-a-kar", "cannot be understood: 'Nope = MAL-a-kar'; write"),
        ("Étaín = 'ay'", "cannot be understood"),
        ("Nope = 5", "'Nope' has to be text"),
        ("Nope = { said = 'x' }", "'Nope' has an unknown 'said'; there are say, ipa, case"),
        ("Nope = ''", "'Nope' does not tell how it is said"),
        ("Nope = { ipa = 'ǂa' }", "'Nope': no voice can say 'ǂ' in its ipa"),
        ("Nope = { ipa = 'ˈ' }", "no sound in it"),
        ("'!' = 'bang'", "'!' is no word"),
        ("First = 'x'", "'First' is there twice"),
    ],
)
def test_a_broken_line_costs_no_other(path: Path, broken: str, told: str) -> None:
    path.write_text(f"First = 'one'\n# mine\n{broken}\nLast = 'two'\n", "utf-8")
    read = read_lexicon(path)
    (problem,) = read.problems
    assert problem.startswith(f"{path}:3: ")
    assert told in problem
    assert {"First", "Last"} <= set(read.lexicon.entries)


def test_a_bad_ipa_leaves_the_respelling(path: Path) -> None:
    path.write_text("Ys = { say = 'eese', ipa = 'ǂ' }\n", "utf-8")
    read = read_lexicon(path)
    assert read.lexicon.entries["Ys"] == Entry("Ys", "eese")
    assert len(read.problems) == 1


def test_a_file_that_is_not_there_is_empty(path: Path) -> None:
    assert not read_lexicon(path).lexicon


def test_a_file_in_another_encoding_is_told(path: Path) -> None:
    path.write_bytes(b"Ys = 'eese'\n'\xc9tain' = 'ay'\n")
    read = read_lexicon(path)
    assert f"{path}:2: not UTF-8 text" in read.problems[0]
    assert "Ys" in read.lexicon.entries


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_lexicon(tmp_path)


def test_entries_are_added_and_removed_around_a_user_s_comments(path: Path) -> None:
    path.write_text("# my names\nYs = 'eese'  # a city\n", "utf-8")
    add_entry(path, Entry("Caer Morwyn", "KIRE MOR-win", "kaɪɹ"))
    add_entry(path, Entry("Ys", "ease"))
    add_entry(path, Entry("Zed", "zed"))
    remove_entry(path, "Zed")
    assert path.read_text("utf-8") == (
        '# my names\nYs = "ease"  # a city\n"Caer Morwyn" = {say = "KIRE MOR-win", ipa = "kaɪɹ"}\n'
    )
    assert read_lexicon(path).problems == ()


def test_what_could_not_be_read_back_is_not_added(path: Path) -> None:
    with pytest.raises(ConfigError, match="'ǂ'"):
        add_entry(path, Entry("Ys", ipa="ǂ"))
    assert not path.exists()


def test_a_word_that_is_not_there_cannot_be_removed(path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no entry 'Ys'"):
        remove_entry(path, "Ys")


def test_a_broken_file_is_not_written_over(path: Path) -> None:
    path.write_text("Ys = \n", "utf-8")
    with pytest.raises(ConfigError, match="broken TOML"):
        add_entry(path, Entry("Zed", "zed"))
    assert path.read_text("utf-8") == "Ys = \n"
