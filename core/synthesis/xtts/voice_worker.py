"""The process that `voice_maker` asks once: it imports torch and ends with its answer."""

import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errand import answer_once
from ...errors import SynthesizerError
from .checkpoint_folder import SPEAKERS, open_folder
from .voice_files import EMBEDDING, XttsVoice
from .voice_maker import LearnVoice, ReadSpeakers


def _answer(request: LearnVoice | ReadSpeakers) -> object:
    match request:
        case LearnVoice():
            from .checkpoint import load_checkpoint
            from .conditioning import condition

            folder = open_folder(request.checkpoint)
            # On the processor: seconds of work do not pay for moving a model to the card.
            return condition(load_checkpoint(folder, "cpu").model, request.clips)
        case ReadSpeakers():
            return _speakers(request.checkpoint / SPEAKERS, request.names)


def _speakers(path: Path, names: Sequence[str]) -> Mapping[str, XttsVoice]:
    from .library import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        return {name: _speaker(name, found[name]) for name in names}
    except Exception as error:  # torch and pickle raise what they like
        raise SynthesizerError(
            f"the studio speakers in {path} cannot be read ({type(error).__name__}); "
            "fetch the checkpoint again"
        ) from error


def _speaker(name: str, tensors: Mapping[str, Any]) -> XttsVoice:
    return XttsVoice(
        name,
        "en",
        tensors["gpt_cond_latent"].float().numpy(),
        tensors["speaker_embedding"].float().reshape(EMBEDDING).numpy(),
        settings={"studio speaker": name},
    )


def main() -> None:
    # Ctrl-C reaches the whole process group; main decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer_once(_answer)


if __name__ == "__main__":
    main()
