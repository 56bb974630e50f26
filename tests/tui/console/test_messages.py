"""The screen of messages: filtered, by level, going on while it is open."""

from pathlib import Path

from skaldcast.tui.console.screens.log import LogScreen, told_rows
from skaldcast.tui.console.widgets.row_list import RowList
from tests.tui.console.acting import Stage, console, play


def texts(stage: Stage) -> list[str]:
    return [row.cells[1] for row in stage.app.screen.query_one(RowList).rows]


def test_it_goes_on_while_it_is_open_and_follows_the_end(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.app.notice("the first")
            await stage.press("f3")
            await stage.pilot.pause()
            assert texts(stage)[-1] == "the first"
            stage.app.notice("the second")
            await stage.until(lambda: texts(stage)[-1] == "the second")
            chosen = stage.app.screen.query_one(RowList).chosen
            assert chosen is not None
            assert chosen.cells[1] == "the second"

    play(work)


def test_the_cursor_stays_where_it_was_put_when_more_comes(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            for number in range(5):
                stage.app.notice(f"line {number}")
            await stage.press("f3", "up", "up")
            stage.app.notice("more")
            await stage.until(lambda: texts(stage)[-1] == "more")
            chosen = stage.app.screen.query_one(RowList).chosen
            assert chosen is not None
            assert chosen.cells[1] == "line 2"
            assert "line 2" in stage.text
            await stage.press("pageup", "pagedown", "down")
            assert stage.app.screen.query_one(RowList).cursor == len(texts(stage)) - 1

    play(work)


def test_troubles_stand_alone_by_a_key_and_what_is_typed_filters(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.app.notice("all is well")
            stage.app.notice("the lamp broke", is_trouble=True)
            stage.app.notice("the door broke", is_trouble=True)
            await stage.press("f3", "ctrl+l")
            assert texts(stage) == ["trouble: the lamp broke", "trouble: the door broke"]
            assert "troubles only" in stage.text
            await stage.press(*"LAMP")
            await stage.until(lambda: texts(stage) == ["trouble: the lamp broke"])
            await stage.press("ctrl+u", *"zzz")
            await stage.until(lambda: "no line has that in it" in stage.text)
            await stage.press("ctrl+u", "ctrl+l")
            await stage.until(lambda: "all is well" in texts(stage))

    play(work)


def test_a_line_is_copied(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.app.notice("the lamp broke")
            await stage.press("f3", "ctrl+y")
            assert stage.app.clipboard.endswith(" the lamp broke")
            await stage.press("f3")
            assert not isinstance(stage.app.screen, LogScreen)

    play(work)


def test_all_that_is_kept_is_filtered_without_a_console():
    told = ["10:00:00 voice tone ready", "10:00:01 trouble: gone", "10:00:02 hold of 0.40 s"]
    assert [row.cells for row in told_rows(told, "10:00:01", troubles_only=False)] == [
        ("10:00:01", "trouble: gone")
    ]
    assert [row.tone for row in told_rows(told, "", troubles_only=False)] == [
        "row",
        "trouble",
        "row",
    ]
    assert len(told_rows(told, "", troubles_only=True)) == 1
