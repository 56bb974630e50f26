"""The voice is started again because something else was chosen."""

import threading
from pathlib import Path

from skaldcast.core.errors import OutputError
from tests.tui.console.acting import FakeSetup, console, play


def test_what_is_spoken_ends_and_the_next_voice_takes_the_rest(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            first = stage.narrator
            await stage.press("f5", "f5")
            await stage.heard(first.cues[0])
            stage.app.link.restart()
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            await stage.ready()
            assert first.closed
            assert stage.states() == ["skipped", "skipped", "waiting", "waiting"]
            await stage.press("f5")
            assert stage.narrator.texts == ["Nobody moved."]

    play(work)


def test_lines_that_a_broken_narrator_never_ended_do_not_stay_live(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            stage.narrator.stop = lambda: None
            stage.app.link.restart()
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            assert stage.states()[0] == "skipped"

    play(work)


def test_a_voice_that_is_being_loaded_is_left_for_the_next(tmp_path: Path):
    let = threading.Event()

    def loads_slowly(setup: FakeSetup) -> None:
        setup.loads = lambda: None if setup.narrators or let.is_set() else let.wait(20.0)

    async def work() -> None:
        async with console(tmp_path, change=loads_slowly, voice=False) as stage:
            await stage.until(lambda: stage.app.link.voice._starting is not None)  # pyright: ignore
            stage.setup.loads = lambda: None
            stage.app.link.restart()
            await stage.ready()
            let.set()
            await stage.press("f5")
            assert stage.app.link.narrator is not None

    play(work)


def test_after_a_failure_it_is_another_try(tmp_path: Path):
    async def work() -> None:
        def break_it(setup: FakeSetup) -> None:
            setup.starts_with = OutputError("no device")

        async with console(tmp_path, change=break_it, voice=False) as stage:
            await stage.until(lambda: "no device" in stage.notice)
            stage.setup.starts_with = None
            stage.app.link.restart()
            await stage.ready()

    play(work)
