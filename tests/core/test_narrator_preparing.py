"""Cues that were prepared are heard from the cache, with the real processes."""

from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.errors import StateError
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.core.narrating import FAST, frames_in, run, wav, worker_standing_still

__all__ = ["wav"]
TEXT = "The gate stood open. Nobody had opened it, and nobody had come. They went in. " * 4


@pytest.fixture
def keeping(wav: NarratorOptions, tmp_path: Path) -> NarratorOptions:
    return replace(wav, voice="hibari:heart", speech_folder=tmp_path / "speech")


def test_a_prepared_cue_is_spoken_in_another_session_without_being_made_again(
    keeping: NarratorOptions, tmp_path: Path
):
    async def prepare() -> None:
        async with Narrator(keeping) as narrator:
            preparation = narrator.prepare(TEXT)
            await preparation.wait_done()
            assert preparation.error is None
            assert preparation.made == preparation.chunks > 1

    async def speak() -> None:
        async with Narrator(keeping) as narrator:
            again = narrator.prepare(TEXT)  # by then the folder has been looked at
            await again.wait_done()
            with worker_standing_still(narrator):
                narrator.play(TEXT)
                await narrator.drain()
            assert narrator.report()["chunks"] == again.chunks

    run(prepare)
    run(speak)
    spoken = frames_in(keeping)

    async def anew() -> None:
        async with Narrator(replace(keeping, speech_folder=None)) as narrator:
            narrator.play(TEXT)
            await narrator.drain()

    run(anew)
    assert frames_in(keeping) == pytest.approx(spoken, rel=0.05)


def test_preparing_never_holds_up_what_is_spoken(keeping: NarratorOptions):
    async def work() -> None:
        async with Narrator(keeping) as narrator:
            preparation = narrator.prepare(TEXT * 20)
            cue = narrator.play("Now!")
            await cue.wait_finished()
            assert not preparation.done
            narrator.cancel_preparation(preparation)
            await preparation.wait_done()

    run(work)


def test_nothing_can_be_prepared_where_nothing_is_kept():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            with pytest.raises(StateError, match=r"cache\.size_mb"):
                narrator.prepare(TEXT)

    run(work)
