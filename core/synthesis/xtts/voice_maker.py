"""Makes voices of clips and of studio speakers. Torch stays in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errand import ask_child
from ..synthesizer import Samples
from .voice_files import XttsVoice

_MODULE = f"{__package__}.voice_worker"


@dataclass(frozen=True, slots=True)
class LearnVoice:
    """Request: the conditioning by these clips."""

    checkpoint: Path
    clips: tuple[Samples, ...]
    """As `clips.Clip.samples`."""


@dataclass(frozen=True, slots=True)
class ReadSpeakers:
    """Request: studio speakers by name."""

    checkpoint: Path
    names: tuple[str, ...]


async def learn_voice(
    checkpoint: Path, clips: Sequence[Samples], module: str = _MODULE
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The `gpt_cond_latent` and `speaker_embedding` of a voice, as in `XttsVoice`; raises
    `SynthesizerError` or `ProcessError`. Takes as long as the model takes to load."""
    return await ask_child("learning the voice", module, LearnVoice(checkpoint, tuple(clips)))


async def read_speakers(
    checkpoint: Path, names: Sequence[str], module: str = _MODULE
) -> Mapping[str, XttsVoice]:
    """The checkpoint's studio speakers of these names; raises `SynthesizerError` or
    `ProcessError`."""
    return await ask_child("reading the speakers", module, ReadSpeakers(checkpoint, tuple(names)))
