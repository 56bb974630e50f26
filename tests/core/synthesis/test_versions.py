"""What tells apart the speech of one model from that of another, without loading any."""

import os
from pathlib import Path

import pytest

from skaldcast.core.synthesis.hibari import HibariSynthesizer
from skaldcast.core.synthesis.kokoro import KokoroSynthesizer
from skaldcast.core.synthesis.synthesizer import Versioned
from skaldcast.core.synthesis.tone import ToneSynthesizer
from skaldcast.core.synthesis.xtts.synthesizer import XttsSynthesizer

FILES = ("model.pth", "config.json", "vocab.json", "speakers_xtts.pth")


@pytest.fixture
def xtts(tmp_path: Path) -> XttsSynthesizer:
    for name in FILES:
        (tmp_path / name).write_bytes(b"weights")
    voices = tmp_path / "voices"
    voices.mkdir()
    (voices / "anna.safetensors").write_bytes(b"anna")
    return XttsSynthesizer({"checkpoint": str(tmp_path), "voices": str(voices)})


def test_the_built_in_voices_tell_their_version():
    assert HibariSynthesizer({}).version("heart") == "0.2.1"
    assert KokoroSynthesizer({}).version("bm_george").endswith(" 0.2.1")


def test_the_tone_tells_none():
    assert not isinstance(ToneSynthesizer({}), Versioned)


@pytest.mark.parametrize("name", FILES)
def test_another_checkpoint_is_another_version_of_xtts(
    name: str, xtts: XttsSynthesizer, tmp_path: Path
):
    before = xtts.version("Test Speaker")
    assert xtts.version("Test Speaker") == before
    os.utime(tmp_path / name, ns=(1, 1))
    assert xtts.version("Test Speaker") != before


def test_a_voice_of_the_users_that_was_made_anew_is_another_version(
    xtts: XttsSynthesizer, tmp_path: Path
):
    anna, speaker = xtts.version("anna"), xtts.version("Test Speaker")
    (tmp_path / "voices" / "anna.safetensors").write_bytes(b"another anna")
    assert xtts.version("anna") != anna
    assert xtts.version("Test Speaker") == speaker


def test_without_a_checkpoint_there_is_no_version(tmp_path: Path):
    assert XttsSynthesizer({"checkpoint": str(tmp_path / "none")}).version("anna") is None
