"""Every key does what the table and the help say."""

import asyncio
from pathlib import Path

import pytest

from skaldcast.core.types import Outcome
from skaldcast.tui.console.keys import BY_NAME, EVERYWHERE, GROUPS, IN_LIST, Key
from skaldcast.tui.console.screens.asking import AskLine
from skaldcast.tui.console.screens.help import HelpScreen
from skaldcast.tui.console.screens.log import LogScreen
from skaldcast.tui.console.screens.script import ScriptScreen
from skaldcast.tui.console.views import VIEWS
from skaldcast.tui.console.widgets.cue_table import CueTable
from tests.tui.console.acting import SCRIPT, Stage, console, play


def keys_of(action: str, table: tuple[Key, ...]) -> list[str]:
    return next(key.keys.split(",") for key in table if key.action == action)


def everywhere(action: str) -> list[str]:
    return keys_of(action, EVERYWHERE)


def in_list(action: str) -> list[str]:
    return keys_of(action, IN_LIST)


def test_no_key_means_two_things_in_one_place():
    for _, keys in GROUPS:
        names = [name for key in keys for name in key.keys.split(",") if name]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("key", everywhere("go"))
def test_go_speaks_what_stands_by_while_a_line_is_typed(key: str, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("a", key)
            assert stage.narrator.texts == [SCRIPT[0]]
            assert stage.app.cues.standby is stage.app.cues[1]
            assert stage.app.main.prompt.value == "a"

    play(work)


async def speaking(stage: Stage) -> None:
    await stage.press("f5", "f5")
    await stage.heard(stage.narrator.cues[0])


@pytest.mark.parametrize(
    ("action", "done"),
    [("pause", "pause"), ("skip", "skip"), ("panic", "stop")],
)
@pytest.mark.parametrize("focus", ["prompt", "list"])
def test_transport_from_the_prompt_and_from_the_list(
    action: str, done: str, focus: str, tmp_path: Path
):
    async def work() -> None:
        keys = everywhere(action) if focus == "prompt" else in_list(f"app.{action}")
        for key in keys:
            async with console(tmp_path) as stage:
                await speaking(stage)
                if focus == "list":
                    stage.app.main.cue_table.focus()
                await stage.press(key)
                assert stage.narrator.done == [done]

    play(work)


def test_pause_goes_on_the_second_time(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await speaking(stage)
            await stage.press("f6")
            await stage.until(lambda: "PAUSED" in stage.text)
            await stage.press("f6")
            await stage.until(lambda: "SPEAKING" in stage.lines[0])
            assert stage.narrator.done == ["pause", "resume"]

    play(work)


def test_pause_is_shown_and_left_where_the_output_has_no_states(tmp_path: Path):
    """A file takes what it gets: the engine tells of no pause."""

    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.narrator.turn = lambda state: None
            await speaking(stage)
            await stage.press("f6")
            await stage.until(lambda: "PAUSED" in stage.text)
            await stage.press("f6")
            await stage.until(lambda: "PAUSED" not in stage.text)
            assert stage.narrator.done == ["pause", "resume"]

    play(work)


def test_panic_stops_the_model_too_and_holds(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f10")
            await stage.until(lambda: "RUNS ON" in stage.lines[0])
            await stage.heard(stage.narrator.cues[0])
            await stage.press("f8")
            await stage.until(lambda: not stage.narrator.cues)
            assert stage.setup.storyteller.stopped == 1
            await stage.pilot.pause()
            assert stage.narrator.waiting == 0

    play(work)


@pytest.mark.parametrize("key", everywhere("replay"))
def test_replay_speaks_again_what_was_given_last(key: str, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            cue = stage.narrator.cues[0]
            await stage.heard(cue)
            stage.narrator.end(cue)
            await stage.until(lambda: stage.states()[0] == "spoken")
            await stage.press(key)
            assert stage.narrator.texts == [SCRIPT[0]] * 2
            assert stage.app.cues.standby is stage.app.cues[1]
            await stage.type("By the way.")
            await stage.press(key)
            assert stage.narrator.texts[2:] == ["By the way."] * 2

    play(work)


@pytest.mark.parametrize("key", everywhere("follow"))
def test_run_goes_on_from_cue_to_cue_until_it_is_held(key: str, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press(key)
            await stage.heard(stage.narrator.cues[0])
            assert stage.narrator.texts == list(SCRIPT[:2])
            await stage.press(key)
            assert "RUNS ON" not in stage.lines[0]
            stage.narrator.end(stage.narrator.cues[0])
            await stage.heard(stage.narrator.cues[0])
            assert stage.narrator.texts == list(SCRIPT[:2])

    play(work)


@pytest.mark.parametrize(
    ("key", "screen"),
    [("f1", HelpScreen), ("f3", LogScreen), ("ctrl+o", AskLine), ("ctrl+e", ScriptScreen)],
)
def test_a_sheet_opens_by_its_key_and_escape_closes_it(key: str, screen: type, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press(key)
            assert isinstance(stage.app.screen, screen)
            await stage.press("escape")
            assert stage.app.screen is stage.app.main
            assert stage.app.focused is stage.app.main.prompt

    play(work)


@pytest.mark.parametrize("keys", [("enter",) * 4, ("escape",) * 3, ("enter", "escape", "enter")])
def test_keys_at_the_heels_of_the_one_that_closes_a_sheet_close_nothing_else(
    keys: tuple[str, ...], tmp_path: Path
):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "slash", "x")
            for key in keys:
                stage.app.simulate_key(key)
            await stage.until(lambda: stage.app.screen is stage.app.main)
            await stage.pilot.pause(0.1)
            assert stage.app.screen is stage.app.main
            assert stage.app.is_running

    play(work)


def test_the_help_has_every_key(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(120, 200)) as stage:
            await stage.press("f1")
            await stage.pilot.pause()
            shown = " ".join(stage.text.split())
            for _, keys in GROUPS:
                for key in keys:
                    assert key.meaning.split(";")[0].split(",")[0] in shown, key

    play(work)


def test_the_palette_has_every_command(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            commands = {
                c.title.split(" (")[0] for c in stage.app.get_system_commands(stage.app.screen)
            }
            screens = {view.label for view in VIEWS}
            assert commands == ({k.label for k in (*EVERYWHERE, *BY_NAME)} - {"Commands"}) | screens
            await stage.press("f2", *"GO (F5", "enter")
            await stage.pilot.pause(0.3)
            await stage.press("enter")
            await stage.until(lambda: stage.narrator.texts == [SCRIPT[0]])

    play(work)


def test_escape_comes_back_to_the_prompt_from_anywhere(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab")
            assert isinstance(stage.app.focused, CueTable)
            await stage.press("escape")
            assert stage.app.focused is stage.app.main.prompt

    play(work)


def test_ctrl_q_quits_with_status_0_and_ends_the_voice(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5", "ctrl+q")
            await stage.until(lambda: stage.app.return_value == 0)
            assert stage.narrator.closed
            assert stage.setup.finished == 1

    play(work)


def test_the_theme_changes_and_is_kept(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            assert stage.app.theme == "skald-dark"
            await stage.press("ctrl+t")
            assert stage.app.theme == "skald-light"
        again = Stage(tmp_path)
        async with again.app.run_test():
            assert again.app.theme == "skald-light"

    play(work)


def test_ctrl_z_pauses_the_voice_before_it_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stopped = asyncio.Event()
            monkeypatch.setattr(stage.app, "action_suspend_process", stopped.set)
            await speaking(stage)
            await stage.press("ctrl+z")
            assert stage.narrator.done == ["pause"]
            await stage.until(stopped.is_set)
            stage.app.app_resume_signal.publish(stage.app)
            await stage.until(lambda: stage.narrator.done == ["pause", "resume"])

    play(work)


def test_a_cue_that_was_skipped_or_failed_says_so(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5", "f5")
            first, second = stage.narrator.cues
            await stage.heard(first)
            stage.narrator.end(first, Outcome.INTERRUPTED)
            second.error = "the voice broke"
            stage.narrator.end(second, Outcome.FAILED)
            await stage.until(lambda: "! FAILED" in stage.text)
            assert "/ skipped" in stage.text
            assert "the voice broke" in stage.notice

    play(work)


@pytest.mark.parametrize("opens", [("ctrl+o",), ("tab", "slash"), ("tab", "2", "a"), ("ctrl+k",)])
def test_two_enters_that_come_together_close_one_sheet(opens: tuple[str, ...], tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            below = len(stage.app.screen_stack) + (opens[-1] == "a")
            await stage.press(*opens)
            for key in ("x", "enter", "enter", "enter"):
                stage.app.simulate_key(key)
            await stage.pilot.pause()
            await stage.pilot.pause()
            assert len(stage.app.screen_stack) >= below
            assert stage.app.main in stage.app.screen_stack

    play(work)
