"""The screen of voices: heard, made, mixed, removed and chosen."""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.registry import VoiceRegistry, VoiceRow
from skaldcast.core.synthesis.xtts.checkpoint_folder import CheckpointFolder
from skaldcast.core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice
from skaldcast.core.types import Voice
from skaldcast.tui import voice_making
from skaldcast.tui.console.keys import IN_VOICES
from skaldcast.tui.console.screens.confirming import AskYes
from skaldcast.tui.console.screens.voice_form import VoiceForm
from skaldcast.tui.console.screens.voices import VoicesView
from skaldcast.tui.console.voice_desk import NewVoice
from tests.tui.console.acting import Stage, console, play

HEART = VoiceRow(Voice("hibari", "heart", ("en-US",), "MIT", "us", "calm"), True)
MISSING = VoiceRow(
    Voice("xtts", "Stage", ("de",), "CPML", "XTTS v2", "loud"), True, "pip install x"
)
BELL = VoiceRow(Voice("tone", "tone", ("en",), "MIT", "computed", "a bell"), True)


@pytest.fixture(autouse=True)
def known_voices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Three, and those that were added."""
    folder = VoiceFolder(tmp_path / "voices")

    def list_voices(_: VoiceRegistry) -> list[VoiceRow]:
        added = [VoiceRow(replace(MISSING.voice, name=name), False) for name in folder.names()]
        return [HEART, MISSING, BELL, *added]

    monkeypatch.setattr(VoiceRegistry, "list_voices", list_voices)


def an_xtts_voice(name: str) -> XttsVoice:
    embedding = np.ones((1, 512, 1), np.float32)
    return XttsVoice(name, "de", np.ones((1, 32, 8), np.float32), embedding)


@contextlib.asynccontextmanager
async def voices(
    folder: Path, *added: str, size: tuple[int, int] = (120, 30)
) -> AsyncGenerator[Stage]:
    for name in added:
        VoiceFolder(folder / "voices").add(an_xtts_voice(name))
    (folder / "config.toml").write_text(
        'voice = "hibari:heart"  # mine\n[xtts]\nvoices = "voices"\n[models]\nfolder = "models"\n'
    )
    async with console(folder, size=size) as stage:
        await stage.press("tab", "3")
        await stage.until(lambda: "hibari:heart" in stage.text)
        await stage.pilot.pause()
        yield stage


def sheet(stage: Stage) -> type:
    return type(stage.app.screen)


def row(stage: Stage, name: str) -> str:
    return next(" ".join(line.strip("│› ").split()) for line in stage.lines if name in line)


async def write(stage: Stage, *fields: str) -> None:
    """Fill in the form that is open."""
    for text in fields:
        await stage.press(*text, "enter")


def test_all_voices_are_listed_with_what_one_must_know_of_them(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            assert row(stage, "› hibari:heart") == "hibari:heart narrator en-US calm MIT us"
            assert row(stage, "xtts:Stage").startswith("xtts:Stage missing de not installed: pip")
            assert row(stage, "xtts-v2").startswith("xtts-v2 not here 1876 MB Coqui Public Model")
            for key in IN_VOICES:
                assert not key.in_footer or key.label in stage.text
            await stage.press("down")
            await stage.pilot.pause()
            assert "pip install x; loud | CPML | XTTS v2" in stage.text

    play(work)


def test_a_voice_is_heard_through_the_narrator_in_its_language(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path, "anna") as stage:
            await stage.press("end", "x")
            cue = stage.narrator.cues[-1]
            assert stage.narrator.voices_of[cue.cue_id] == "xtts:anna"
            assert cue.text.startswith("Das Tor")
            await stage.press("f5")  # what is given next ends it
            assert cue.outcome == "interrupted"
            assert stage.narrator.cues[0].text == "The gate stood open."

    play(work)


def test_a_voice_that_is_not_installed_is_not_heard_and_the_way_to_it_is_told(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            for key in ("x", "enter"):
                await stage.press("home", "down", key)
                assert "install it with: pip install x" in stage.notice
                assert sheet(stage) is VoicesView

    play(work)


def test_nothing_is_heard_while_something_is_spoken(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            await stage.press("f5")
            await stage.press("x")
            assert "once it is quiet" in stage.notice
            assert len(stage.narrator.cues) == 1

    play(work)


def test_another_voice_becomes_the_narrators_is_saved_and_loaded(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            first = stage.narrator
            await stage.press("f5", "end", "enter")
            assert "WHAT IS BEING SPOKEN ENDS" in stage.text
            await stage.press("y")
            await stage.until(lambda: len(stage.setup.narrators) == 2)
            await stage.ready()
            assert first.closed
            assert stage.states()[0] == "skipped"
            assert stage.setup.load_settings().settings.voice == "tone:tone"
            assert "# mine" in (tmp_path / "config.toml").read_text()
            await stage.until(lambda: row(stage, "a bell").startswith("tone:tone narrator"))
            await stage.until(lambda: "is ready" in stage.text)
            await stage.press("f5")
            assert stage.narrator.texts == ["[Strahd] Come in."]

    play(work)


@pytest.mark.parametrize("key", ["escape", "n"])
def test_without_a_yes_nothing_is_changed(key: str, tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            await stage.press("end", "enter")
            assert sheet(stage) is AskYes
            await stage.press(key)
            assert sheet(stage) is VoicesView
            assert len(stage.setup.narrators) == 1
            assert stage.setup.load_settings().settings.voice == "hibari:heart"

    play(work)


def test_settings_that_cannot_be_written_leave_the_voice_as_it_is(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            (tmp_path / "config.toml").chmod(0o444)
            await stage.press("end", "enter", "y")
            await stage.until(lambda: "read-only" in stage.notice)
            assert len(stage.setup.narrators) == 1

    play(work)


def test_a_voice_that_cannot_be_loaded_is_told_on_the_screen(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path) as stage:
            stage.setup.fails = SynthesizerError("it does not fit into the memory")
            await stage.press("end", "enter", "y")
            await stage.until(lambda: "it does not fit into the memory; F4" in stage.text)
            stage.setup.fails = None
            await stage.press("f4")
            await stage.ready()

    play(work)


# made, mixed, removed


class Lesson:
    """In the place of the model: learns when it is let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import asyncio

        self.begun, self.ended = asyncio.Event(), asyncio.Event()
        self.given_up = False
        monkeypatch.setattr(voice_making, "_checkpoint", self._checkpoint)
        monkeypatch.setattr(voice_making, "_check_studio", lambda *_: None)
        monkeypatch.setattr(voice_making, "learn_voice", self._learn)

    def _checkpoint(self, _: object) -> Any:
        class Checkpoint:
            path, languages = Path("model"), ("en", "de")

        return Checkpoint()

    async def _learn(
        self, _: CheckpointFolder, clips: Sequence[NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        import asyncio

        self.begun.set()
        try:
            await self.ended.wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise
        made = an_xtts_voice("x")
        return made.gpt_cond_latent, made.speaker_embedding


def test_a_voice_is_made_of_a_clip_beside_everything_else(
    tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
):
    async def work() -> None:
        lesson = Lesson(monkeypatch)
        async with voices(tmp_path) as stage:
            await stage.press("a")
            await write(stage, "Mira", str(clip), "de")
            await stage.until(lesson.begun.is_set)
            await stage.until(lambda: "Make the voice Mira" in stage.text)
            assert any("warning: clip.wav is noisy" in line for line in stage.app.told)
            await stage.press("f5")  # the voice goes on
            assert stage.narrator.texts == ["The gate stood open."]
            lesson.ended.set()
            await stage.until(lambda: "xtts:Mira" in stage.text)
            assert VoiceFolder(tmp_path / "voices").load("Mira").language == "de"
            assert stage.narrator.looks == 1
            assert "the voice xtts:Mira is there" in stage.notice

    play(work)


def test_the_making_of_a_voice_is_given_up_and_nothing_is_kept(
    tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
):
    async def work() -> None:
        lesson = Lesson(monkeypatch)
        async with voices(tmp_path) as stage:
            await stage.press("a")
            await write(stage, "Mira", str(clip), "")
            await stage.until(lesson.begun.is_set)
            await stage.press("ctrl+b")
            await stage.until(lambda: "given up" in stage.notice)
            assert lesson.given_up
            assert VoiceFolder(tmp_path / "voices").names() == []

    play(work)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (("Mira", "nowhere.wav", ""), "no such file"),
        (("Mira", "config.toml", ""), "no audio that can be read"),
        (("anna", "nowhere.wav", ""), "there is a voice 'anna' already"),
        (("../x", "nowhere.wav", ""), "cannot be called"),
        (("Mira", "", ""), "at least one clip"),
        (("", "nowhere.wav", ""), "needs a name"),
    ],
)
def test_what_is_wrong_with_a_new_voice_is_told_and_what_was_written_stays(
    fields: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)

    async def work() -> None:
        async with voices(tmp_path, "anna") as stage:
            await stage.press("a")
            await write(stage, *fields)
            await stage.until(lambda: told in stage.notice)
            await stage.press("a")
            await stage.pilot.pause()
            assert sheet(stage) is VoiceForm
            for field in fields:
                assert field in stage.text
            assert VoiceFolder(tmp_path / "voices").names() == ["anna"]

    play(work)


