"""`voices add` and `voices remove`, as far as they go without the extra `xtts`: all that is wrong
with names, clips and settings is told before torch would be needed."""

from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice
from tests.tui.command import Done, run


def voice(name: str, value: float = 1.0) -> XttsVoice:
    embedding = np.zeros((1, 512, 1), np.float32)
    embedding[0, 0] = value
    return XttsVoice(name, "de", np.full((1, 32, 8), value, np.float32), embedding)


@pytest.fixture
def folder(tmp_path: Path) -> VoiceFolder:
    folder = VoiceFolder(tmp_path / "voices")
    folder.add(voice("anna", 1.0))
    folder.add(voice("berta", 3.0))
    return folder


def voices(folder: VoiceFolder, *arguments: str) -> Done:
    return run(
        "voices",
        *arguments,
        *("--set", f"xtts.voices={folder.path}"),
        *("--set", f"models.folder={folder.path.parent / 'models'}"),
    )


def test_voices_are_blended_without_a_model(folder: VoiceFolder):
    done = voices(folder, "add", "mid", "--blend", "anna=1", "--blend", "xtts:berta=3")
    assert (done.status, done.out, done.err) == (0, "xtts:mid\n", "")
    made = folder.load("mid")
    assert made.gpt_cond_latent[0, 0, 0] == pytest.approx(2.5)
    assert made.settings == {"blend": "anna=0.25, berta=0.75"}


def test_a_voice_is_removed(folder: VoiceFolder):
    assert voices(folder, "remove", "xtts:anna").status == 0
    assert folder.names() == ["berta"]


def test_what_was_not_added_cannot_be_removed(folder: VoiceFolder):
    line = voices(folder, "remove", "heart").refusal()
    assert "no voice 'heart' was added" in line
    assert "there are: anna, berta" in line


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "new"),
        ("add", "new", "a.wav", "--blend", "anna=1"),
        ("add", "new", "--blend", "anna"),
        ("add", "new", "--blend", "anna=0"),
        ("remove",),
        ("remove", "anna", "berta"),
        ("list", "anna"),
        ("try", "anna", "berta"),
        ("list", "--blend", "anna=1"),
        ("remove", "anna", "--language", "de"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(arguments: tuple[str, ...], folder: VoiceFolder):
    voices(folder, *arguments).refusal(status=2)
    assert folder.names() == ["anna", "berta"]


def test_a_name_that_is_taken_is_told_before_anything_is_done(folder: VoiceFolder, clip: Path):
    assert "there is a voice 'anna' already" in voices(folder, "add", "Anna", str(clip)).refusal()


def test_a_name_that_no_file_could_have_is_told(folder: VoiceFolder, clip: Path):
    assert "cannot be called '../x'" in voices(folder, "add", "../x", str(clip)).refusal()


def test_a_clip_that_is_none_is_told(folder: VoiceFolder, tmp_path: Path):
    (tmp_path / "a.wav").write_text("no audio")
    assert "it is no audio" in voices(folder, "add", "new", str(tmp_path / "a.wav")).refusal()
    assert "no such file" in voices(folder, "add", "new", str(tmp_path / "b.wav")).refusal()


def test_without_extra_or_checkpoint_the_way_to_it_is_told(folder: VoiceFolder, clip: Path):
    line = voices(folder, "add", "new", str(clip)).refusal()
    assert "pip install" in line or "skaldcast fetch xtts-v2" in line


def test_a_voice_that_is_not_there_cannot_be_blended(folder: VoiceFolder):
    line = voices(folder, "add", "new", "--blend", "carla=1").refusal()
    assert "carla" in line or "pip install" in line or "skaldcast fetch xtts-v2" in line
    assert folder.names() == ["anna", "berta"]


def test_a_folder_that_cannot_be_written_is_told(folder: VoiceFolder, tmp_path: Path):
    (tmp_path / "file").touch()
    bad = VoiceFolder(tmp_path / "file" / "voices")
    assert "xtts.voices" in voices(bad, "remove", "anna").refusal()
