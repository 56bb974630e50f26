"""What is shown of what happens, bad things too; the console stays open through all of them."""

import sys
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from skaldcast.core.errors import ConfigError, OutputError, SkaldcastError
from skaldcast.core.events import (
    CharacterMet,
    HoldEnded,
    OutputLost,
    OutputOpened,
    ProcessRestarted,
    UnderrunOccurred,
    VoiceReplaced,
)
from skaldcast.core.settings import LlmSettings
from skaldcast.core.source.llm.storyteller import Storyteller
from skaldcast.core.types import Outcome, Priority
from skaldcast.tui.console.messages import Metered
from skaldcast.tui.console.widgets.guide import SAMPLE
from tests.tui.console.acting import SCRIPT, FakeSetup, Stage, console, play

CARD = {
    "name": "NVIDIA GeForce RTX 4070",
    "driver": "580",
    "vram_total_mb": 12_000,
    "vram_used_mb": 3_100,
    "vram_peak_mb": 3_400,
    "busy_share": 0.41,
}
FACTS = (
    "voice tone:tone",
    "device Built-in 48 kHz",
    "RTF 0.21",
    "GPU RTX 4070 3.1 of 12.0 GB, 41 % busy",
    "bridge off",
    "model a-model",
)


def test_the_prompt_has_the_focus_and_what_is_typed_is_spoken(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press(*"Hi there.", "enter")
            assert stage.narrator.texts == ["Hi there."]
            assert stage.app.main.prompt.value == ""
            await stage.press("up")
            assert stage.app.main.prompt.value == "Hi there."
            await stage.press("down")
            assert stage.app.main.prompt.value == ""

    play(work)


def test_keys_that_come_all_at_once_keep_their_order(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            for key in ("a", "backspace", "b", "enter", "c", "d", "left", "e", "enter", "f"):
                stage.app.simulate_key(key)
            await stage.until(lambda: stage.app.main.prompt.value == "f")
            await stage.until(lambda: stage.narrator.texts == ["b", "ced"])

    play(work)


def test_the_marks_of_the_prompt_cut_in_add_and_ask(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.type("!Halt!")
            assert stage.narrator.priorities == [Priority.INTERRUPT]
            await stage.type("+A new cue.")
            assert stage.app.cues[len(stage.app.cues) - 1].text == "A new cue."
            await stage.type("? what is behind the door")
            assert stage.setup.storyteller.asked == ["what is behind the door"]
            assert stage.narrator.texts == ["Halt!"]

    play(work)


def test_a_characters_name_is_completed(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press(*"Ire")
            await stage.until(lambda: stage.app.main.prompt._suggestion)
            await stage.press("right", *"No.")
            assert stage.app.main.prompt.value == "Ireena Kolyana: No."

    play(work)


def test_what_is_typed_before_the_voice_is_there_is_spoken_then(tmp_path: Path):
    async def work() -> None:
        loaded = Event()

        def slow(setup: FakeSetup) -> None:
            setup.loads = loaded.wait

        async with console(tmp_path, change=slow, voice=False) as stage:
            await stage.type("Early.")
            assert "as soon as the voice is there" in stage.notice
            await stage.press("f5")
            assert "the voice is not there yet" in stage.notice
            loaded.set()
            await stage.ready()
            await stage.until(lambda: stage.narrator.texts == ["Early."])

    play(work)


def test_quitting_while_the_voice_is_loaded_does_not_wait_for_its_first_word(tmp_path: Path):
    async def work() -> None:
        loaded = Event()

        def slow(setup: FakeSetup) -> None:
            setup.loads = loaded.wait

        async with console(tmp_path, change=slow, voice=False) as stage:
            await stage.until(lambda: stage.app._running is not None)
            await stage.press("ctrl+q")
            await stage.until(lambda: stage.app.return_value == 0)
            loaded.set()

    play(work)


def test_the_word_being_heard_is_marked(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            cue = stage.narrator.cues[0]
            for word in ("The", "gate", "stood", "open"):
                await stage.heard(cue, word)
                assert stage.app.main.now.word == word
            assert "The gate stood open." in stage.text
            stage.narrator.end(cue)
            await stage.until(lambda: "Nothing is being spoken." in stage.text)

    play(work)


def test_the_marked_word_of_a_long_cue_is_always_seen(tmp_path: Path):
    async def work() -> None:
        words = [f"word{k}" for k in range(200)]
        async with console(tmp_path, cues=(" ".join(words),)) as stage:
            await stage.press("f5")
            for word in words[::20]:
                await stage.heard(stage.narrator.cues[0], word)
                assert word in " ".join(stage.lines[-12:-7]), stage.text

    play(work)


def test_holds_and_underruns_are_marked_and_counted(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            narrator = stage.narrator
            await stage.press("f5")
            for now in range(1, 5):
                narrator.time_s, narrator.buffered_s = now, float(now)
                await stage.pilot.pause(0.15)
                if now == 2:
                    narrator.tell(HoldEnded(2.0, 0.4))
                if now == 3:
                    narrator.tell(UnderrunOccurred(3.0, 0.1))
            narrator.figures = {"underruns": 1, "holds": 1, "margin_min_s": -0.2}
            await stage.until(lambda: "underruns 1  holds 1  least margin -0.2 s" in stage.text)
            history = next(line for line in stage.lines if "H" in line and "!" in line)
            assert "H!" in history.replace("▁", "")

    play(work)


def test_the_marks_stand_on_the_bar_as_they_are_now(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(160, 44)) as stage:
            for start_s, pause_s in ((5.0, 2.0), (20.0, 12.0)):
                stage.narrator.figures = {"start_mark_s": start_s, "pause_mark_s": pause_s}
                stage.narrator.buffered_s = stage.narrator.time_s = start_s
                told = f"S {start_s:.1f} s  P {pause_s:.1f} s"
                await stage.until(lambda told=told: told in stage.text)
                bar = next(line for line in stage.lines if "underruns" in line)
                bar = bar[bar.index("[") + 1 : bar.index("]")]
                assert bar.index("S") == round(len(bar) * start_s / 25.0)
                assert bar.index("P") == round(len(bar) * pause_s / 25.0)

    play(work)


def test_how_loud_it_is_is_a_bar_and_a_number(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.until(lambda: "  0.0 s [" in stage.text)  # it has looked
            assert "] silent" in " ".join(stage.text.split())
            for peak, rms, told in ((0.5, 0.25, "-6 dB"), (1.0, 0.5, "CLIP")):
                vitals = replace(stage.narrator.vitals(), state="playing")
                stage.app.main.take(Metered(vitals, peak, rms))
                await stage.pilot.pause()
                line = next(line for line in stage.lines if "level [" in line)
                assert line.endswith(told)
                assert line.index("█") < line.index("|")
            stage.app.main.take(Metered(replace(vitals, state="paused"), 1.0, 0.5))
            await stage.pilot.pause()
            assert "CLIP" not in stage.text

    play(work)


def test_what_a_game_says_is_told_seen_and_counted(tmp_path: Path):
    async def work() -> None:
        def with_games(setup: FakeSetup) -> None:
            setup.clients = 1

        async with console(tmp_path, size=(160, 44), change=with_games) as stage:
            await stage.until(lambda: "bridge 1 client" in stage.text)
            first = stage.narrator.play("You have found the key.", cue_id="game-1")
            stage.narrator.play("And now?", cue_id="game-2")
            await stage.until(lambda: "a game says: And now?" in stage.notice)
            await stage.heard(first, "found")
            assert "Now speaking: from a game" in stage.text
            assert stage.app.main.now.word == "found"
            await stage.until(lambda: "1 more behind it" in stage.text)
            assert sum("a game says: You have found" in line for line in stage.app.told) == 1

    play(work)


def test_the_line_of_health_tells_what_was_measured(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(120, 44)) as stage:
            stage.narrator.figures = {
                "real_time_factor": 0.21,
                "time_to_first_audio_s": 0.42,
                "gpu": [CARD],
            }
            stage.narrator.tell(OutputOpened(0.0, "Built-in", 48_000))
            await stage.press("f5")
            stage.narrator.end(stage.narrator.cues[0])
            await stage.until(lambda: "first word 0.42 s" in stage.text)
            for fact in FACTS:
                assert fact in stage.text

    play(work)


def test_listeners_elsewhere_stand_beside_the_clients_while_there_are_any(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, size=(120, 44)) as stage:
            await stage.until(lambda: "bridge" in stage.app.main.health.text)
            assert "listeners" not in stage.app.main.health.text
            stage.narrator.figures = {"listeners": 3}
            await stage.until(lambda: "bridge off  |  listeners 3" in stage.app.main.health.text)
            stage.narrator.figures = {}
            await stage.until(lambda: "listeners" not in stage.app.main.health.text)

    play(work)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (OutputLost(0.0, "unplugged"), "the output is gone (unplugged); waiting for it"),
        (ProcessRestarted(0.0, "synthesis"), "the synthesis process was started again"),
        (CharacterMet(0.0, '"Rahadin" is not in the cast'), '"Rahadin" is not in the cast'),
        (VoiceReplaced(0.0, "xtts:x", "no torch"), "narrator's voice speaks for xtts:x"),
    ],
)
def test_what_the_engine_notices_is_told(event: object, told: str, tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.narrator.tell(event)  # pyright: ignore
            await stage.until(lambda: told in stage.notice)

    play(work)


def test_a_device_that_is_lost_and_comes_back(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            stage.narrator.tell(OutputLost(0.0, "unplugged"))
            await stage.until(lambda: "device GONE" in stage.text)
            stage.narrator.tell(OutputOpened(0.0, "Built-in", 48_000))
            await stage.until(lambda: "device Built-in 48 kHz" in stage.text)

    play(work)


@pytest.mark.parametrize(
    "fault",
    [
        OutputError("no output device found; connect or switch on one"),
        ConfigError("config.toml:1: unknown key voise; did you mean voice?"),
        RuntimeError("a defect"),
    ],
)
def test_a_voice_that_does_not_start_is_told_and_tried_again(fault: Exception, tmp_path: Path):
    async def work() -> None:
        def broken(setup: FakeSetup) -> None:
            if isinstance(fault, OutputError):
                setup.starts_with = fault
            else:
                setup.fails = fault

        async with console(tmp_path, change=broken, voice=False) as stage:
            await stage.until(lambda: "voice FAILED" in stage.text)
            assert str(fault).split(";")[0] in " ".join(stage.notice.split())
            assert "F4 tries again" in stage.notice
            await stage.type("Later.")
            stage.setup.fails = stage.setup.starts_with = None
            await stage.press("f4")
            await stage.until(lambda: stage.setup.narrators and "Later." in stage.narrator.texts)
            await stage.press("f4")
            assert "the voice is there already" in stage.notice

    play(work)


def test_a_voice_that_breaks_in_the_middle_leaves_the_list_and_can_be_started_again(
    tmp_path: Path,
):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            await stage.heard(stage.narrator.cues[0])
            stage.narrator.break_down(SkaldcastError("the synthesis process dies again and again"))
            await stage.until(lambda: "voice FAILED" in stage.text)
            assert stage.states() == ["failed", "waiting", "waiting", "waiting"]
            await stage.press("f4")
            await stage.ready()
            await stage.press("f9")
            assert stage.narrator.texts == [SCRIPT[0]]

    play(work)


def test_a_model_that_is_not_reached_is_told(tmp_path: Path):
    async def work() -> None:
        def gone(setup: FakeSetup) -> None:
            settings = LlmSettings(endpoint="http://127.0.0.1:9/v1", retries=0)
            setup.storyteller = lambda on_status: Storyteller(settings, on_status)

        async with console(tmp_path, change=gone) as stage:
            await stage.type("?hello")
            await stage.until(lambda: "model failed" in stage.text or "127.0.0.1:9" in stage.notice)
            assert any("127.0.0.1:9" in line for line in stage.app.told)
            await stage.type("Still here.")
            assert "Still here." in stage.narrator.texts

    play(work)


def test_the_guide_is_shown_once_and_ends_with_a_voice(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, guide=True, cues=()) as stage:
            assert "Welcome to Skaldcast" in stage.text
            assert stage.app.focused is stage.app.main.prompt
            await stage.until(lambda: "The voice is there: press Enter" in stage.text)
            await stage.press("enter")
            assert stage.narrator.texts == [SAMPLE]
            stage.narrator.end(stage.narrator.cues[0])
            await stage.until(lambda: "That was the voice." in stage.text)
            await stage.press("escape")
            await stage.pilot.pause()
            assert "Welcome" not in stage.text
            await stage.press("enter")
            assert stage.narrator.texts == [SAMPLE]
        again = Stage(tmp_path)
        async with again.app.run_test():
            assert again.app.main.guide is None

    play(work)


def test_a_guide_without_a_voice_says_why(tmp_path: Path):
    async def work() -> None:
        def broken(setup: FakeSetup) -> None:
            setup.fails = OutputError("no [device] found; connect one")

        async with console(tmp_path, guide=True, cues=(), change=broken, voice=False) as stage:
            await stage.until(lambda: "No voice yet: no [device] found" in stage.text)

    play(work)


def test_a_paste_of_a_megabyte_goes_to_the_list_and_nothing_of_it_is_lost(tmp_path: Path):
    async def work() -> None:
        text = "\n\n".join(f"Paragraph {k} of very many." for k in range(40_000))
        assert len(text) > 1_000_000
        async with console(tmp_path, cues=()) as stage:
            await paste(stage, text)
            await stage.until(lambda: len(stage.app.cues) == 40_000)
            assert stage.app.main.prompt.value == ""
            await paste(stage, "word " * 250_000)
            await stage.until(lambda: len(stage.app.cues) == 40_001)
            await paste(stage, "two\nlines")
            assert stage.app.main.prompt.value == "two lines"

    play(work)


async def paste(stage: Stage, text: str) -> None:
    from textual.events import Paste

    stage.app.main.prompt.post_message(Paste(text))
    await stage.pilot.pause()


def test_a_dropped_file_is_opened(tmp_path: Path):
    async def work() -> None:
        script = tmp_path / "the keep.txt"
        script.write_text("One.\n\nTwo.")
        async with console(tmp_path) as stage:
            await paste(stage, f"'{script}'")
            await stage.until(lambda: len(stage.app.cues) == 2)

    play(work)


def test_what_is_said_on_standard_error_is_a_message(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            print("skaldcast: the journal is full", file=sys.stderr)
            await stage.until(lambda: "the journal is full" in stage.notice)
            await stage.press("f3", *"journal")
            await stage.pilot.pause()
            assert "the journal is full" in stage.text

    play(work)


def test_a_cue_that_was_cut_in_on_is_told_as_skipped(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            await stage.press("f5")
            stage.narrator.end(stage.narrator.cues[0], Outcome.INTERRUPTED)
            await stage.until(lambda: stage.states()[0] == "skipped")

    play(work)


def test_it_says_that_it_runs_on_only_as_long_as_it_does(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path) as stage:
            for end in (stage.app.action_panic, stage.app.link.restart):
                await stage.press("f10")
                await stage.until(lambda: "RUNS ON" in stage.lines[0])
                end()
                await stage.until(lambda: "RUNS ON" not in stage.lines[0])
                await stage.ready()

    play(work)


def test_at_the_end_of_the_list_it_runs_on_no_more(tmp_path: Path):
    async def work() -> None:
        async with console(tmp_path, cues=("Only this.",)) as stage:
            await stage.press("f10")
            await stage.until(lambda: "RUNS ON" in stage.lines[0])
            await stage.heard(stage.narrator.cues[0])
            stage.narrator.end(stage.narrator.cues[0])
            await stage.until(lambda: "RUNS ON" not in stage.lines[0])

    play(work)
