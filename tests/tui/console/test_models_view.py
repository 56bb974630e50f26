"""Models on the screen of voices: fetched after a yes, cut off, given up, gone on with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skaldcast.core.models.catalogue import MODELS
from tests.core.models.mirror import Mirror, serving
from tests.core.models.test_fetch import CONTENT, MODEL
from tests.tui.console.acting import play
from tests.tui.console.test_voices_view import known_voices, row, voices

__all__ = ["known_voices"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A small model in the catalogue, and a mirror of it."""
    with serving(dict(CONTENT)) as mirror:
        model = replace(MODEL, sources=(mirror.address,))
        monkeypatch.setitem(MODELS, "small", model)  # pyright: ignore[reportArgumentType]
        yield mirror


def test_a_model_is_fetched_once_its_licence_is_agreed_to(small: Mirror, tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            await stage.press("tab", "end", "enter")
            await stage.pilot.pause()
            assert "Licence: Coqui Public Model License 1.0.0 (CPML)." in stage.text
            assert "Non-commercial use only" in stage.text
            await stage.press("n")
            assert "was not fetched" in stage.notice
            assert small.requests == []
            await stage.press("enter", "y")
            await stage.until(lambda: row(stage, "A small model").startswith("small here"))
            assert (tmp_path / "models" / "small" / "model.pth").read_bytes() == CONTENT[
                "model.pth"
            ]
            await stage.press("enter", "y")
            await stage.until(lambda: "here already, and whole" in stage.notice)

    play(work)


def test_a_fetch_that_was_cut_off_goes_on_from_there(small: Mirror, tmp_path: Path):
    small.cut_after = [10**9, 10**9, 2_000_000]

    async def work() -> None:
        async with voices(tmp_path) as stage:
            await stage.press("tab", "end", "enter", "y")
            await stage.until(lambda: row(stage, "A small model").startswith("small here"))
            assert ("model.pth", "bytes=2000000-") in small.requests

    play(work)


def test_a_fetch_that_is_given_up_keeps_its_part(small: Mirror, tmp_path: Path):
    small.cut_after = [10**9, 10**9, 2_000_000]

    async def work() -> None:
        async with voices(tmp_path) as stage:

            def hang() -> bool:  # after the part, nothing more comes
                part = tmp_path / "models" / ".small.partial" / "model.pth.part"
                small.hangs = part.exists()
                return small.hangs and part.stat().st_size == 2_000_000

            await stage.press("tab", "end", "enter", "y")
            await stage.until(hang)
            await stage.press("ctrl+b")
            await stage.until(lambda: "given up" in stage.notice)
            await stage.until(lambda: "40% here, goes on from there" in row(stage, "A small model"))

    play(work)


def test_a_source_that_has_nothing_is_told(small: Mirror, tmp_path: Path):
    small.files.clear()

    async def work() -> None:
        async with voices(tmp_path) as stage:
            await stage.press("tab", "end", "enter", "y")
            await stage.until(lambda: "is not there (404" in stage.notice)
            assert row(stage, "A small model").startswith("small not here")

    play(work)
