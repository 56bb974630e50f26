"""The script as text: marked by the grammar, searched, undone, taken over, saved."""

import random
from pathlib import Path

import pytest
from textual import events
from textual.document._document import Selection
from textual.document._wrapped_document import WrappedDocument

from skaldcast.core.script.cast import Cast
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.screens.script import ScriptScreen
from skaldcast.tui.console.widgets.row_list import RowList
from skaldcast.tui.console.widgets.script_area import ScriptArea
from tests.tui.console.acting import SCRIPT, Stage, console, play

TEXT = "\n\n".join(SCRIPT)


def area(stage: Stage) -> ScriptArea:
    return stage.app.screen.query_one(ScriptArea)


def doubts(stage: Stage) -> list[tuple[str, ...]]:
    return [row.cells for row in stage.app.screen.query_one("#doubts", RowList).rows]


def styles(stage: Stage, line: int) -> dict[str, str]:
    """What is marked in a line, with its colour."""
    text = area(stage).get_line(line)
    return {
        text.plain[s.start : s.end]: str(getattr(s.style, "color", s.style)) for s in text.spans
    }


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_the_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=size) as stage:
            await stage.press("ctrl+e")
            await stage.pilot.pause()
            assert max(map(len, stage.lines)) <= size[0]
            assert "The gate" in stage.text

    play(work)


def test_what_is_not_spoken_and_who_speaks_looks_different(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, cues=("[Strahd] Come in. [door slams]", "Plain.")) as stage:
            await stage.press("ctrl+e")
            found = styles(stage, 0)
            assert list(found) == ["[Strahd]", "Come in. ", "[door slams]"]
            assert len(set(found.values())) == 3
            assert styles(stage, 2) == {}

    play(work)


def test_marks_follow_what_is_typed(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, cues=("Come in.",)) as stage:
            await stage.press("ctrl+e", *"[Strahd]", "space")
            assert "[Strahd]" in styles(stage, 0)

    play(work)


def test_what_may_be_a_mistake_is_listed_with_its_line_and_found_by_a_key(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, cues=("One.", "[Strad] Two.", "Three [open.")) as stage:
            await stage.press("ctrl+e")
            await stage.until(lambda: len(doubts(stage)) == 2)
            assert doubts(stage)[0] == (
                "line 3",
                '"Strad" is not in the cast; did you mean Strahd?',
            )
            await stage.press("ctrl+l")
            assert area(stage).cursor_location[0] == 2
            await stage.press("ctrl+l")
            assert area(stage).cursor_location[0] == 4
            await stage.press("tab", "down")
            assert area(stage).cursor_location[0] == 4
            await stage.press("up")
            assert area(stage).cursor_location[0] == 2
            area(stage).text = "One."
            await stage.until(lambda: "nothing that looks like a mistake" in stage.text)
            await stage.press("ctrl+l")

    play(work)


