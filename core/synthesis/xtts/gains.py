"""The gain that brings a voice to `TARGET_LUFS`: measured once, and kept. No torch."""

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any, cast

import numpy as np

from ...errors import SynthesizerError
from ..loudness import integrated_loudness
from ..synthesizer import TARGET_LUFS, Samples
from .checkpoint_folder import MODEL, CheckpointFolder
from .voice_files import VoiceFolder

_log = logging.getLogger(__name__)

_MOST_GAIN_DB = 24.0


def gain_of(speech: Samples, sample_rate: int) -> float | None:
    """The gain in dB for a voice that spoke `speech`; None where that is silent."""
    loudness = integrated_loudness(speech, sample_rate)
    if not np.isfinite(loudness):
        return None
    return float(np.clip(TARGET_LUFS - loudness, -_MOST_GAIN_DB, _MOST_GAIN_DB))


class KeptGains:
    """Gains by voice: a user's voice has its own in its file, studio speakers share a small JSON
    file. What cannot be read or written is logged, and measured anew next time."""

    def __init__(
        self, voices: VoiceFolder, path: Path | None, checkpoint: CheckpointFolder
    ) -> None:
        """`path`: the studio speakers' file, which may not be there yet; None keeps none."""
        self._voices = voices
        self._path = path
        # A fine-tuned model speaks louder or quieter under the same name.
        weights = (checkpoint.path / MODEL).stat()
        self._model = f"{checkpoint.path.absolute()} {weights.st_size} {weights.st_mtime_ns}"

    def of_speaker(self, name: str) -> float | None:
        """That of a studio speaker, None where it is not known."""
        gain_db = self._read().get(self._model, {}).get(name)
        return gain_db if gain_db is not None and abs(gain_db) <= _MOST_GAIN_DB else None

    def keep(self, name: str, gain_db: float) -> None:
        """Keep what was measured of a voice."""
        try:
            if name in self._voices.names():
                self._voices.set_gain(name, gain_db)
            elif self._path is not None:
                gains = self._read()
                gains.setdefault(self._model, {})[name] = gain_db
                _write(self._path, gains)
        except (OSError, SynthesizerError) as error:
            _log.warning("the gain of %s was not kept: %s", name, error)

    def _read(self) -> dict[str, dict[str, float]]:
        if self._path is None:
            return {}
        try:
            data: Any = json.loads(self._path.read_bytes())
            return {
                str(model): {str(name): float(gain) for name, gain in gains.items()}
                for model, gains in cast("dict[str, Any]", data).items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            _log.warning("%s is not used, gains are measured anew: %s", self._path, error)
            return {}


def _write(path: Path, gains: dict[str, dict[str, float]]) -> None:
    """Replace the file in one step; of two processes at once the last one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(gains, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
