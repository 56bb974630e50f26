"""A tiny XTTS checkpoint with random weights, for the genuine loader: 0.4 M parameters, 2 MB.

It says nothing that anybody could understand, but all shapes, files and code paths are those of
the released model. Two widths that no configuration field gives are narrowed by wrapping two
constructors while it is built and loaded; without that it would have 22 M parameters.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint, load_checkpoint
from skaldcast.core.synthesis.xtts.checkpoint_folder import open_folder
from skaldcast.core.synthesis.xtts.languages import MOST_CHARACTERS
from skaldcast.core.synthesis.xtts.library import Xtts, XttsConfig, torch
from skaldcast.core.synthesis.xtts.random_model import Size, configure

torch.set_num_threads(1)  # with two threads a model so small is ten times slower

LANGUAGES = list(MOST_CHARACTERS)
SPEAKERS = ("Test Speaker", "Zweite Stimme")
NEVER = -30.0
"""Added to the stop code's bias: a random model then speaks until its budget ends."""
STOP = 65
TINY = Size(layers=2, channels=32, heads=2, audio_codes=STOP + 1)


def build(folder: Path, *, stop_bias: float = 0.0, seed: int = 0, size: Size = TINY) -> Path:
    """Write a checkpoint to `folder`; of another `size` it still knows letters alone."""
    folder.mkdir(parents=True, exist_ok=True)
    _vocabulary(folder / "vocab.json")
    config = XttsConfig(languages=LANGUAGES)
    configure(config, size)
    config.model_args.tokenizer_file = str(folder / "vocab.json")
    torch.manual_seed(seed)
    model = Xtts(config)
    model.tokenizer = type(model.tokenizer)(vocab_file=str(folder / "vocab.json"))
    model.init_models()
    with torch.no_grad():
        model.gpt.mel_head.bias[size.audio_codes - 1] += stop_bias
    torch.save({"model": model.state_dict(), "config": config.to_dict()}, folder / "model.pth")
    config.save_json(str(folder / "config.json"))
    _speakers(folder / "speakers_xtts.pth", size.channels)
    return folder


def load(folder: Path) -> Checkpoint:
    """Load what `build` wrote, through the genuine loader."""
    with narrow():
        return load_checkpoint(open_folder(folder))


@contextlib.contextmanager
def narrow() -> Iterator[None]:
    """Inside, models are built with a narrow vocoder and speaker encoder."""
    import TTS.tts.layers.xtts.hifigan_decoder as module

    generator, encoder = module.HifiganGenerator, module.ResNetSpeakerEncoder

    def narrow_generator(*arguments: Any, **others: Any) -> Any:
        return generator(*arguments[:6], 32, *arguments[7:], **others)

    def narrow_encoder(*arguments: Any, **others: Any) -> Any:
        return encoder(*arguments, layers=[1, 1, 1, 1], num_filters=[4, 8, 8, 8], **others)

    module.HifiganGenerator, module.ResNetSpeakerEncoder = narrow_generator, narrow_encoder
    try:
        yield
    finally:
        module.HifiganGenerator, module.ResNetSpeakerEncoder = generator, encoder


def _vocabulary(path: Path) -> None:
    """Letters and marks without merges; the first three and the language tags as released."""
    special = ["[STOP]", "[UNK]", "[SPACE]", "[START]", *(f"[{name}]" for name in LANGUAGES)]
    letters = "!'(),-./:;?abcdefghijklmnopqrstuvwxyz0123456789\""
    vocabulary = {token: number for number, token in enumerate([*special, *letters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(path))


def _speakers(path: Path, channels: int) -> None:
    generator = torch.Generator().manual_seed(1)
    rows: dict[str, dict[str, Any]] = {}
    for name in SPEAKERS:
        embedding = torch.randn(1, 512, 1, generator=generator)
        rows[name] = {  # upstream unpacks the values in this order
            "gpt_cond_latent": torch.randn(1, 32, channels, generator=generator),
            "speaker_embedding": torch.nn.functional.normalize(embedding, dim=1),
        }
    torch.save(rows, path)


def edit_json(path: Path, **changes: Any) -> None:
    """Change fields of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def noise(seconds: float, rate: int = 22_050, seed: int = 0) -> np.ndarray[Any, np.dtype[Any]]:
    """Something to condition a voice with."""
    return (np.random.default_rng(seed).standard_normal(round(seconds * rate)) * 0.1).astype("f4")
