"""`voices add` to its end, with a checkpoint that has random weights."""

from pathlib import Path

import pytest

from skaldcast.core.synthesis.xtts.voice_files import VoiceFolder
from tests.core.synthesis.xtts import tiny
from tests.tui.command import run

QUIET = "record it in a quiet room, close to the microphone"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not narrowed: the command's own process loads it."""
    return tiny.build(tmp_path_factory.mktemp("xtts") / "wide")


@pytest.fixture
def settings(checkpoint: Path, tmp_path: Path) -> tuple[str, ...]:
    return ("--set", f"xtts.checkpoint={checkpoint}", "--set", f"xtts.voices={tmp_path}")


def test_a_voice_is_learned_and_kept_with_what_it_was_made_from(
    clip: Path,
    settings: tuple[str, ...],
    tmp_path: Path,
):
    done = run("voices", "add", "Þóra", str(clip), str(clip), "--language", "de-AT", *settings)
    assert (done.status, done.out) == (0, "xtts:Þóra\n")
    assert (
        done.told
        == [f"warning: clip.wav is noisy (speech only 1 dB above its pauses): {QUIET}"] * 2
    )
    made = VoiceFolder(tmp_path).load("Þóra")
    assert made.language == "de"
    assert made.gpt_cond_latent.shape == (1, 32, 32)
    assert made.settings["clips"] == "clip.wav, clip.wav"
    assert made.settings["seconds"] == "14.0"


def test_added_voices_and_studio_speakers_are_blended(settings: tuple[str, ...], tmp_path: Path):
    done = run("voices", "add", "both", "--blend", "Test Speaker=1", "--blend", "Zweite Stimme=1",
               "--language", "fr", *settings)  # fmt: skip
    assert (done.status, done.out, done.err) == (0, "xtts:both\n", "")
    assert VoiceFolder(tmp_path).load("both").language == "fr"


def test_a_studio_speakers_name_is_taken(clip: Path, settings: tuple[str, ...]):
    line = run("voices", "add", "test speaker", str(clip), *settings).refusal()
    assert "'Test Speaker' is a studio speaker" in line


def test_a_language_that_the_model_lacks_is_told_before_it_is_loaded(
    clip: Path,
    settings: tuple[str, ...],
):
    line = run("voices", "add", "new", str(clip), "--language", "tlh", *settings).refusal()
    assert "does not speak 'tlh'" in line


def test_whom_nobody_knows_cannot_be_blended(settings: tuple[str, ...]):
    line = run("voices", "add", "new", "--blend", "carla=1", *settings).refusal()
    assert "no XTTS voice 'carla' to blend; there are: Test Speaker, Zweite Stimme" in line


def test_doctor_tells_what_xtts_has_here(settings: tuple[str, ...]):
    done = run("doctor", "--voice", "tone?rtf=0&latency=0", "--output", "null", *settings)
    table = {line.split("\t")[0]: line for line in done.out.splitlines()}
    assert "17 languages, 2 studio speakers" in table["XTTS checkpoint"]
    assert "coqui-tts 0.28." in table["XTTS"]
    assert "non-commercial" in table["XTTS licence"]
    assert not [row for row, line in table.items() if line.split("\t")[1] == "fail"]
