"""Voices are made in a process of its own, and what goes wrong there is told here."""

import asyncio
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.conditioning import condition
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.torch_facts import torch_facts
from skaldcast.core.synthesis.xtts.voice_files import load_voice, save_voice
from skaldcast.core.synthesis.xtts.voice_maker import learn_voice, read_speakers
from tests.core.synthesis.xtts import tiny

CHILD = "tests.core.synthesis.xtts.narrow_child"


def test_a_voice_is_learned_as_the_model_would_here(checkpoint: Checkpoint, tiny_folder: Path):
    clips = [tiny.noise(3.0), tiny.noise(7.0, seed=1)]
    latent, embedding = asyncio.run(learn_voice(tiny_folder, clips, CHILD))
    here = condition(checkpoint.model, clips)
    np.testing.assert_allclose(latent, here[0], atol=1e-5)
    np.testing.assert_allclose(embedding, here[1], atol=1e-5)


def test_studio_speakers_are_read_as_voices_that_can_be_kept(tiny_folder: Path, tmp_path: Path):
    speakers = asyncio.run(read_speakers(tiny_folder, tiny.SPEAKERS[1:]))
    assert list(speakers) == ["Zweite Stimme"]
    save_voice(tmp_path / "a.safetensors", speakers["Zweite Stimme"])
    kept = load_voice(tmp_path / "a.safetensors")
    raw = torch.load(tiny_folder / "speakers_xtts.pth", weights_only=True)["Zweite Stimme"]
    np.testing.assert_array_equal(kept.gpt_cond_latent, raw["gpt_cond_latent"].numpy())
    np.testing.assert_array_equal(kept.speaker_embedding, raw["speaker_embedding"].numpy())


def test_a_damaged_file_of_speakers_is_told_in_one_line(tiny_folder: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_folder, tmp_path / "copy")
    (folder / "speakers_xtts.pth").write_bytes(b"no speakers")
    with pytest.raises(SynthesizerError, match=r"studio speakers .* cannot be read"):
        asyncio.run(read_speakers(folder, tiny.SPEAKERS))


def test_a_checkpoint_that_is_gone_is_told(tmp_path: Path):
    with pytest.raises(SynthesizerError, match="skaldcast fetch xtts-v2"):
        asyncio.run(learn_voice(tmp_path / "gone", [tiny.noise(3.0)], CHILD))


def test_torch_is_looked_at_elsewhere():
    facts = asyncio.run(torch_facts())
    assert facts.torch == torch.__version__
    assert facts.cuda == (torch.version.cuda or "")
    assert facts.transformers == sys.modules["transformers"].__version__