def test_the_text_is_taken_over_by_ctrl_e(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e", *"Now. ", "ctrl+e")
            await stage.until(lambda: stage.app.screen is stage.app.main)
            assert [line.text for line in stage.app.cues] == [f"Now. {SCRIPT[0]}", *SCRIPT[1:]]
            assert "(not saved)" in stage.lines[0]

    play(work)


def test_ctrl_s_takes_it_over_and_saves_the_file(tmp_path: Path):
    async def work() -> None:
        path = tmp_path / "scene.txt"
        path.write_text(TEXT)
        async with console(tmp_path, cues=(), script=path) as stage:
            await stage.press("ctrl+e", *"Now. ", "ctrl+s")
            await stage.until(lambda: stage.app.screen is stage.app.main)
            assert path.read_text() == f"Now. {TEXT}\n"

    play(work)


def test_what_was_changed_is_not_given_up_without_asking(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e", "a", "escape")
            assert isinstance(stage.app.screen, AskYes)
            await stage.press("n")
            assert area(stage).text == f"a{TEXT}"
            await stage.press("escape", "y")
            await stage.until(lambda: stage.app.screen is stage.app.main)
            assert [line.text for line in stage.app.cues] == list(SCRIPT)

    play(work)


def test_changes_are_undone_and_done_again(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e", "a", "ctrl+z")
            assert area(stage).text == TEXT
            await stage.press("ctrl+y")
            assert area(stage).text == f"a{TEXT}"
            assert isinstance(stage.app.screen, ScriptScreen)
            await stage.press("ctrl+z", "escape")
            assert stage.app.screen is stage.app.main

    play(work)


def test_words_are_found_one_after_another_and_from_the_beginning_again(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, cues=("The gate.", "A Gate.", "No.")) as stage:
            await stage.press("ctrl+e", "ctrl+f", *"GATE", "enter")
            assert area(stage).selection == Selection((0, 4), (0, 8))
            await stage.press("enter")
            assert area(stage).selection == Selection((2, 2), (2, 6))
            await stage.press("enter")
            assert area(stage).selection == Selection((0, 4), (0, 8))
            assert "from the beginning again" in stage.text
            await stage.press("ctrl+u", *"zzz", "enter")
            assert "nothing has 'zzz' in it" in stage.text
            await stage.press("escape")
            assert stage.app.focused is area(stage)
            await stage.press("escape")
            assert stage.app.screen is stage.app.main

    play(work)


def test_a_file_that_is_dropped_is_put_in(tmp_path: Path):
    async def work() -> None:
        path = tmp_path / "more.txt"
        path.write_text("A bell.\n\nTwo bells.\n")
        async with console(tmp_path, cues=()) as stage:
            await stage.press("ctrl+e")
            area(stage).post_message(events.Paste(str(path)))
            await stage.until(lambda: area(stage).text == "A bell.\n\nTwo bells.")
            assert "more.txt is put in: 2 cues" in stage.text
            area(stage).post_message(events.Paste(" Three."))
            await stage.until(lambda: area(stage).text.endswith("bells. Three."))
            path.write_bytes(b"\xff\x00")
            area(stage).post_message(events.Paste(str(path)))
            await stage.until(lambda: "Trouble: " in stage.text)

    play(work)


def test_a_text_that_cannot_be_taken_over_now_is_not_lost(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            await stage.heard(stage.narrator.cues[0])
            await stage.press("ctrl+e", *"Now. ", "ctrl+e")
            await stage.until(lambda: "cue 1 is being spoken" in stage.text)
            assert area(stage).text == f"Now. {TEXT}"
            stage.narrator.end(stage.narrator.cues[0])
            await stage.until(lambda: stage.states()[0] == "spoken")
            await stage.press("ctrl+e")
            await stage.until(lambda: stage.app.screen is stage.app.main)
            assert stage.app.cues[0].text == f"Now. {SCRIPT[0]}"

    play(work)


def test_the_transport_holds_while_a_script_is_edited(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e", "f5")
            assert stage.narrator.texts == [SCRIPT[0]]

    play(work)


def test_the_quick_height_is_textuals_own(tmp_path: Path):
    async def work() -> None:
        rng = random.Random(5)
        async with console(tmp_path, size=(40, 12), cues=("word " * 40, "b " * 90)) as stage:
            await stage.press("ctrl+e")
            document = area(stage).wrapped_document
            for _ in range(60):
                area(stage).cursor_location = (rng.randrange(area(stage).document.line_count), 0)
                area(stage).insert(rng.choice(("x " * 30, "\n", "\n\n", "y")))
                if rng.random() < 0.3:
                    area(stage).undo()
                assert document.height == vars(WrappedDocument)["height"].fget(document)

    play(work)


def test_a_paragraph_that_is_far_too_long_is_not_read_with_each_key(tmp_path: Path):
    async def work() -> None:
        long = ScriptArea("[Strahd] " + "a " * 20_000, Cast())
        assert long.get_line(0).spans == []
        many = ScriptArea("\n".join(["[Strahd] a"] * 500), Cast())
        assert many.get_line(250).spans == []

    play(work)


def test_a_text_that_is_closed_while_it_is_looked_through_harms_nothing(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("ctrl+e")
            screen = stage.app.screen
            assert isinstance(screen, ScriptScreen)
            await stage.press("escape")
            await screen._look()
            screen.tell("too late")
            assert stage.app.screen is stage.app.main

    play(work)
