"""What brings a voice to the target loudness is kept, and no fault of a file costs a voice."""

import logging
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.synthesis.xtts.checkpoint_folder import CheckpointFolder
from skaldcast.core.synthesis.xtts.gains import KeptGains, gain_of
from skaldcast.core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice


@pytest.fixture
def model(tmp_path: Path) -> CheckpointFolder:
    (tmp_path / "model.pth").write_bytes(b"weights")
    return CheckpointFolder(tmp_path, ("en",))


@pytest.fixture
def voices(tmp_path: Path) -> VoiceFolder:
    return VoiceFolder(tmp_path / "voices")


def test_speech_is_brought_to_the_target_and_silence_is_not():
    tone = np.sin(np.arange(48_000) * 0.2).astype(np.float32)
    quiet, loud = gain_of(tone * 0.05, 24_000), gain_of(tone * 0.5, 24_000)
    assert quiet is not None
    assert loud is not None
    assert quiet - loud == pytest.approx(20.0, abs=0.01)
    assert gain_of(np.zeros(48_000, np.float32), 24_000) is None


def test_a_studio_speakers_gain_is_kept_for_this_model_alone(
    model: CheckpointFolder, voices: VoiceFolder, tmp_path: Path
):
    path = tmp_path / "state" / "gains.json"
    KeptGains(voices, path, model).keep("Anna", -2.5)
    KeptGains(voices, path, model).keep("Berta", 1.0)
    kept = KeptGains(voices, path, model)
    assert [kept.of_speaker(name) for name in ("Anna", "Berta", "Carl")] == [-2.5, 1.0, None]
    (model.path / "model.pth").write_bytes(b"finer weights")
    assert KeptGains(voices, path, model).of_speaker("Anna") is None


def test_a_voice_of_the_users_keeps_its_gain_in_its_file(
    model: CheckpointFolder, voices: VoiceFolder, tmp_path: Path
):
    embedding = np.ones((1, 512, 1), np.float32)
    voices.add(XttsVoice("anna", "de", np.ones((1, 32, 8), np.float32), embedding))
    KeptGains(voices, tmp_path / "gains.json", model).keep("anna", -2.5)
    assert voices.load("anna").gain_db == -2.5
    assert not (tmp_path / "gains.json").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"b": "c"}}', "\0"])
def test_a_damaged_file_is_done_without_and_replaced(
    content: str,
    model: CheckpointFolder,
    voices: VoiceFolder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    path = tmp_path / "gains.json"
    path.write_text(content)
    kept = KeptGains(voices, path, model)
    with caplog.at_level(logging.WARNING):
        assert kept.of_speaker("Anna") is None
    assert "measured anew" in caplog.text
    kept.keep("Anna", 3.0)
    assert kept.of_speaker("Anna") == 3.0


def test_what_cannot_be_written_is_logged(
    model: CheckpointFolder,
    voices: VoiceFolder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    (tmp_path / "file").touch()
    KeptGains(voices, tmp_path / "file" / "gains.json", model).keep("Anna", 3.0)
    assert "the gain of Anna was not kept" in caplog.text
    KeptGains(voices, None, model).keep("Anna", 3.0)
