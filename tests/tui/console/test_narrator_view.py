"""The screen of the language model: which one, what it is told to be, and a test of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import TextArea

from skaldcast.core.source.llm.prompt import NARRATOR_PROMPT
from skaldcast.tui.console.keys import IN_NARRATOR
from skaldcast.tui.console.screens.choosing import AskValue, PickOne
from skaldcast.tui.console.screens.narrator import NarratorView
from tests.chat_server import ChatServer, Reply, hanging, words
from tests.tui.console.acting import Stage, console, play

NOBODY = "http://127.0.0.1:9/v1"


@asynccontextmanager
async def narrator(
    folder: Path, endpoint: str = NOBODY, size: tuple[int, int] = (100, 30)
) -> AsyncGenerator[tuple[Stage, NarratorView]]:
    (folder / "config.toml").write_text(
        f'[llm]\nendpoint = "{endpoint}"\nmodel = "tale"\napi_key = "sk-secret"\n'
    )
    async with console(folder, size=size) as stage:
        await stage.press("tab", "5")
        await stage.until(lambda: isinstance(stage.app.screen, NarratorView))
        view = stage.app.screen
        assert isinstance(view, NarratorView)
        await stage.until(lambda: view.sheet is not None)
        await stage.pilot.pause()
        yield stage, view


@asynccontextmanager
async def asking(folder: Path, server: ChatServer) -> AsyncGenerator[Stage]:
    """The screen, with a server that is there."""
    async with server, narrator(folder, server.endpoint) as (stage, _):
        yield stage


def shown(stage: Stage) -> str:
    return " ".join(stage.text.split())


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_the_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path, size=size) as (stage, _):
            assert max(map(len, stage.lines)) <= size[0]
            assert "endpoint" in stage.text

    play(work)


def test_it_shows_the_settings_of_the_model_and_never_its_key(tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, _):
            for name in ("endpoint", "model", "temperature", "history_tokens", "stall_s"):
                assert name in stage.text
            assert "built in (p shows it)" in stage.text
            assert '"***"' in stage.text
            assert "sk-secret" not in stage.text

    play(work)


def test_a_server_that_is_not_there_is_told_in_plain_words(tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, _):
            await stage.until(lambda: "cannot be reached" in stage.text)
            await stage.press("x")
            await stage.until(lambda: "see that the server runs" in shown(stage))
            assert "Trouble" in stage.text
            assert stage.narrator.texts == []

    play(work)


def test_the_models_that_the_server_has_are_filtered_and_chosen(tmp_path: Path):
    async def work() -> None:
        async with asking(tmp_path, ChatServer(models=("tale", "saga-7b", "edda"))) as stage:
            await stage.until(lambda: "has 3 models, tale among them" in shown(stage))
            await stage.press("m")
            await stage.until(lambda: isinstance(stage.app.screen, PickOne))
            await stage.pilot.pause()
            assert "tale (now)" in shown(stage)
            await stage.press(*"saga")
            assert "edda" not in stage.text
            await stage.press("enter")
            await stage.until(lambda: stage.setup.storyteller.settings is not None)
            assert stage.setup.storyteller.settings.model == "saga-7b"
            assert 'model = "saga-7b"' in (tmp_path / "config.toml").read_text()

    play(work)


def test_a_model_is_typed_where_the_server_names_none(tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, _):
            await stage.press("m")
            await stage.until(lambda: isinstance(stage.app.screen, PickOne))
            await stage.pilot.pause()
            assert "type the model's name" in shown(stage)
            await stage.press(*"edda", "enter")
            await stage.until(lambda: "edda" in (tmp_path / "config.toml").read_text())

    play(work)


def test_a_model_that_the_server_lacks_is_told(tmp_path: Path):
    async def work() -> None:
        async with asking(tmp_path, ChatServer(models=("edda",))) as stage:
            await stage.until(lambda: "but not tale: m chooses one" in shown(stage))

    play(work)


def test_a_test_shows_the_words_and_the_time_to_the_first_and_speaks_nothing(tmp_path: Path):
    async def work() -> None:
        async with asking(tmp_path, ChatServer(words("A door", " of\x1b[31m bone."))) as stage:
            await stage.press("x")
            await stage.until(lambda: "A door of [31m bone." in shown(stage))
            await stage.until(lambda: "the end after" in stage.text)
            assert "first word after" in stage.text
            assert stage.narrator.texts == []
            assert stage.setup.storyteller.asked == []

    play(work)


def test_a_test_that_hangs_leaves_the_keys_free_and_ends_with_the_screen(tmp_path: Path):
    async def work() -> None:
        async with asking(tmp_path, ChatServer(hanging("A door"))) as stage:
            await stage.press("x")
            await stage.until(lambda: "A door" in stage.text)
            await stage.press("down", "f5")
            assert stage.narrator.texts == ["The gate stood open."]
            await stage.press("escape")
            assert stage.app.screen is stage.app.main

    play(work)


def test_a_refusal_of_the_key_is_told_without_the_key(tmp_path: Path):
    async def work() -> None:
        async with asking(tmp_path, ChatServer(Reply(status=401))) as stage:
            await stage.press("x")
            await stage.until(lambda: "refuses the key" in shown(stage))
            assert "sk-secret" not in stage.text

    play(work)


@pytest.mark.parametrize("key", ["e", "enter"])
def test_a_setting_is_edited_and_heeded(key: str, tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, view):
            view.rows.choose("llm.temperature")
            await stage.press(key)
            assert isinstance(stage.app.screen, AskValue)
            await stage.press("ctrl+u", *"0.2", "enter")
            await stage.until(lambda: stage.setup.storyteller.settings is not None)
            assert stage.setup.storyteller.settings.temperature == 0.2

    play(work)


@pytest.mark.parametrize("key", ["delete", "D"])
def test_a_setting_goes_back_to_its_default(key: str, tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, view):
            view.rows.choose("llm.model")
            await stage.press(key)
            await stage.until(lambda: stage.setup.storyteller.settings is not None)
            assert stage.setup.storyteller.settings.model == "qwen3:4b-instruct"

    play(work)


def test_the_prompt_is_edited_and_kept_in_a_file_of_its_own(tmp_path: Path):
    async def work() -> None:
        (tmp_path / "narrator-prompt.txt").write_text("an older one")
        async with narrator(tmp_path) as (stage, view):
            await stage.press("p")
            await stage.until(lambda: bool(list(stage.app.screen.query(TextArea))))
            assert stage.app.screen.query_one(TextArea).text == NARRATOR_PROMPT
            stage.app.screen.query_one(TextArea).text = "Tell it in verse."
            await stage.press("ctrl+s")
            await stage.until(lambda: stage.setup.storyteller.settings is not None)
            assert stage.setup.storyteller.conversation.system == "Tell it in verse."
            assert (tmp_path / "narrator-prompt-2.txt").read_text() == "Tell it in verse."
            assert (tmp_path / "narrator-prompt.txt").read_text() == "an older one"
            await stage.until(
                lambda: view.sheet and "prompt-2" in view.sheet.typed("llm.prompt_file")
            )
            await stage.press("p")
            await stage.until(lambda: bool(list(stage.app.screen.query(TextArea))))
            stage.app.screen.query_one(TextArea).text = "Tell it in prose."
            await stage.press("ctrl+s")
            await stage.until(
                lambda: stage.setup.storyteller.conversation.system == "Tell it in prose."
            )

    play(work)


def test_a_prompt_that_cannot_be_kept_is_told_and_not_lost(tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, view):
            await stage.press("p")
            await stage.until(lambda: bool(list(stage.app.screen.query(TextArea))))
            stage.app.screen.query_one(TextArea).text = "a" * 100_001
            await stage.press("ctrl+s")
            await stage.until(lambda: "at most 100,000 bytes" in " ".join(stage.app.told))
            await stage.until(lambda: stage.app.screen is not view)
            assert len(stage.app.screen.query_one(TextArea).text) == 100_001

    play(work)


def test_the_palette_has_the_keys_of_the_screen(tmp_path: Path):
    async def work() -> None:
        async with narrator(tmp_path) as (stage, view):
            titles = [c.title for c in stage.app.get_system_commands(view)]
            for key in IN_NARRATOR:
                assert any(title.startswith(f"{key.label} (") for title in titles)

    play(work)
