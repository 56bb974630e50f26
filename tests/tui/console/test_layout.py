"""The screens as text, in the terminals that people have, without colours too."""

from pathlib import Path

import pytest

from skaldcast.core.events import OutputOpened
from tests.tui.console.acting import Stage, console, play

SIZES = ((80, 24), (250, 70), (20, 5), (40, 12))


async def in_the_middle(stage: Stage) -> None:
    stage.narrator.tell(OutputOpened(0.0, "Built-in", 48_000))
    await stage.press("f5", "f5")
    first, second = stage.narrator.cues
    await stage.heard(first)
    stage.narrator.end(first)
    await stage.heard(second, "Come")
    await stage.until(lambda: stage.states()[:2] == ["spoken", "speaking"])
    await stage.pilot.pause()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_terminal_and_the_prompt_is_there(
    size: tuple[int, int], tmp_path: Path
):
    async def work() -> None:
        async with console(tmp_path, size=size) as stage:
            await in_the_middle(stage)
            await stage.press(*"abc")
            await stage.pilot.pause()
            assert len(stage.lines) == size[1]
            assert max(map(len, stage.lines)) <= size[0]
            assert "abc" in stage.text
            assert "3" in stage.text  # what stands by

    play(work)


def test_a_terminal_of_80_by_24_shows_all_that_matters(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await in_the_middle(stage)
            lines = stage.lines
            assert lines[0] == " Skaldcast | no script | cue 3 of 4 | SPEAKING"
            assert [line[1:-1].rstrip() for line in lines[2:6]] == [
                "› 1 = spoken                  The gate stood open.",
                "  2 » SPEAKING Strahd         Come in.",
                " ▶3 · waiting                 Nobody moved.",
                "  4 · waiting                 The lamps went out.",
            ]
            assert "[Strahd] Come in." in stage.text
            assert "underruns 0  holds 0" in stage.text
            assert "voice tone:tone  |  device Built-in 48 kHz" in stage.text
            assert lines[-1].startswith(" F5 GO  F6 Pause  F7 Skip  F8 STOP  F9 Replay  F1 Help")

    play(work)


def test_a_wide_terminal_has_two_columns_and_the_messages(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(250, 70)) as stage:
            await in_the_middle(stage)
            assert any("Cues" in line and "Now speaking" in line for line in stage.lines)
            assert "output Built-in 48 kHz" in stage.text

    play(work)


def test_a_terminal_of_20_by_5_has_list_notice_and_prompt(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(20, 5)) as stage:
            await in_the_middle(stage)
            assert "» " in stage.text
            await stage.type("Hello.")
            assert "Hello." in stage.narrator.texts

    play(work)


def test_a_storm_of_resizes_ends_where_it_ends(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await in_the_middle(stage)
            for step in range(40):
                await stage.pilot.resize_terminal(20 + 7 * step % 200, 5 + 3 * step % 60)
            await stage.pilot.resize_terminal(80, 24)
            await stage.pilot.pause()
            assert stage.lines[-1].startswith(" F5 GO")

    play(work)


@pytest.mark.parametrize("dark", [True, False])
def test_without_colours_every_state_is_a_word(
    dark: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def work() -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        async with console(tmp_path) as stage:
            if not dark:
                await stage.press("ctrl+t")
            await in_the_middle(stage)
            for word in ("spoken", "SPEAKING", "waiting", "▶3"):
                assert word in stage.text

    play(work)


def test_the_guide_fits_into_80_by_24(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, guide=True, cues=()) as stage:
            assert "Esc closes this guide." in stage.text
            assert "F5 speaks the one that stands by (▶), and the next stands by." in stage.text

    play(work)
