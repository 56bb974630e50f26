"""Ctrl+Q ends the console, whatever else goes on."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from textual.widgets import Input, TextArea

from skaldcast.core.script.cast import Cast
from skaldcast.tui.console.app import ConsoleApp
from skaldcast.tui.console.screens.asking import AskText
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.screens.script import ScriptScreen
from skaldcast.tui.console.screens.voice_form import VoiceForm
from skaldcast.tui.console.voice_desk import NewVoice
from tests.tui.console.acting import FakeNarrator, FakeSetup, Stage, console, leave, play


class Unending(FakeNarrator):
    """Its processes do not end."""

    async def __aexit__(self, *error: object) -> None:
        await asyncio.Event().wait()


def unending(setup: FakeSetup) -> None:
    setup.narrator_class = Unending


def kept(stage: Stage) -> str:
    return json.dumps(json.loads((stage.folder / "draft.json").read_text("utf-8")))


def test_asked_twice_it_ends_at_once_though_the_voice_does_not(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, change=unending) as stage:
            await stage.press("ctrl+q")
            await stage.until(lambda: "closing" in stage.notice)
            assert stage.app.return_value is None
            await stage.press("ctrl+q")
            await stage.app.wait_left()
            assert stage.app.return_value == 0

    play(work)


def test_a_voice_that_does_not_end_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ConsoleApp, "longest_farewell_s", 0.01)

    async def work() -> None:
        async with console(tmp_path, change=unending) as stage:
            await stage.press("ctrl+q")
            await stage.app.wait_left()
            assert stage.app.return_value == 0

    play(work)


def test_the_list_is_kept_before_the_voice_is_ended(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, change=unending) as stage:
            stage.app.editing.append(["The very last words."])
            stage.app.list_changed()
            await stage.press("ctrl+q")
            await stage.until(lambda: "The very last words." in kept(stage))
            await leave(stage)

    play(work)


def test_a_file_of_sound_is_waited_for_until_it_is_whole(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            assert stage.app.longest_farewell_s is not None
            stage.narrator.set_output("wav:scene.flac")
            assert stage.app.longest_farewell_s is None

    play(work)


def test_it_goes_before_keys_that_wait_and_they_count_no_more(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            for key in (*["f5"] * 100, "ctrl+q", *["f5"] * 100):
                stage.app.post_message(events.Key(key, None))
            await stage.app.wait_left()
            assert stage.narrator.texts == []

    play(work)


def test_it_is_heard_while_a_key_is_still_being_worked_off(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            done = asyncio.Event()
            stage.app.call_later(done.wait)
            stage.app.post_message(events.Key("ctrl+q", None))
            await stage.app.wait_left()
            assert stage.narrator.closed
            done.set()

    play(work)


def test_what_goes_wrong_on_the_way_out_does_not_keep_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    async def work() -> None:
        async with console(tmp_path) as stage:

            async def fails() -> None:
                raise ValueError("a defect")

            stage.app.desks.close = fails
            await leave(stage)
            assert "a defect" in caplog.text

    play(work)


def test_an_impatient_user_does_not_cut_short_how_a_voice_is_given_up(tmp_path: Path):
    """A voice that is being given up ends its processes: R once more must not disturb that."""

    class Slow(FakeNarrator):
        disturbed = False

        async def __aenter__(self) -> "Slow":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                try:
                    await ending.wait()
                except asyncio.CancelledError:
                    Slow.disturbed = True
                raise
            return self

    ending = asyncio.Event()

    def slow(setup: FakeSetup) -> None:
        setup.narrator_class = Slow

    async def work() -> None:
        async with console(tmp_path, change=slow, voice=False) as stage:
            await stage.until(lambda: stage.setup.narrators)
            for _ in range(3):
                stage.app.link.restart()
                await stage.pilot.pause()
            stage.app.leave()
            await stage.pilot.pause()
            ending.set()
            await stage.app.wait_left()
            assert not Slow.disturbed

    play(work)


WRITTEN = {
    "a cue": lambda: AskText("Edit", "The gate stood open."),
    "the script": lambda: ScriptScreen("Script", "The gate stood open.", Cast()),
    "a form": lambda: VoiceForm(NewVoice("anna"), blends=False),
}


async def open_sheet(stage: Stage, sheet: Screen[Any]) -> None:
    stage.app.push_screen(sheet)
    await stage.until(lambda: sheet.is_current and sheet.query("Input, TextArea"))
    await stage.pilot.pause()


def written(sheet: Screen[Any]) -> str:
    return "|".join(
        [area.text for area in sheet.query(TextArea)] + [line.value for line in sheet.query(Input)]
    )


@pytest.mark.parametrize("make", WRITTEN.values(), ids=WRITTEN)
def test_what_was_written_in_a_sheet_is_asked_for_first_and_stays_on_a_no(
    make: Callable[[], Screen[Any]], tmp_path: Path
):
    async def work() -> None:
        async with console(tmp_path) as stage:
            sheet = make()
            await open_sheet(stage, sheet)
            await stage.press("Z")
            assert "Z" in written(sheet)
            await stage.press("ctrl+q")
            await stage.until(lambda: isinstance(stage.app.screen, AskYes))
            await stage.pilot.pause()
            assert "not taken over" in stage.text
            await stage.press("escape")
            assert stage.app.screen is sheet
            assert "Z" in written(sheet)
            assert not stage.app.is_leaving
            await stage.press("ctrl+q")
            await stage.until(lambda: isinstance(stage.app.screen, AskYes))
            await stage.press("y")
            await stage.app.wait_left()

    play(work)


@pytest.mark.parametrize("make", WRITTEN.values(), ids=WRITTEN)
def test_a_sheet_without_a_change_is_left_without_a_question(
    make: Callable[[], Screen[Any]], tmp_path: Path
):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await open_sheet(stage, make())
            await stage.press("ctrl+q")
            await stage.app.wait_left()

    play(work)


def test_asked_twice_it_waits_for_no_answer_and_a_signal_waits_for_none_either(tmp_path: Path):
    async def work(*ways: str) -> None:
        async with console(tmp_path) as stage:
            await open_sheet(stage, WRITTEN["a cue"]())
            await stage.press("Z")
            for way in ways:
                await stage.press(way)
            if not ways:
                stage.app.leave()
            await stage.app.wait_left()

    play(lambda: work("ctrl+q", "ctrl+q"))
    play(work)
