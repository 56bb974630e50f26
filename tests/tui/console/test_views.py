"""The way to the other screens and back."""

from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.widgets import Input, Static

from skaldcast.tui.console import views
from skaldcast.tui.console.screens.view import View
from skaldcast.tui.console.views import ViewEntry
from tests.tui.console.acting import SCRIPT, console, play


class Stars(View):
    HEADING = "Stars"

    def compose_body(self) -> ComposeResult:
        yield Static("all of them")
        yield Input()


@pytest.fixture(autouse=True)
def two_views(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = tuple(
        ViewEntry(digit, name, name.title(), f"what {name} do", Stars)
        for digit, name in (("2", "stars"), ("3", "moons"))
    )
    monkeypatch.setattr(views, "VIEWS", entries)


@pytest.mark.parametrize(
    "keys",
    [("tab", "2"), ("f12", "2"), ("ctrl+k", "down", "enter"), ("tab", "3", "shift+tab", "2")],
)
def test_a_view_is_a_key_away(keys: tuple[str, ...], tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press(*keys)
            await stage.until(lambda: isinstance(stage.app.screen, View))
            assert "all of them" in stage.text
            await stage.press("escape")
            await stage.until(lambda: stage.app.screen is stage.app.main)

    play(work)


def test_a_digit_that_is_typed_leads_nowhere(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("2")
            assert stage.app.main.prompt.value == "2"
            assert stage.app.screen is stage.app.main

    play(work)


def test_the_transport_holds_on_a_view(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "2")
            await stage.press("f5")
            assert stage.narrator.texts == [SCRIPT[0]]

    play(work)


def test_what_is_told_stands_on_the_view_too(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("tab", "2")
            stage.app.notice("a word to the game master")
            await stage.pilot.pause()
            assert "a word to the game master" in stage.text

    play(work)


def test_what_is_told_while_a_view_opens_harms_nothing(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.app.action_view("stars")
            stage.app.notice("a word to the game master")
            await stage.until(lambda: "all of them" in stage.text)
            assert "a word to the game master" in stage.app.told[-1]

    play(work)
