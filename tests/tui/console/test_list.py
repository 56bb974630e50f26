"""The list of cues by its keys."""

from pathlib import Path

import pytest

from skaldcast.tui.console.keeping import Keeper
from tests.tui.console.acting import SCRIPT, Stage, console, play

A, B, C, D = SCRIPT


def texts(stage: Stage) -> list[str]:
    return [line.text for line in stage.app.cues]


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        ("J", [B, A, C, D]),
        ("shift+down", [B, A, C, D]),
        ("j J J", [A, C, D, B]),
        ("end K", [A, B, D, C]),
        ("G shift+up shift+up shift+up shift+up", [D, A, B, C]),
        ("y", [A, A, B, C, D]),
        ("delete", [B, C, D]),
        ("D D", [C, D]),
        ("down D u", [A, B, C, D]),
        ("pagedown D pageup D", [B, C]),
        ("k g up D", [B, C, D]),
        ("D D D D D u u u u u", [A, B, C, D]),
    ],
)
def test_lines_are_moved_doubled_and_deleted(keys: str, order: list[str], tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", *keys.split())
            assert texts(stage) == order

    play(work)


@pytest.mark.parametrize("keys", ["j enter space", "down enter f5", "end k k enter ctrl+g"])
def test_enter_lets_the_chosen_cue_stand_by(keys: str, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", *keys.split())
            assert stage.narrator.texts == [B]

    play(work)


def test_x_speaks_the_chosen_cue_and_what_stands_by_stays(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "j", "x")
            assert stage.narrator.texts == [B]
            assert stage.app.cues.standby is stage.app.cues[0]
            await stage.press("f")
            assert "RUNS ON" in stage.lines[0]

    play(work)


def test_a_cue_is_edited_in_a_sheet(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "e", "end", "space", *"Wide.", "ctrl+s")
            await stage.pilot.pause()
            assert texts(stage)[0] == "The gate stood open. Wide."
            await stage.press("e", "x", "escape")
            assert texts(stage)[0] == "The gate stood open. Wide."
            await stage.press("a", *"New", "ctrl+s")
            await stage.pilot.pause()
            assert texts(stage)[1] == "New"
            assert stage.app.main.cue_table.cursor == 1

    play(work)


def test_a_cue_that_is_spoken_is_not_changed_and_that_is_told(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "space", "D")
            assert texts(stage) == list(SCRIPT)
            assert "is being spoken: it cannot be removed; skip it first" in stage.notice

    play(work)


def test_search_finds_and_n_finds_the_next(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "slash", *"THE", "enter")
            await stage.pilot.pause()
            assert stage.app.main.cue_table.cursor == 0
            await stage.press("n")
            assert stage.app.main.cue_table.cursor == 3
            await stage.press("slash", *"dragon", "enter")
            await stage.pilot.pause()
            assert "no cue has" in stage.notice

    play(work)


def test_the_whole_script_is_edited_as_text(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e", "ctrl+home", *"New.", "enter", "enter", "ctrl+e")
            await stage.pilot.pause()
            assert texts(stage) == ["New.", *SCRIPT]

    play(work)


def test_a_script_is_opened_changed_and_saved(tmp_path: Path):
    async def work() -> None:
        script = tmp_path / "scene.txt"
        script.write_text("One.\n\nTwo.\n")
        async with console(tmp_path, cues=(), script=script) as stage:
            assert texts(stage) == ["One.", "Two."]
            assert "scene.txt |" in stage.lines[0]
            await stage.press("tab", "D", "ctrl+s")
            assert script.read_text() == "Two.\n"
            await stage.press("y")
            assert "(not saved)" in stage.lines[0]
            await stage.press("ctrl+o", "ctrl+u", *str(tmp_path / "nowhere.txt"), "enter")
            await stage.pilot.pause()
            assert "cannot be read" in stage.notice
            assert texts(stage) == ["Two.", "Two."]

    play(work)


def test_a_list_without_a_file_asks_where_to_save(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+s", *str(tmp_path / "new.txt"), "enter")
            await stage.pilot.pause()
            assert (tmp_path / "new.txt").read_text() == "\n\n".join(SCRIPT) + "\n"

    play(work)


def test_the_list_is_kept_within_a_second_and_is_back_the_next_time(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "j", "enter", "D")

            def kept() -> bool:
                draft = Keeper(tmp_path).draft()
                return draft is not None and len(draft.cues) == 3

            await stage.until(kept)  # as if it crashed now
        async with console(tmp_path, cues=()) as stage:
            assert texts(stage) == [A, C, D]
            assert stage.app.cues.standby is stage.app.cues[1]

    play(work)


def test_ten_thousand_cues_are_drawn_as_fast_as_ten(tmp_path: Path):
    """The lines asked for are those on the screen, wherever the cursor is."""

    async def work() -> None:
        many = tuple(f"Cue number {k}." for k in range(10_000))
        async with console(tmp_path, cues=many) as stage:
            drawn: list[int] = []
            row = stage.app.main.cue_table._row
            stage.app.main.cue_table._row = lambda at, *rest: drawn.append(at) or row(at, *rest)
            await stage.press("tab", "end")
            await stage.pilot.pause()
            assert "Cue number 9999." in stage.text
            assert len(set(drawn)) <= 3 * stage.app.main.cue_table.size.height

    play(work)


def test_a_cue_that_begins_to_speak_is_shown(tmp_path: Path):
    async def work() -> None:
        many = tuple(f"Cue number {k}." for k in range(200))
        async with console(tmp_path, cues=many) as stage:
            stage.app.cues.stand_by(stage.app.cues[150])
            await stage.press("f5")
            await stage.heard(stage.narrator.cues[0])
            assert "151 » SPEAKING" in stage.text

    play(work)
