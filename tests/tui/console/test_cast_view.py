"""The screen of the cast: each key, what is saved, what is heard, and what cannot be done."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from skaldcast.core.script.cast import CharacterVoice
from skaldcast.core.script.cast_file import read_cast
from skaldcast.tui.console.keys import IN_CAST
from skaldcast.tui.console.screens.asking import AskLine
from skaldcast.tui.console.screens.cast import CastView
from skaldcast.tui.console.screens.voice_choosing import ChooseVoice
from skaldcast.tui.console.widgets.row_list import RowList
from tests.tui.console.acting import SCRIPT, Stage, console, play

CAST = """\
# my campaign
[Strahd]
voice = "kokoro:bm_george"  # grave
speed = 0.9

["Ireena Kolyana"]
aliases = ["Ireena"]
"""
STRAHD = CharacterVoice("Strahd", "kokoro:bm_george", 0.9)
IREENA = CharacterVoice("Ireena Kolyana", aliases=("Ireena",))
CUES = (*SCRIPT, "[Odo] Who goes there?")


def keys_of(action: str) -> list[str]:
    return next(key.keys.split(",") for key in IN_CAST if key.action == action)


@contextlib.asynccontextmanager
async def cast(
    folder: Path, *, size: tuple[int, int] = (120, 30), text: str | None = CAST, row: int = 1
) -> AsyncGenerator[Stage]:
    """The console with the screen open and the cursor on a row; 1 is Strahd."""
    if text is not None:
        (folder / "cast.toml").write_text(text)
        (folder / "config.toml").write_text('[cast]\nfile = "cast.toml"\n')
    async with console(folder, size=size, cues=CUES) as stage:
        await stage.press("tab", "2")
        await opened(stage)
        await stage.press(*["down"] * row)
        yield stage


async def opened(stage: Stage) -> None:
    await stage.until(lambda: "Narrator" in stage.text)
    await stage.pilot.pause()


def kept(stage: Stage) -> list[CharacterVoice]:
    return read_cast(stage.folder / "cast.toml")


async def saved(stage: Stage, *parts: CharacterVoice) -> None:
    await stage.until(lambda: kept(stage) == list(parts))
    await stage.until(lambda: stage.app.desks.cast.is_saved)
    if isinstance(stage.app.screen, CastView):
        await stage.until(lambda: stage.lines[0].endswith("| saved"))


def row(stage: Stage, name: str) -> str:
    return next(" ".join(line.strip("│› ").split()) for line in stage.lines if name in line)


def sheet(stage: Stage) -> type:
    return type(stage.app.screen)


def test_all_who_speak_are_listed_and_the_cast_file_is_named(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            assert stage.lines[0] == " Cast | cast.toml | saved"
            assert row(stage, "Narrator").startswith(
                "Narrator hibari:heart a setting (3) 1.00 0 dB"
            )
            assert row(stage, "Strahd").startswith("Strahd kokoro:bm_george chosen 0.90 0 dB en-GB")
            assert row(stage, "Ireena").endswith("by itself 1.00 0 dB en-US Ireena")
            assert "met, not cast" in row(stage, "Odo")
            for key in IN_CAST:
                assert not key.in_footer or key.label in stage.text

    play(work)


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ("speed(-1)", CharacterVoice("Strahd", "kokoro:bm_george", 0.85)),
        ("speed(1)", CharacterVoice("Strahd", "kokoro:bm_george", 0.95)),
        ("gain(-1)", CharacterVoice("Strahd", "kokoro:bm_george", 0.9, -1.0)),
        ("gain(1)", CharacterVoice("Strahd", "kokoro:bm_george", 0.9, 1.0)),
        ("reset", CharacterVoice("Strahd", "kokoro:bm_george")),
    ],
)
def test_a_nudge_is_saved_beside_the_comments_and_spoken_from_the_next_cue_on(
    action: str, changed: CharacterVoice, tmp_path: Path
):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            for key in keys_of(action):
                await stage.press(key)
                await saved(stage, changed, IREENA)
                text = (tmp_path / "cast.toml").read_text()
                assert "# my campaign" in text
                assert "# grave" in text
                assert stage.narrator.options.cast is not None
                assert stage.narrator.options.cast.part("Strahd") == changed
                await stage.press("u")
                await saved(stage, STRAHD, IREENA)

    play(work)


def test_a_voice_is_chosen_by_typing_a_part_of_what_is_told_of_it(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("enter")
            assert sheet(stage) is ChooseVoice
            await stage.press(*"calm", "enter")
            await saved(stage, CharacterVoice("Strahd", "hibari:heart", 0.9), IREENA)
            assert "chosen" in row(stage, "Strahd")

    play(work)


def test_the_sheet_of_voices_has_arrows_and_the_way_back_to_none(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("enter", "up", "up", "enter")
            await saved(stage, CharacterVoice("Strahd", None, 0.9), IREENA)
            await stage.press("enter", *"nosuchvoice", "enter")
            assert "no voice has that in it" in stage.text
            await stage.press("escape")
            assert sheet(stage) is CastView
            assert kept(stage) == [CharacterVoice("Strahd", None, 0.9), IREENA]

    play(work)


def test_a_voice_is_heard_on_the_sheet_before_it_is_taken(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("enter", "tab", "x")
            cue = stage.narrator.cues[-1]
            assert stage.narrator.voices_of[cue.cue_id] == "kokoro:bm_george"
            assert sheet(stage) is ChooseVoice

    play(work)


def test_a_voice_that_is_not_installed_is_not_given(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("enter", *"xtts", "enter")
            if "pip install" not in stage.notice:  # XTTS is there
                return
            assert kept(stage) == [STRAHD, IREENA]

    play(work)


def test_the_narrators_voice_is_chosen_elsewhere_and_its_speed_here(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, row=0) as stage:
            await stage.press("enter")
            assert sheet(stage) is CastView
            assert "press 3" in stage.notice
            await stage.press("right")
            await saved(stage, STRAHD, IREENA, CharacterVoice("", speed=1.05))

    play(work)


def test_who_was_met_is_cast_by_the_first_change(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, row=3) as stage:
            await stage.press("minus")
            await saved(stage, STRAHD, IREENA, CharacterVoice("Odo", gain_db=-1.0))
            assert "by itself" in row(stage, "Odo")

    play(work)


@pytest.mark.parametrize("key", keys_of("add"))
def test_somebody_is_added_and_the_cursor_goes_there(key: str, tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press(key)
            assert sheet(stage) is AskLine
            await stage.press(*"Mira, the smith", "enter")
            await saved(stage, STRAHD, IREENA, CharacterVoice("Mira", aliases=("the smith",)))
            await stage.until(lambda: "› Mira" in stage.text)
            assert stage.app.main.prompt._names.characters[-1] == "Mira"  # pyright: ignore

    play(work)


def test_names_are_edited_and_a_name_that_is_taken_is_told(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("e", "end", *", the Count", "enter")
            changed = CharacterVoice("Strahd", "kokoro:bm_george", 0.9, aliases=("the Count",))
            await saved(stage, changed, IREENA)
            await stage.press("e", "end", *", Ireena", "enter")
            assert "gives" in stage.notice
            assert kept(stage) == [changed, IREENA]

    play(work)


@pytest.mark.parametrize("key", keys_of("delete"))
def test_somebody_is_removed_and_comes_back(key: str, tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press(key)
            await saved(stage, IREENA)
            await stage.press("u")
            await stage.until(
                lambda: {p.character for p in kept(stage)} == {"Strahd", IREENA.character}
            )
            await stage.press("end", key)
            assert "not in the cast file" in stage.notice

    play(work)


def test_a_character_is_heard_as_it_will_speak(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("x")
            cue = stage.narrator.cues[-1]
            assert cue.character == "Strahd"
            await stage.press("x")
            assert cue.outcome == "interrupted"
            assert len(stage.narrator.cues) == 1

    play(work)


def test_nobody_is_heard_over_a_narration(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            await stage.press("f5")
            await stage.heard(stage.narrator.cues[0])
            await stage.press("x")
            assert "once it is quiet" in stage.notice
            assert len(stage.narrator.cues) == 1

    play(work)


def test_names_and_voices_are_searched(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, row=0) as stage:
            await stage.press("slash", *"george", "enter")
            assert "› Strahd" in stage.text
            await stage.press("slash", *"odo", "enter", "n")
            assert "› Odo" in stage.text
            await stage.press("slash", *"dragon", "enter")
            assert "nobody has" in stage.notice

    play(work)


def test_without_a_cast_file_its_place_is_asked_for_first(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, text=None, row=0) as stage:
            assert "no cast file yet" in stage.lines[0]
            await stage.press("a", *"Mira", "enter")
            assert sheet(stage) is AskLine
            assert str(tmp_path / "cast.toml") in stage.app.screen.query_one("Input").value  # pyright: ignore
            await stage.press("enter")
            await stage.until(lambda: (tmp_path / "cast.toml").exists())
            await saved(stage, CharacterVoice("Mira"))
            assert stage.setup.load_settings().settings.cast.file == tmp_path / "cast.toml"

    play(work)


def test_a_cast_file_that_cannot_be_written_keeps_the_change_in_force(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            (tmp_path / "cast.toml").chmod(0o444)
            await stage.press("right")
            await stage.until(lambda: "read-only" in stage.notice)
            assert kept(stage) == [STRAHD, IREENA]
            assert stage.narrator.options.cast is not None
            assert stage.narrator.options.cast.part("Strahd").speed == 0.95
            await stage.press("escape", "2")
            await opened(stage)
            await stage.until(lambda: "NOT SAVED" in stage.lines[0])
            (tmp_path / "cast.toml").chmod(0o644)
            await stage.press("ctrl+s")
            await saved(stage, CharacterVoice("Strahd", "kokoro:bm_george", 0.95), IREENA)

    play(work)


def test_what_somebody_else_wrote_into_the_file_is_not_written_over_unasked(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path) as stage:
            (tmp_path / "cast.toml").write_text("[Odo]\n")
            await stage.press("right")
            await stage.until(lambda: "changed by somebody else" in stage.notice)
            assert kept(stage) == [CharacterVoice("Odo")]
            await stage.press("ctrl+s")
            await saved(stage, CharacterVoice("Strahd", "kokoro:bm_george", 0.95), IREENA)

    play(work)


def test_a_cast_file_that_is_broken_is_told_with_its_line(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(120, 30)) as stage:
            (tmp_path / "cast.toml").write_text("[Strahd]\nspeed = 9\n")
            (tmp_path / "config.toml").write_text('[cast]\nfile = "cast.toml"\n')
            await stage.press("tab", "2")
            told = stage.app.screen.query_one("#notice")
            await stage.until(lambda: "cast.toml:2: Strahd.speed" in str(told.render()))

    play(work)


def test_a_row_that_is_clicked_is_chosen_and_a_second_click_takes_it(tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, row=0) as stage:
            await stage.pilot.click(RowList, offset=(5, 3))
            assert "› Strahd" in stage.text
            await stage.pilot.click(RowList, offset=(5, 3))
            await stage.until(lambda: sheet(stage) is ChooseVoice)

    play(work)


@pytest.mark.parametrize("size", [(80, 24), (250, 70), (40, 12), (20, 5)])
def test_it_fits_into_any_terminal(size: tuple[int, int], tmp_path: Path):
    async def work() -> None:
        async with cast(tmp_path, size=size) as stage:
            assert max(map(len, stage.lines)) <= size[0]
            assert "Strahd" in stage.text
            await stage.press("enter")
            await stage.pilot.pause()
            assert max(map(len, stage.lines)) <= size[0]

    play(work)
