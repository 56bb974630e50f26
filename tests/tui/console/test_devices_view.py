"""The screen of output devices: listed, tried and chosen; what cannot be done is told."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from skaldcast.core.errors import OutputError, SkaldcastError
from skaldcast.core.events import OutputLost, OutputOpened
from skaldcast.core.playout.device import DeviceRow
from skaldcast.core.playout.device_table import with_specs
from skaldcast.core.playout.trial_tone import ToneHeard
from skaldcast.tui.console import device_desk
from skaldcast.tui.console.keys import IN_DEVICES
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.screens.devices import DevicesView
from tests.tui.console.acting import Stage, console, play

SPEAKERS = DeviceRow(0, "Speakers", "PulseAudio", 2, 48_000, 0.015, True, "")
HEADPHONES = DeviceRow(1, "Headphones", "ALSA", 2, 44_100, 0.035, False, "")


class Studio:
    """In the place of the machine's devices."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.devices = [SPEAKERS, HEADPHONES]
        self.fails: SkaldcastError | None = None
        self.tried: list[str] = []
        self.sounds = asyncio.Event()
        self.fell_silent = False
        monkeypatch.setattr(device_desk, "look_for_devices", self._look)
        monkeypatch.setattr(device_desk, "try_device", self._try)

    async def _look(self) -> list[DeviceRow]:
        if self.fails is not None:
            raise self.fails
        return with_specs(self.devices)

    async def _try(self, output: str) -> ToneHeard:
        self.tried.append(output)
        if self.fails is not None:
            raise self.fails
        try:
            await self.sounds.wait()
        except asyncio.CancelledError:
            self.fell_silent = True
            raise
        return ToneHeard(0.0234, 44_100)


@contextlib.asynccontextmanager
async def devices(
    folder: Path, *, output: str = "device", size: tuple[int, int] = (120, 30)
) -> AsyncGenerator[Stage]:
    (folder / "config.toml").write_text(f'output = "{output}"  # mine\n')
    async with console(folder, size=size) as stage:
        stage.narrator.tell(OutputOpened(0.0, "Built-in", 48_000))
        await stage.press("tab", "4")
        await stage.until(lambda: "set: " in stage.text or "CHOSEN" in stage.text)
        await stage.pilot.pause()
        yield stage


def rows(stage: Stage) -> list[str]:
    lines = [line.strip("│ ") for line in stage.lines if "kHz" in line and "│" in line]
    return [" ".join(line.split()) for line in lines]


def sheet(stage: Stage) -> type:
    return type(stage.app.screen)


def kept(stage: Stage) -> str:
    return stage.setup.load_settings().settings.output


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    return Studio(monkeypatch)


def test_the_devices_are_listed_and_the_one_in_use_is_marked_by_words(
    studio: Studio, tmp_path: Path
):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            assert rows(stage) == [
                "› » CHOSEN the system's default (Speakers) PulseAudio 48 kHz 15 ms device",
                "» IN USE Speakers PulseAudio 48 kHz 15 ms device:Speakers",
                "Headphones ALSA 44.1 kHz 35 ms device:Headphones",
            ]
            assert "The voice goes to: Built-in 48 kHz" in stage.text
            for key in IN_DEVICES:
                assert not key.in_footer or key.label in stage.text
            stage.narrator.tell(OutputLost(0.0, "it was pulled out"))
            await stage.until(lambda: "The output is gone: it was pulled out" in stage.text)

    play(work)


def test_another_device_is_chosen_after_a_word_of_warning_and_the_voice_goes_on_there(
    studio: Studio, tmp_path: Path
):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            await stage.press("f5", "end", "enter")
            assert "WHAT IS BEING SPOKEN BREAKS OFF" in stage.text
            await stage.press("y")
            await stage.until(lambda: stage.narrator.options.output == "device:Headphones")
            await stage.until(lambda: rows(stage)[2].startswith("› » IN USE Headphones"))
            assert kept(stage) == "device:Headphones"
            assert "# mine" in (tmp_path / "config.toml").read_text()
            assert len(stage.setup.narrators) == 1
            assert stage.narrator.waiting == 1
            await stage.press("home", "enter", "y")
            await stage.until(lambda: kept(stage) == "device")

    play(work)


