"""What the console keeps from one time to the next, and scripts in files."""

import os
from pathlib import Path

import pytest

from skaldcast.core.cue_list import CueList
from skaldcast.core.errors import TextError
from skaldcast.tui.console.keeping import Draft, Keeper, Kept
from skaldcast.tui.console.scripts import read_script, write_script


def test_a_list_comes_back_as_it_was(tmp_path: Path):
    cues = CueList(["a", "b\nb"])
    cues.append("c", character="Strahd", voice="tone")
    cues.stand_by(cues[1])
    Keeper(tmp_path).save_draft(Draft.of(cues, tmp_path / "s.txt", saved=False))
    draft, back = Keeper(tmp_path).draft(), CueList()
    assert draft is not None
    draft.fill(back)
    assert [(c.text, c.character, c.voice) for c in back] == [
        ("a", None, None),
        ("b\nb", None, None),
        ("c", "Strahd", "tone"),
    ]
    assert back.standby is back[1]
    assert (draft.path, draft.saved) == (str(tmp_path / "s.txt"), False)


def test_a_place_is_that_of_the_list_it_was_kept_for(tmp_path: Path):
    cues, keeper = CueList("abc"), Keeper(tmp_path)
    keeper.save_draft(Draft.of(cues, None, saved=True))
    keeper.save_place(2)
    assert standby_in(tmp_path) == 2
    keeper.save_place(None)
    assert standby_in(tmp_path) is None
    keeper.save_draft(Draft.of(cues, None, saved=True))  # and the machine goes down
    assert standby_in(tmp_path) == 0


def standby_in(folder: Path) -> int | None:
    draft = Keeper(folder).draft()
    assert draft is not None
    return draft.standby


def test_two_consoles_keep_two_lists(tmp_path: Path):
    first, second, again = Keeper(tmp_path), Keeper(tmp_path), Keeper(tmp_path)
    first.claim()
    second.claim()
    assert (first.number, second.number) == (1, 2)
    first.save_draft(Draft.of(CueList("a"), None, saved=True))
    second.save_draft(Draft.of(CueList("bc"), None, saved=True))
    first.close()
    again.claim()
    for keeper, texts in ((again, ["a"]), (second, ["b", "c"])):
        draft = keeper.draft()
        assert draft is not None
        assert [row.text for row in draft.cues] == texts


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"cues": 3}', '{"cues": [1, null, {"text": 5}]}', '{"cues": [{"text": ""}]}'],
)
def test_a_broken_draft_is_no_list(content: str, tmp_path: Path):
    (tmp_path / "draft.json").write_text(content)
    draft, cues = Keeper(tmp_path).draft(), CueList()
    if draft is not None:
        draft.fill(cues)
    assert len(cues) == 0


def test_where_nothing_is_kept_the_guide_is_shown(tmp_path: Path):
    assert Keeper(tmp_path / "none").kept() == Kept(guide_shown=False, dark=True)
    Keeper(tmp_path / "new").keep(Kept(guide_shown=True, dark=False))
    assert Keeper(tmp_path / "new").kept() == Kept(guide_shown=True, dark=False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_script_is_read_in_paragraphs(encoding: str, tmp_path: Path):
    path = tmp_path / "s.txt"
    path.write_bytes("Grüß Gott.\r\nZwei.\r\n\r\n四\r\n".encode(encoding))
    assert read_script(path) == ["Grüß Gott.\nZwei.", "四"]


def test_a_pipe_is_no_script_and_is_not_waited_for(tmp_path: Path):
    with pytest.raises(TextError, match="is no file"):
        read_script(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(TextError, match="is no file"):
            read_script(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfa\x00", "is not UTF-8 text"), (b"a\x00b", "is no text"), (None, "cannot be read")],
)
def test_what_is_no_script_is_refused(content: bytes | None, why: str, tmp_path: Path):
    path = tmp_path / "s.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TextError, match=why):
        read_script(path)


def test_what_was_written_is_read_again(tmp_path: Path):
    path = tmp_path / "s.txt"
    write_script(path, ["a\nb", "[Strahd] c"])
    assert read_script(path) == ["a\nb", "[Strahd] c"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_keeps_what_is_there(tmp_path: Path):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(TextError, match="choose another place"):
        write_script(tmp_path / "file" / "s.txt", ["a"])
    assert (tmp_path / "file").read_text() == "kept"
