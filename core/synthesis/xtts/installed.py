"""Whether the extra ``[xtts]`` is there, found out without importing any of it."""

from importlib.util import find_spec

INSTALL = 'pip install "skaldcast[xtts]"'
_LIBRARIES = ("torch", "torchaudio", "TTS", "transformers", "safetensors")


def missing_libraries() -> list[str]:
    """What of the extra is not installed; cheap."""
    return [name for name in _LIBRARIES if find_spec(name) is None]
