"""The screen of the bridge, with a real bridge around a narrator that only keeps account."""

import contextlib
from argparse import Namespace
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.widgets import Input

from skaldcast.bridge import password_store
from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.server import BridgeServer
from skaldcast.bridge.watching import ClientFacts, Said
from skaldcast.tui.console.bridge_rows import client_rows, lasted, said_rows
from skaldcast.tui.console.keys import IN_BRIDGE
from skaldcast.tui.console.screens.bridge import BridgeView
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.setup import Setup
from skaldcast.tui.console.widgets.row_list import RowList
from tests.bridge.serving import FakeNarrator, serving
from tests.tui.console.acting import Stage, console, play


@contextlib.asynccontextmanager
async def bridge(
    folder: Path, size: tuple[int, int] = (120, 40), config: str = "", trouble: str = ""
) -> AsyncGenerator[tuple[Stage, BridgeServer]]:
    """The screen, and a server that listens."""
    (folder / "config.toml").write_text(config)
    async with serving() as (server, _), console(folder, size=size) as stage:
        stage.setup.bridge = SimpleNamespace(server=server)
        stage.setup.bridge_trouble = trouble
        await stage.press("tab", "6")
        await stage.until(lambda: isinstance(stage.app.screen, BridgeView))
        await stage.pilot.pause()
        yield stage, server


@contextlib.asynccontextmanager
async def played(folder: Path) -> AsyncGenerator[tuple[Stage, BridgeServer, BridgeClient]]:
    """The same with a game that is connected."""
    async with (
        bridge(folder) as (stage, server),
        BridgeClient(server.url, client="godot") as game,
    ):
        yield stage, server, game


def said(stage: Stage) -> list[str]:
    rows = stage.app.screen.query_one("#said", RowList).rows
    return ["|".join(row.cells[1:]) for row in rows]


@pytest.fixture
def password_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secrets" / "bridge-password"
    monkeypatch.setattr(password_store, "password_path", lambda: path)
    monkeypatch.setattr(password_store, "_keyring", lambda: None)
    return path


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_the_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path, size=size) as (stage, _):
            assert max(map(len, stage.lines)) <= size[0]
            assert "Listens on" in stage.text

    play(work)


def test_clients_come_and_go_with_what_they_do(tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path, size=(200, 40)) as (stage, server):
            assert f"Listens on {server.url}" in stage.text
            async with BridgeClient(server.url, client="godot 4.4", events=["cue_started"]) as game:
                await game.say("The gate is open.", cue_id="g1")
                await stage.until(lambda: "1 asked" in stage.text)
                assert "Clients: 1" in stage.text
                assert "godot 4.4" in stage.text
                assert "1 cues" in stage.text
                assert "cue_started" in stage.text
            await stage.until(lambda: "GONE" in stage.text)
            assert "Clients: 0" in stage.text

    play(work)


def test_messages_are_shown_filtered_and_only_kept_while_the_screen_is_open(tmp_path: Path):
    async def work() -> None:
        async with played(tmp_path) as (stage, server, game):
            await game.say("The gate is open.")
            await game.say("Nobody came.")
            await stage.until(lambda: any("Nobody came." in line for line in said(stage)))
            assert any("godot|say: text The gate is open." in line for line in said(stage))
            await stage.press("slash", *"gate")
            await stage.until(lambda: not any("Nobody" in line for line in said(stage)))
            await stage.press("escape", "enter", "escape")
            await stage.until(lambda: stage.app.screen is stage.app.main)
            assert server.hub.watcher is None

    play(work)


def test_refusals_stand_alone_by_a_key(tmp_path: Path):
    async def work() -> None:
        async with played(tmp_path) as (stage, _server, game):
            await game.say("The gate is open.")
            with contextlib.suppress(Exception):
                await game.skip("nobody-knows")
            await stage.until(lambda: any("there is no cue" in line for line in said(stage)))
            await stage.press("a")
            assert all("refused" in line for line in said(stage))
            assert "refusals only" in stage.text
            await stage.press("a")
            assert len(said(stage)) > 1

    play(work)


def test_a_message_is_copied(tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path) as (stage, server):
            await stage.press("y")
            assert "no message is chosen" in stage.text
            async with BridgeClient(server.url, client="godot") as game:
                await game.say("The gate is open.")
                await stage.until(lambda: bool(said(stage)))
                await stage.press("tab", "home", "y")
                assert "identify" in stage.app.clipboard

    play(work)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("the bridge cannot listen on 127.0.0.1:7525: address already in use", "already in use"),
        ("there is no bridge: Skaldcast was started with --no-bridge", "--no-bridge"),
    ],
)
def test_why_it_does_not_listen_is_told(trouble: str, told: str, tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path, trouble=trouble) as (stage, server):
            assert "Trouble: it does not listen" in stage.text
            assert told in stage.text
            assert server.hub.watcher is None

    play(work)


