"""The link for those who listen elsewhere, on a sheet."""

from pathlib import Path

from tests.tui.console.acting import console, play


def test_the_palettes_command_shows_the_link_and_its_code(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(100, 40)) as stage:
            stage.app.action_listen()
            await stage.pilot.pause()
            assert "http://127.0.0.1:7526/" in stage.text
            assert "██ ▄▄▄▄▄ █" in stage.text
            await stage.press("escape")
            await stage.until(lambda: stage.app.screen is stage.app.main)

    play(work)