@pytest.mark.parametrize("key", ["escape", "n"])
def test_without_a_yes_the_output_stays(key: str, studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            await stage.press("end", "enter")
            assert sheet(stage) is AskYes
            assert "nobody hears the change" in stage.text
            await stage.press(key)
            assert sheet(stage) is DevicesView
            assert kept(stage) == "device"

    play(work)


def test_where_only_a_restart_can_do_it_the_voice_is_started_again(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path, output="wav:out.wav") as stage:
            stage.narrator.refuses = ("device:Speakers",)
            await stage.press("down", "enter", "y")
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            await stage.ready()
            assert kept(stage) == "device:Speakers"

    play(work)


def test_without_a_voice_choosing_a_device_starts_it(studio: Studio, tmp_path: Path):
    async def work() -> None:
        def break_it(setup: object) -> None:
            setup.starts_with = OutputError("no such device")  # pyright: ignore

        (tmp_path / "config.toml").write_text('output = "device:gone"\n')
        async with console(tmp_path, size=(120, 30), change=break_it, voice=False) as stage:
            await stage.until(lambda: "no such device" in stage.notice)
            await stage.press("tab", "4")
            await stage.until(lambda: "Speakers" in stage.text)
            assert "The voice has no output yet." in stage.text
            stage.setup.starts_with = None
            await stage.press("end", "enter", "y")
            await stage.ready()
            assert kept(stage) == "device:Headphones"

    play(work)


def test_the_test_tone_measures_the_latency(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            await stage.press("end", "x")
            await stage.until(lambda: "Test tone" in stage.text and studio.tried)
            await stage.press("x")
            assert "being done already" in stage.notice
            studio.sounds.set()
            await stage.until(lambda: "heard after 23 ms, at 44.1 kHz" in stage.notice)
            await stage.until(lambda: "35 ms 23 ms device:Headphones" in rows(stage)[2])
            assert studio.tried == ["device:Headphones"]

    play(work)


def test_the_test_tone_is_given_up(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            await stage.press("end", "x")
            await stage.until(lambda: studio.tried)
            await stage.press("ctrl+b")
            await stage.until(lambda: studio.fell_silent)

    play(work)


def test_no_tone_falls_into_what_is_being_spoken(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            await stage.press("f5")
            for key in ("home", "down"):
                await stage.press(key, "x")
                assert "something is being spoken there" in stage.notice
            await stage.press("end", "x")
            await stage.until(lambda: studio.tried == ["device:Headphones"])

    play(work)


def test_a_device_that_refuses_the_tone_is_told(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            studio.fails = OutputError("it is taken by another program")
            await stage.press("end", "x")
            await stage.until(lambda: "it is taken by another program" in stage.notice)

    play(work)


@pytest.mark.parametrize("fails", [None, OutputError("PortAudio could not be loaded: install it")])
def test_without_a_device_it_says_what_to_do_and_looks_again(
    fails: SkaldcastError | None, studio: Studio, tmp_path: Path
):
    studio.devices, studio.fails = [], fails

    async def work() -> None:
        async with devices(tmp_path) as stage:
            assert ("connect or switch on one" if fails is None else "install it") in stage.text
            await stage.press("enter", "x")
            assert sheet(stage) is DevicesView
            studio.devices, studio.fails = [SPEAKERS], None
            await stage.press("r")
            await stage.until(lambda: len(rows(stage)) == 2)

    play(work)


def test_settings_that_cannot_be_written_leave_the_output_as_it_is(studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path) as stage:
            (tmp_path / "config.toml").chmod(0o444)
            before = stage.narrator.options.output
            await stage.press("end", "enter", "y")
            await stage.until(lambda: "read-only" in stage.notice)
            assert stage.narrator.options.output == before

    play(work)


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_any_terminal(size: tuple[int, int], studio: Studio, tmp_path: Path):
    async def work() -> None:
        async with devices(tmp_path, size=size) as stage:
            assert max(map(len, stage.lines)) <= size[0]
            assert "IN USE" in stage.text or "CHOSEN" in stage.text

    play(work)
