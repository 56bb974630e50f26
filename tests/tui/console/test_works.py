"""Long work: begun, shown, given up, and what came of it is told."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError, StateError
from skaldcast.tui.console.widgets.progress import work_line
from skaldcast.tui.console.works import Doing, Work, Works
from tests.tui.console.acting import console, play


class Told:
    """Works with a clock that stands still, and what was said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.changed = asyncio.Event()
        self.works = Works(
            lambda text, trouble: self.said.append((text, trouble)), self.changed.set, lambda: 0.0
        )


def ending(with_: str | Exception) -> Doing:
    async def doing(_: Work) -> str:
        if isinstance(with_, Exception):
            raise with_
        return with_

    return doing


async def forever(work: Work) -> str:
    work.tell(1, 4, "1 of 4 cues")
    await asyncio.Event().wait()
    return "never"


@pytest.mark.parametrize(
    ("ends_with", "said"),
    [
        ("rendered", [("rendered", False)]),
        ("", []),
        (ConfigError("no room"), [("W: no room", True)]),
        (RuntimeError("x"), [("W: an internal error, RuntimeError('x')", True)]),
    ],
)
def test_what_came_of_it_is_told(ends_with: str | Exception, said: list[tuple[str, bool]]):
    async def work() -> None:
        told = Told()
        told.works.start("W", ending(ends_with))
        told.changed.clear()
        await told.changed.wait()  # it ended
        await asyncio.sleep(0)
        assert told.said == said

    asyncio.run(work())


def test_the_last_one_is_given_up_first():
    async def work() -> None:
        told = Told()
        for name in ("a", "b"):
            told.works.start(name, forever)
        await asyncio.sleep(0)
        told.works.give_up()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [w.name for w in told.works.all] == ["a"]
        await told.works.close()
        assert told.said == [("b: given up", False), ("a: given up", False)]

    asyncio.run(work())


def refused(act: Callable[[], object], why: str) -> None:
    with pytest.raises(StateError, match=why):
        act()


def test_the_same_twice_too_many_and_none_at_all_are_refused():
    async def work() -> None:
        works = Told().works
        refused(works.give_up, "no long work")
        for name in "abcd":
            works.start(name, forever)
        refused(lambda: works.start("a", forever), "being done already")
        refused(lambda: works.start("e", forever), "4 long works")
        await works.close()

    asyncio.run(work())


@pytest.mark.parametrize("width", range(10, 120, 7))
def test_a_line_keeps_to_its_width_and_always_says_how_far(width: int):
    work = Work("Render the whole list to a file of sound", 0.0)
    work.tell(2, 5, "2 of 5 cues")
    line = work_line(work, 3.0, width)
    assert "40 %" in line
    assert len(line) <= max(width, 34)
    if width >= 100:
        assert line.endswith("[██████████··············]  40 %  2 of 5 cues  Ctrl+B gives up")


def test_what_has_no_end_in_sight_shows_that_it_goes_on():
    work = Work("Load the voice", 0.0)
    assert work_line(work, 3.0, 80) == f"Load the voice  [{'···█':·<24}]  3 s  Ctrl+B gives up"


def test_work_is_shown_on_the_main_screen_until_ctrl_b_gives_it_up(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.app.works.start("Count", forever)
            await stage.until(lambda: "Count  [██████" in stage.text)
            assert "1 of 4 cues  Ctrl+B gives up" in stage.text
            await stage.press("ctrl+b")
            await stage.until(lambda: "Count  [" not in stage.text)
            assert stage.notice == "Count: given up"

    play(work)
