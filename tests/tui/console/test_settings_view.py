"""The screen of the settings: everything by key, and what is wrong told."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from skaldcast.tui.console.keys import IN_SETTINGS
from skaldcast.tui.console.screens.choosing import AskValue, PickOne
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.screens.settings import SettingsView
from skaldcast.tui.console.settings_file import SettingsFile
from tests.tui.console.acting import FakeSetup, Stage, console, play

TEXT = '# Wednesdays\nvoice = "tone"  # quick\n\n[llm]\napi_key = "sk-secret"\n'


@asynccontextmanager
async def settings(
    folder: Path, text: str = TEXT, size: tuple[int, int] = (100, 30), **given: object
) -> AsyncGenerator[tuple[Stage, SettingsView]]:
    path = folder / "config.toml"
    path.write_text(text)
    setup = FakeSetup()
    environ = {"SKALDCAST_SEED": "7"} if given.get("environ") else {}
    setup.settings = SettingsFile(path, environ, dict)
    async with console(folder, size=size, setup=setup) as stage:
        await stage.press("tab", "7")
        await stage.until(lambda: isinstance(stage.app.screen, SettingsView))
        view = stage.app.screen
        assert isinstance(view, SettingsView)
        await stage.until(lambda: view.sheet is not None)
        await stage.pilot.pause()
        yield stage, view


async def choose(stage: Stage, view: SettingsView, name: str) -> None:
    view.rows.choose(name)
    await stage.pilot.pause()


async def notice(stage: Stage, text: str) -> None:
    await stage.until(lambda: text in " ".join(list(stage.app.told)))


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_the_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path, size=size) as (stage, view):
            assert max(map(len, stage.lines)) <= size[0]
            assert "voice" in stage.text
            assert view.rows.chosen is not None

    play(work)


def test_it_says_what_each_setting_means_and_where_its_value_came_from(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path, environ=True) as (stage, view):
            assert "config.toml, line 2" in stage.text
            assert "sk-secret" not in stage.text
            await choose(stage, view, "seed")
            assert "Same seed, same speech" in stage.text
            assert "from SKALDCAST_SEED. That goes before the file." in stage.text
            await choose(stage, view, "llm.temperature")
            assert "A change is heeded from the next question on." in stage.text

    play(work)


@pytest.mark.parametrize("key", ["e", "enter"])
def test_a_value_is_edited_and_the_file_keeps_its_comments(key: str, tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "speed")
            await stage.press(key)
            assert isinstance(stage.app.screen, AskValue)
            assert stage.app.screen.query_one(Input).value == "1.0"
            await stage.press("ctrl+u", *"1.2", "enter")
            await notice(stage, "speed = 1.2, heeded at the next start of the voice (R)")
            assert (tmp_path / "config.toml").read_text() == (
                '# Wednesdays\nvoice = "tone"  # quick\nspeed = 1.2\n\n[llm]\n'
                'api_key = "sk-secret"\n'
            )
            await stage.until(lambda: view.sheet and view.sheet.typed("speed") == "1.2")

    play(work)


def test_a_wrong_value_is_told_in_the_sheet_which_stays(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "speed")
            await stage.press("e", "ctrl+u", "9", "enter")
            await stage.pilot.pause()
            assert "speed must be a number from 0.5 to 2, not 9" in stage.text
            await stage.press("escape")
            assert stage.app.screen is view
            assert (tmp_path / "config.toml").read_text() == TEXT

    play(work)


def test_what_goes_against_another_setting_is_told_and_asked_again(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "prebuffer.start_s")
            await stage.press("e", "ctrl+u", *"1.5", "enter")
            await stage.until(lambda: "must be above prebuffer.pause_s" in stage.text)
            assert isinstance(stage.app.screen, AskValue)
            assert stage.app.screen.query_one(Input).value == "1.5"

    play(work)


def test_a_choice_is_picked_from_a_list(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "prebuffer.policy")
            await stage.press("e")
            assert isinstance(stage.app.screen, PickOne)
            await stage.press(*"fix", "enter")
            await notice(stage, 'prebuffer.policy = "fixed"')

    play(work)


def test_a_secret_is_neither_shown_as_typed_nor_told(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "bridge.password")
            await stage.press("e", "enter")
            assert "type it, or leave with Esc" in stage.text
            await stage.press(*"hush", "enter")
            await notice(stage, 'bridge.password = "***"')
            assert "hush" not in stage.text + " ".join(stage.app.told)
            assert 'password = "hush"' in (tmp_path / "config.toml").read_text()

    play(work)


@pytest.mark.parametrize("key", ["delete", "D"])
def test_a_setting_goes_back_to_its_default(key: str, tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "voice")
            await stage.press(key)
            await notice(stage, 'voice = "hibari:heart"')
            assert "voice" not in (tmp_path / "config.toml").read_text()
            await stage.press(key)
            await notice(stage, "voice does not stand in config.toml")

    play(work)


def test_a_setting_that_the_environment_sets_says_so_when_it_is_changed(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path, environ=True) as (stage, view):
            await choose(stage, view, "seed")
            await stage.press("e", "ctrl+u", "3", "enter")
            await notice(stage, "seed is kept in the file, but SKALDCAST_SEED goes before it: 7")

    play(work)


def test_the_filter_shows_settings_as_one_types(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await stage.press("slash", *"gpu")
            await stage.until(lambda: "vram" not in stage.text and "device" in stage.text)
            names = [row.key for row in view.rows.rows if row.tone != "head"]
            assert names == ["xtts.device"]
            await stage.press("enter")
            assert stage.app.focused is view.rows
            await stage.press("slash", "escape", "escape")
            assert stage.app.focused is view.rows
            assert len(view.rows.rows) > 50

    play(work)


def test_the_volume_is_heeded_at_once_and_the_model_from_the_next_question_on(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            await choose(stage, view, "playout.volume")
            await stage.press("e", "ctrl+u", *"0.5", "enter")
            await stage.until(lambda: stage.narrator.done == ["volume 0.5"])
            await choose(stage, view, "llm.model")
            await stage.press("e", "ctrl+u", *"big-one", "enter")
            await stage.until(lambda: stage.setup.storyteller.settings is not None)
            assert stage.setup.storyteller.settings.model == "big-one"
            await stage.until(lambda: stage.app.main.health.fact("model") == "big-one")

    play(work)


def test_r_starts_the_voice_again_and_asks_where_something_is_spoken(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, _):
            first = stage.narrator
            first.options = first.options
            await stage.press("R")
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            await stage.ready()
            assert first.closed
            await stage.press("f5")
            await stage.heard(stage.narrator.cues[0])
            await stage.press("R")
            assert isinstance(stage.app.screen, AskYes)
            await stage.press("n")
            await stage.pilot.pause()
            assert len(stage.setup.narrators) == 2
            await stage.press("R", "y")
            await stage.until(lambda: len(stage.setup.narrators) == 3)
            await stage.until(lambda: stage.states()[0] == "skipped")
            await stage.ready()
            await stage.press("f5")
            assert stage.narrator.texts == ["[Strahd] Come in."]

    play(work)


def test_the_model_remembers_the_story_when_the_voice_is_started_again(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, _):
            story = stage.setup.storyteller.conversation
            story.ask("I knock.")
            story.write("Nobody answers.")
            stage.setup.storyteller = type(stage.setup.storyteller)()
            await stage.press("R")
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            await stage.ready()
            assert stage.setup.storyteller.conversation.answer == "Nobody answers."

    play(work)


def test_a_broken_file_is_told_and_mended_as_text(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path, "seed = 1\nspeed = 9\n") as (stage, view):
            shown = " ".join(stage.text.split())
            assert "speed must be a number from 0.5 to 2, not 9 o opens the file" in shown
            assert view.sheet is not None
            assert view.sheet.error.startswith(f"{tmp_path / 'config.toml'}:2: speed")
            await stage.press("o")
            await stage.until(lambda: stage.app.screen is not view)
            area = stage.app.screen.query_one(TextArea)
            assert area.text == "seed = 1\nspeed = 9\n"
            area.text = "seed = \nspeed = 1\n"
            await stage.press("ctrl+s")
            await notice(stage, "config.toml:1: broken TOML")
            await stage.press("o")
            await stage.until(lambda: stage.app.screen is not view)
            stage.app.screen.query_one(TextArea).text = "seed = 2\nspeed = 1\n"
            await stage.press("ctrl+s")
            await notice(stage, "saved config.toml")
            assert view.sheet is not None
            assert view.sheet.typed("seed") == "2"
            assert "Trouble" not in stage.text

    play(work)


def test_what_cannot_be_written_is_told_and_what_was_typed_is_not_lost(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            (tmp_path / "config.toml").chmod(0o444)
            await choose(stage, view, "speed")
            await stage.press("e", "ctrl+u", *"1.5", "enter")
            await notice(stage, "read-only")
            await stage.until(lambda: isinstance(stage.app.screen, AskValue))
            assert stage.app.screen.query_one(Input).value == "1.5"
            await stage.press("escape", "o")
            await stage.until(lambda: stage.app.screen is not view)
            stage.app.screen.query_one(TextArea).text = "seed = 5\n"
            await stage.press("ctrl+s")
            await stage.until(lambda: len(list(stage.app.screen.query(TextArea))) == 1)
            assert stage.app.screen.query_one(TextArea).text == "seed = 5\n"
            assert (tmp_path / "config.toml").read_text() == TEXT

    play(work)


def test_the_palette_has_the_keys_of_the_screen(tmp_path: Path):
    async def work() -> None:
        async with settings(tmp_path) as (stage, view):
            titles = [c.title for c in stage.app.get_system_commands(view)]
            for key in IN_SETTINGS:
                assert any(title.startswith(f"{key.label} (") for title in titles)
            await stage.press("f2", *"Open the file", "enter")
            await stage.pilot.pause(0.3)
            await stage.press("enter")
            await stage.until(lambda: bool(list(stage.app.screen.query(TextArea))))

    play(work)