def test_voices_are_mixed(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path, "anna", "berta") as stage:
            await stage.press("end", "m")
            await stage.pilot.pause()
            assert "berta=0.5, " in stage.text
            await stage.press(*"mid", "tab", *"anna=1, xtts:berta=3", "ctrl+s")
            await stage.until(lambda: "xtts:mid" in stage.text)
            made = VoiceFolder(tmp_path / "voices").load("mid")
            assert made.settings == {"blend": "anna=0.25, berta=0.75"}
            await stage.press("m")
            await write(stage, "odd", "anna", "")
            assert "anna=0.6" in stage.notice

    play(work)


@pytest.mark.parametrize("key", ["delete", "D"])
def test_a_voice_that_was_added_is_removed_after_a_yes(key: str, tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path, "anna") as stage:
            await stage.press("end", key, "escape")
            assert VoiceFolder(tmp_path / "voices").names() == ["anna"]
            await stage.press(key, "y")
            await stage.until(lambda: "xtts:anna" not in stage.text.replace(stage.notice, ""))
            assert VoiceFolder(tmp_path / "voices").names() == []
            await stage.press("home", key)
            assert "came with its synthesizer" in stage.notice
            assert sheet(stage) is VoicesView

    play(work)


def test_voices_are_searched(tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path, "anna") as stage:
            await stage.press("slash", *"bell", "enter")
            assert "› tone:tone" in stage.text
            await stage.press("slash", *"xtts", "enter", "n")
            assert "› xtts:Stage" in stage.text
            await stage.press("slash", *"dragon", "enter")
            assert "no voice has 'dragon'" in stage.notice

    play(work)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("{0}", ["{0}"]),
        ("'{0}' {1}", ["{0}", "{1}"]),
        ("{0}, {1}\n", ["{0}", "{1}"]),
        ("no such.wav, b.wav", ["no such.wav", "b.wav"]),
    ],
)
def test_clips_are_written_or_dropped(text: str, paths: list[str], tmp_path: Path):
    there = [tmp_path / "a b.wav", tmp_path / "c.wav"]
    for path in there:
        path.touch()
    wanted = [path.format(*there) for path in paths]
    assert NewVoice("x", text.format(*there)).paths() == wanted


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_any_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with voices(tmp_path, size=size) as stage:
            assert max(map(len, stage.lines)) <= size[0]
            await stage.press("a")
            await stage.pilot.pause()
            assert max(map(len, stage.lines)) <= size[0]

    play(work)
