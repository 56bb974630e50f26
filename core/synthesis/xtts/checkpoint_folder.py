"""A checkpoint folder, checked before torch is imported: each fault gets its own clear line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ...errors import SynthesizerError
from . import torch_file

MODEL, CONFIG, VOCABULARY, SPEAKERS = "model.pth", "config.json", "vocab.json", "speakers_xtts.pth"
_TEXT_EMBEDDING = "gpt.text_embedding.weight"
_AUDIO_EMBEDDING = "gpt.mel_embedding.weight"
_PARTS = (
    _TEXT_EMBEDDING,
    _AUDIO_EMBEDDING,
    "gpt.final_norm.weight",
    "hifigan_decoder.waveform_decoder.conv_pre.weight",
)


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """What the files of a checkpoint say about it."""

    path: Path
    languages: tuple[str, ...]
    """As XTTS writes them: ``en``, ``zh-cn``."""

    def speakers(self) -> list[str]:
        """The studio speakers, in order; none where the folder has no such file."""
        file = self.path / SPEAKERS
        return torch_file.names(file) if file.is_file() else []

    def verify(self) -> None:
        """Whether all bytes of the weights are what was saved; raises `SynthesizerError`. Takes
        seconds, as it reads them all."""
        for file in (self.path / MODEL, self.path / SPEAKERS):
            if file.is_file():
                torch_file.verify(file)

    def check(self) -> None:
        """Whether the model's weights are whole and fit its vocabulary; raises
        `SynthesizerError`. Takes milliseconds, whatever their size."""
        shapes = torch_file.shapes(self.path / MODEL)
        lacking = [part for part in _PARTS if part not in shapes]
        if lacking:
            raise SynthesizerError(
                f"{self.path / MODEL} is of another architecture than XTTS v2: it has no "
                f"{lacking[0]!r}; give xtts.checkpoint the folder of an XTTS v2 model"
            )
        tokens, rows = _vocabulary_size(self.path / VOCABULARY), shapes[_TEXT_EMBEDDING][0]
        if tokens != rows:
            raise SynthesizerError(
                f"{self.path / VOCABULARY} has {tokens} tokens and the model {rows}: it is the "
                "vocabulary of another model; copy the one that came with the weights"
            )


def open_folder(path: Path) -> CheckpointFolder:
    """The checkpoint in `path`; raises `SynthesizerError` where files are missing or the
    configuration is not one of XTTS v2."""
    if not path.is_dir():
        raise SynthesizerError(
            f"there is no XTTS checkpoint in {path}; run `skaldcast fetch xtts-v2`, or set "
            "xtts.checkpoint to the folder of one"
        )
    for name in (CONFIG, VOCABULARY, MODEL):
        if not (path / name).is_file() or not (path / name).stat().st_size:
            raise SynthesizerError(f"the XTTS checkpoint {path} has no {name}; fetch it again")
    config = _read_json(path / CONFIG)
    kind, arguments = config.get("model"), config.get("model_args")
    if kind != "xtts" or not isinstance(arguments, dict):
        raise SynthesizerError(
            f"{path / CONFIG} is of a {kind!r} model; Skaldcast loads XTTS v2 (model 'xtts')"
        )
    if not cast("dict[str, Any]", arguments).get("gpt_use_perceiver_resampler"):
        raise SynthesizerError(
            f"{path / CONFIG} is of XTTS v1, whose voices are made in another way; "
            "use an XTTS v2 checkpoint"
        )
    languages = config.get("languages")
    if not isinstance(languages, list) or not languages:
        raise SynthesizerError(f"{path / CONFIG} names no languages; fetch it again")
    return CheckpointFolder(path, tuple(str(name) for name in cast("list[Any]", languages)))


def _vocabulary_size(path: Path) -> int:
    """Tokens as upstream counts them: the highest number and one more."""
    data = _read_json(path)
    try:
        numbers = list(data["model"]["vocab"].values())
        numbers += [token["id"] for token in data.get("added_tokens", ())]
        return max(numbers) + 1
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SynthesizerError(f"{path} is no vocabulary of a tokenizer; fetch it again") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SynthesizerError(
            f"{path} cannot be read: {error.strerror or error}; make it readable"
        ) from error
    except ValueError as error:
        raise SynthesizerError(f"{path} is damaged: {error}; fetch it again") from error
    if not isinstance(data, dict):
        raise SynthesizerError(f"{path} is damaged: it holds no table; fetch it again")
    return cast("dict[str, Any]", data)