def test_the_password_is_shown_on_a_key_only(tmp_path: Path, password_file: Path):
    async def work() -> None:
        kept = password_store.make_password(password_file)
        async with bridge(tmp_path) as (stage, _):
            assert kept.password not in stage.text
            await stage.press("p")
            await stage.until(lambda: kept.password in stage.text)
            await stage.press("p")
            await stage.pilot.pause()
            assert kept.password not in stage.text
            assert kept.password not in " ".join(stage.app.told)

    play(work)


def test_a_password_of_the_settings_says_where_it_is_set(tmp_path: Path, password_file: Path):
    async def work() -> None:
        config = '[bridge]\npassword = "hush"\n'
        async with bridge(tmp_path, config=config) as (stage, _):
            await stage.press("p")
            await stage.until(lambda: "Password: hush" in stage.text)
            await stage.press("n", "y")
            await stage.until(lambda: "that one is asked for" in " ".join(stage.app.told))

    play(work)


def test_a_new_password_is_made_when_one_says_yes(tmp_path: Path, password_file: Path):
    def kept() -> str:
        return password_file.read_text().strip() if password_file.exists() else ""

    async def work() -> None:
        async with bridge(tmp_path) as (stage, _):
            await stage.press("p")
            await stage.until(lambda: "There is no password" in stage.text)
            await stage.press("n")
            assert isinstance(stage.app.screen, AskYes)
            await stage.press("escape")
            assert kept() == ""
            await stage.press("n", "enter")  # Enter alone is no yes
            assert kept() == ""
            await stage.press("y")
            await stage.until(kept)
            password = kept()
            await stage.until(lambda: password in stage.text)
            assert password not in " ".join(stage.app.told)

    play(work)


def test_a_password_that_cannot_be_kept_is_told(tmp_path: Path, password_file: Path):
    async def work() -> None:
        password_file.parent.write_text("a file")
        async with bridge(tmp_path) as (stage, _):
            await stage.press("n", "y")
            await stage.until(lambda: "cannot be kept" in " ".join(stage.app.told))

    play(work)


def test_r_starts_the_voice_again(tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path) as (stage, _):
            await stage.press("R")
            await stage.until(lambda: len(stage.setup.narrators) == 2)

    play(work)


def test_the_palette_has_the_keys_of_the_screen(tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path) as (stage, _):
            titles = [c.title for c in stage.app.get_system_commands(stage.app.screen)]
            for key in IN_BRIDGE:
                assert any(title.startswith(f"{key.label} (") for title in titles)
            assert not stage.app.screen.query_one(Input).has_focus

    play(work)


@pytest.mark.parametrize(
    ("address", "why"), [("127.0.0.1:0", ""), ("0.0.0.0:0", "needs a password")]
)
def test_the_console_keeps_its_bridge_or_why_there_is_none(address: str, why: str, tmp_path: Path):
    async def work() -> None:
        setup = Setup(Namespace(set=[("bridge.address", address)]))
        assert "not there yet" in setup.bridge_trouble
        async with setup.beside(FakeNarrator()):  # pyright: ignore
            assert why in setup.bridge_trouble
            assert bool(why) == bool(setup.bridge_trouble)
            assert setup.bridge is not None
        assert setup.bridge is None
        assert "went with the voice" in setup.bridge_trouble

    play(work)


def test_rows_of_clients_tell_everything_in_words():
    facts = ClientFacts("s", "godot", 125.0, True, ("cue_started",), 7, 2, 12.4)
    (row,) = client_rows([facts])
    assert row.cells == ("godot", "2 min", "7 asked", "2 cues", "12 s sound", "cue_started")
    assert lasted(7200) == "2.0 h"


def test_rows_of_messages_have_the_time_of_day():
    (row,) = said_rows(
        [Said(5.0, "", "hold"), Said(6.0, "godot", "say: x")],
        0,
        "GODOT",
        refused_only=False,
        now=10.0,
        clock_s=0.0,
    )
    assert row.cells[1:] == ("godot", "say: x")
    assert row.key == "1"


def test_keys_in_a_list_of_nothing_do_nothing(tmp_path: Path):
    async def work() -> None:
        async with bridge(tmp_path) as (stage, _):
            await stage.press("up", "k", "pageup", "end", "home", "down")
            assert stage.app.screen.query_one("#clients", RowList).chosen is None

    play(work)
