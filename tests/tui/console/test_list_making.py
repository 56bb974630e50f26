"""The whole list prepared and rendered, with the real engine and its voice of tones."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from textual.widgets import Input

from skaldcast.core.cue_list import CueList, CueState
from skaldcast.core.errors import OutputError, StateError
from skaldcast.core.narrator import Narrator
from skaldcast.core.prompter import Prompter
from skaldcast.tui.console.list_making import prepare_list, render_list, sound_place
from skaldcast.tui.console.works import Work
from tests.core.narrating import FAST, run, until
from tests.tui.console.acting import FakeNarrator, FakeSetup, console, play

TEXTS = tuple(f"This is cue {k}." for k in range(8))
SECONDS_PER_CHARACTER = 0.065
SLOW = replace(FAST, voice="tone?rtf=0&latency=5")


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def noted() -> Work:
    return Work("W", 0.0)


def test_every_cue_is_prepared_from_the_one_that_stands_by_on(tmp_path: Path):
    async def work() -> None:
        cues, options = CueList(TEXTS), replace(FAST, voice="hibari:heart", speech_folder=tmp_path)
        cues.stand_by(cues[6])
        told, ended = noted(), list[str]()

        def on_change(line: object) -> None:
            if line.state is CueState.PREPARED:  # pyright: ignore
                ended.append(line.text)  # pyright: ignore

        async with (
            Narrator(options) as narrator,
            Prompter(narrator, cues, on_change=on_change) as p,
        ):
            assert await prepare_list(told, cues, p) == "prepared 8 of 8 cues"
        assert ended == [*TEXTS[6:], *TEXTS[:6]]
        assert told.share == 1.0

    run(work)


def test_preparing_that_is_given_up_leaves_cues_that_wait(tmp_path: Path):
    async def work() -> None:
        cues, options = CueList(TEXTS), replace(SLOW, speech_folder=tmp_path)
        async with Narrator(options) as narrator, Prompter(narrator, cues) as prompter:
            doing = asyncio.create_task(prepare_list(noted(), cues, prompter))
            await until(lambda: cues[3].state is CueState.PREPARING)
            doing.cancel()
            await asyncio.wait((doing,))
            assert doing.cancelled()
            assert {line.state for line in cues} == {CueState.WAITING}

    run(work)


def test_where_nothing_is_kept_nothing_can_be_prepared():
    async def work() -> None:
        cues = CueList(TEXTS)
        async with Narrator(FAST) as narrator, Prompter(narrator, cues) as prompter:
            with pytest.raises(StateError, match=r"set cache\.size_mb"):
                await prepare_list(noted(), cues, prompter)

    run(work)


@pytest.mark.parametrize("name", ["a.wav", "a [1].flac"])
def test_the_list_is_rendered_into_a_file(name: str, tmp_path: Path):
    async def work() -> None:
        place, told = tmp_path / name, noted()

        def to(path: Path) -> Narrator:
            return Narrator(replace(FAST, output=f"wav:{path}"))

        assert "rendered 8 cues" in await render_list(told, CueList(TEXTS), to, place)
        assert (told.share, told.note) == (1.0, "8 of 8 cues")
        assert files_in(tmp_path) == [name]
        seconds = soundfile.info(place).duration
        assert seconds == pytest.approx(sum(map(len, TEXTS)) * SECONDS_PER_CHARACTER, rel=0.05)

    run(work)


def test_rendering_that_is_given_up_leaves_no_file(tmp_path: Path):
    async def work() -> None:
        place, told = tmp_path / "a.flac", noted()

        def to(path: Path) -> Narrator:
            return Narrator(replace(SLOW, output=f"wav:{path}"))

        doing = asyncio.create_task(render_list(told, CueList(TEXTS), to, place))
        await until(lambda: told.note == "0 of 8 cues")
        doing.cancel()
        await asyncio.wait((doing,))
        assert doing.cancelled()
        assert files_in(tmp_path) == []

    run(work)


@pytest.mark.parametrize(
    ("name", "why"),
    [("a.mp3", "neither .wav nor .flac"), ("no/a.wav", "no folder"), ("is.wav", "there already")],
)
def test_a_place_where_no_sound_can_go_is_refused(name: str, why: str, tmp_path: Path):
    (tmp_path / "is.wav").touch()
    with pytest.raises(OutputError, match=why):
        sound_place(tmp_path / name)


def test_the_console_renders_and_a_bar_shows_it(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.setup.make_renderer = lambda _, path: Narrator(  # pyright: ignore
                replace(SLOW, output=f"wav:{path}")
            )
            stage.app.action_render()
            await stage.pilot.pause()
            stage.app.screen.query_one(Input).value = str(tmp_path / "a.wav")
            await stage.press("enter")
            await stage.until(lambda: "Render a.wav  [" in stage.text)
            await stage.until(lambda: "0 of 4 cues" in stage.text)
            await stage.press("ctrl+b")
            await stage.until(lambda: stage.notice == "Render a.wav: given up")
            assert not [name for name in files_in(tmp_path) if "wav" in name]

    play(work)


def test_loading_the_voice_is_shown_and_can_be_given_up(tmp_path: Path):
    async def work() -> None:
        forever = asyncio.Event()

        class Loading(FakeNarrator):
            async def __aenter__(self) -> "Loading":
                await forever.wait()
                return self

        def loads(setup: FakeSetup) -> None:
            setup.narrator_class = Loading

        async with console(tmp_path, change=loads, voice=False) as stage:
            await stage.until(lambda: "Load the voice  [" in stage.text)
            await stage.press("ctrl+b")
            await stage.until(lambda: "voice FAILED" in stage.text)
            assert "it was given up; F4 tries again" in stage.notice
            stage.setup.narrator_class = FakeNarrator
            await stage.press("f4")
            await stage.ready()
            assert "Load the voice" not in stage.text

    play(work)
