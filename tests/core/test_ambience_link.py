"""Main's side of the ambience, with its real process; the output is silent and keeps real time."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from skaldcast.core import ambience_link
from skaldcast.core.errors import ConfigError
from skaldcast.core.events import AmbienceFailed, Event
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.core.narrating import FAST, listening, run, until

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.fixture
def bed(tmp_path: Path) -> Path:
    path = tmp_path / "bed.wav"
    soundfile.write(path, np.full(24_000, 0.1), 24_000)
    return path


def pid(narrator: Narrator) -> int | None:
    return narrator.process_ids["ambience"]


async def another(narrator: Narrator, *before: int | None) -> int:
    await until(lambda: pid(narrator) not in {None, *before})
    return pid(narrator) or 0


def reasons(events: list[Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, AmbienceFailed)]


def test_its_process_is_there_only_while_ambience_is_wanted(
    bed: Path, monkeypatch: pytest.MonkeyPatch
):
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            assert pid(narrator) is None
            narrator.set_ambience(None)
            assert pid(narrator) is None
            narrator.set_ambience(bed, level_db=-30.0)
            first = await another(narrator)
            narrator.set_ambience(None)
            await until(lambda: pid(narrator) is None)
            narrator.set_ambience(bed)
            await another(narrator, first)

    run(work)


def test_silence_that_is_taken_back_at_once_keeps_the_process(bed: Path):
    async def work() -> None:
        async with Narrator(replace(FAST, ambience=bed)) as narrator:
            first = await another(narrator)
            narrator.set_ambience(None)
            narrator.set_ambience(bed)
            narrator.play("The gate stood open.")
            await narrator.drain()
            assert pid(narrator) == first

    run(work)


def test_a_file_that_is_no_sound_is_told_once_and_the_voice_speaks(tmp_path: Path):
    text = tmp_path / "tavern.ogg"
    text.write_text("The gate stood open.")

    async def work() -> None:
        async with listening(replace(FAST, ambience=text)) as (narrator, events):
            cue = narrator.play("The gate stood open.")
            assert await cue.wait_finished() == "finished"
            await until(lambda: pid(narrator) is None)
        (reason,) = reasons(events)
        assert reason.startswith(f"cannot read {text} as sound")

    run(work)


def test_what_is_refused_is_refused_at_once_and_changes_nothing(bed: Path, tmp_path: Path):
    async def work() -> None:
        async with Narrator(replace(FAST, ambience=bed)) as narrator:
            first = await another(narrator)
            for wrong in (tmp_path / "none.ogg", tmp_path, Path("a\0b")):
                with pytest.raises(ConfigError, match="the ambience"):
                    narrator.set_ambience(wrong)
            for level_db in (-60.1, 12.1, float("nan")):
                with pytest.raises(ConfigError, match="is not from -60 to 12 dB"):
                    narrator.set_ambience_level(level_db)
                with pytest.raises(ConfigError, match="is not from -60 to 12 dB"):
                    narrator.set_ambience(None, level_db=level_db)
            narrator.set_ambience_level(-40.0)
            assert pid(narrator) == first

    run(work)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"output": "wav:story.wav"}, "ambience needs a device, and the output is wav:story.wav"),
        ({"exclusive": True}, "ambience needs the system's mixer"),
        ({"ambience": Path("none.ogg")}, "the ambience none.ogg is no file that is there"),
        ({"ambience_level_db": 40.0}, "the ambience's level 40.0 is not from -60 to 12 dB"),
        ({"ambience_duck_db": -1.0}, "the ambience's duck -1.0 is not from 0 to 60 dB"),
    ],
)
def test_options_that_cannot_be_are_told_before_anything_is_started(
    bed: Path, change: dict[str, object], why: str
):
    options: NarratorOptions = replace(FAST, **{"ambience": bed, **change})  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError) as caught:
        options.check()
    assert str(caught.value).startswith(why)


@pytest.mark.skipif(sys.platform == "win32", reason="no process can be halted there")
def test_a_process_that_hangs_is_ended_and_started_again(
    bed: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ambience_link, "HANG_S", 2.5)

    async def work() -> None:
        async with listening(replace(FAST, ambience=bed)) as (narrator, events):
            first = await another(narrator)
            os.kill(first, signal.SIGSTOP)
            cue = narrator.play("The gate stood open.")
            assert await cue.wait_finished() == "finished"
            await another(narrator, first)
            assert narrator.report()["underruns"] == 0
        assert reasons(events) == []

    run(work)


def test_one_that_dies_over_and_over_is_given_up_until_another_file_is_chosen(
    bed: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ambience_link, "_BACK_OFF_S", (0.0, 0.0))

    async def work() -> None:
        async with listening(replace(FAST, ambience=bed)) as (narrator, events):
            killed: list[int] = []
            for _ in range(3):
                killed.append(await another(narrator, *killed))
                psutil.Process(killed[-1]).kill()
            await until(
                lambda: bool(narrator._engine and narrator._engine.output.ambience.file is None)
            )
            cue = narrator.play("The gate stood open.")
            assert await cue.wait_finished() == "finished"
            narrator.set_ambience(bed)
            await another(narrator, *killed)
        (reason,) = reasons(events)
        assert reason.startswith("the ambience process ended 3 times in a row")
        assert "left out until another one is chosen" in reason

    run(work)


def test_one_that_hangs_does_not_hold_up_the_end(bed: Path):
    if sys.platform == "win32":
        return  # no process can be halted there

    async def work() -> None:
        async with Narrator(replace(FAST, ambience=bed)) as narrator:
            os.kill(await another(narrator), signal.SIGSTOP)
            await asyncio.sleep(0)

    run(work)
