"""The conditioning of XTTS voices, one safetensors file a voice. No torch: numpy is enough."""

import contextlib
import importlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ...errors import SynthesizerError
from .installed import INSTALL

SUFFIX = ".safetensors"
EMBEDDING = (1, 512, 1)
"""Shape of every speaker embedding: the speaker encoder's output."""

_VERSION = "1"
_NAME = re.compile(r"\w[\w .'-]{0,63}(?<![ .])")
_TENSORS = ("gpt_cond_latent", "speaker_embedding")
# Windows gives these to devices, whatever the suffix.
_RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{p}{n}" for p in ("COM", "LPT") for n in range(1, 10)}


@dataclass(frozen=True, slots=True)
class XttsVoice:
    """A voice as the model takes it."""

    name: str
    language: str
    """The voice's own, as XTTS writes it: ``en``, ``zh-cn``."""
    gpt_cond_latent: NDArray[np.float32]
    """Of shape (1, latents, channels); the channels are the model's."""
    speaker_embedding: NDArray[np.float32]
    """Of shape (1, 512, 1)."""
    gain_db: float | None = None
    """Brings the voice to `TARGET_LUFS`; None where nobody has measured it."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the voice was made from and how, for people to read."""


@dataclass(frozen=True, slots=True)
class VoiceDescription:
    """A voice file without its numbers."""

    name: str
    language: str
    gain_db: float | None
    settings: Mapping[str, str]
    channels: int
    """Those of `gpt_cond_latent`: the voice fits models of the same width only."""


def check_name(name: str) -> str:
    """`name` in the one form in which it is kept (NFC); raises `SynthesizerError` for one that no
    file, or no command line, could hold."""
    name = unicodedata.normalize("NFC", name)
    stem = name.split(".")[0].rstrip().upper()
    if not _NAME.fullmatch(name) or len(name.encode()) > 200 or stem in _RESERVED:
        raise SynthesizerError(
            f"a voice cannot be called {name[:80]!r}; use letters, digits, spaces and .'-_ , "
            "64 characters at most, a letter or digit first"
        )
    return name


def save_voice(path: Path, voice: XttsVoice) -> None:
    """Write `voice` to `path`, whole or not at all; raises `SynthesizerError`."""
    _check_numbers(str(path), voice.gpt_cond_latent, voice.speaker_embedding)
    metadata = {
        "skaldcast_voice": _VERSION,
        "name": voice.name,
        "language": voice.language,
        "gain_db": "" if voice.gain_db is None else repr(float(voice.gain_db)),
        "settings": json.dumps(dict(voice.settings)),
    }
    tensors = {name: np.ascontiguousarray(getattr(voice, name)) for name in _TENSORS}
    data: bytes = _library().numpy.save(tensors, metadata=metadata)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise SynthesizerError(
            f"the voice cannot be written to {path}: {error.strerror or error}; "
            "make room, or choose another folder with --set xtts.voices=PATH"
        ) from error


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".voice-", suffix=".part", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def load_voice(path: Path) -> XttsVoice:
    """Read the voice at `path`, within milliseconds; raises `SynthesizerError`."""
    with _opened(path) as file:
        described = _describe(path, file)
        latent, embedding = (np.asarray(file.get_tensor(name)) for name in _TENSORS)
    _check_numbers(str(path), latent, embedding)
    return XttsVoice(
        described.name,
        described.language,
        latent,
        embedding,
        described.gain_db,
        described.settings,
    )


def describe_voice(path: Path) -> VoiceDescription:
    """What is told about the voice at `path`, its numbers unread; raises `SynthesizerError`."""
    with _opened(path) as file:
        return _describe(path, file)


class VoiceFolder:
    """A user's voices, named by their files. A folder that is not there is one without voices."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """The voices, by their files' names, in their order; raises `SynthesizerError`."""
        try:
            names = [path.name.removesuffix(SUFFIX) for path in self.path.iterdir()]
            found = [name for name in names if self._file(name).is_file()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SynthesizerError(
                f"the voices in {self.path} cannot be read: {error.strerror or error}; "
                "make it readable, or choose another folder with --set xtts.voices=PATH"
            ) from error
        return sorted((n for n in found if not n.startswith(".")), key=lambda n: (n.casefold(), n))

    def describe(self, name: str) -> VoiceDescription:
        """What is told about a voice; raises `SynthesizerError`."""
        return replace(describe_voice(self._existing(name)), name=name)

    def load(self, name: str) -> XttsVoice:
        """Read a voice; raises `SynthesizerError`."""
        return replace(load_voice(self._existing(name)), name=name)

    def check_free(self, name: str) -> str:
        """The form in which a new voice's `name` is kept; raises `SynthesizerError` where it is
        taken (case does not tell names apart on every system) or cannot be used."""
        name = check_name(name)
        taken = {other.casefold(): other for other in self.names()}
        if (other := taken.get(name.casefold())) is not None:
            raise SynthesizerError(
                f"there is a voice {other!r} already; choose another name, or take it away first: "
                f'skaldcast voices remove "{other}"'
            )
        return name

    def add(self, voice: XttsVoice) -> Path:
        """Keep a new voice and return its file; raises `SynthesizerError`."""
        path = self._file(self.check_free(voice.name))
        save_voice(path, voice)
        return path

    def set_gain(self, name: str, gain_db: float) -> None:
        """Keep what was measured of a voice; raises `SynthesizerError`."""
        path = self._existing(name)
        save_voice(path, replace(load_voice(path), gain_db=gain_db))

    def remove(self, name: str) -> None:
        """Delete a voice; raises `SynthesizerError`."""
        path = self._existing(name)
        try:
            path.unlink()
        except OSError as error:
            raise SynthesizerError(
                f"the voice {name!r} cannot be removed: {error.strerror or error}; delete {path}"
            ) from error

    def _file(self, name: str) -> Path:
        return self.path / f"{name}{SUFFIX}"

    def _existing(self, name: str) -> Path:
        names = self.names()
        name = unicodedata.normalize("NFC", name)
        if name not in names:
            there = f"there are: {', '.join(names)}" if names else "there are none"
            raise SynthesizerError(f"no voice {name!r} was added to {self.path}; {there}")
        return self._file(name)


def _library() -> Any:
    """The safetensors package, which comes with the extra."""
    try:
        import safetensors

        importlib.import_module("safetensors.numpy")  # becomes an attribute of the package
    except ImportError as error:
        raise SynthesizerError(
            f"XTTS voices need safetensors, which is not installed; install it with: {INSTALL}"
        ) from error
    return safetensors


@contextlib.contextmanager
def _opened(path: Path) -> Generator[Any]:
    """The file's header, read and found in order; what is wrong with it is told in one line."""
    library = _library()
    try:
        # Mapping a folder or a device fails with a message that explains nothing.
        if path.exists() and not path.is_file():
            raise _unusable(str(path), "it is no file")
        with library.safe_open(path, framework="numpy") as file:
            yield file
    except (OSError, library.SafetensorError) as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else str(error)
        raise _unusable(str(path), reason) from error


def _describe(path: Path, file: Any) -> VoiceDescription:
    metadata = cast("dict[str, str]", file.metadata() or {})
    if metadata.get("skaldcast_voice") != _VERSION or set(file.keys()) != set(_TENSORS):
        raise _unusable(str(path), "it is a safetensors file of another kind, or too new")
    shapes = {name: tuple(file.get_slice(name).get_shape()) for name in _TENSORS}
    kinds = {file.get_slice(name).get_dtype() for name in _TENSORS}
    _check_shapes(str(path), kinds == {"F32"}, *shapes.values())
    try:
        settings: object = json.loads(metadata["settings"])
        gain_db = float(metadata["gain_db"]) if metadata["gain_db"] else None
        if not isinstance(settings, dict):
            raise ValueError("settings are no table")
        return VoiceDescription(
            metadata["name"],
            metadata["language"],
            gain_db if gain_db is None or np.isfinite(gain_db) else None,
            {str(k): str(v) for k, v in cast("dict[object, object]", settings).items()},
            shapes["gpt_cond_latent"][2],
        )
    except (KeyError, ValueError, RecursionError) as error:
        raise _unusable(str(path), f"its description is broken ({error})") from error


def _check_numbers(where: str, latent: NDArray[Any], embedding: NDArray[Any]) -> None:
    float32 = latent.dtype == np.float32 and embedding.dtype == np.float32
    _check_shapes(where, float32, latent.shape, embedding.shape)
    if not (np.isfinite(latent).all() and np.isfinite(embedding).all()):
        raise _unusable(where, "it holds values that are not numbers")


def _check_shapes(
    where: str, float32: bool, latent: tuple[int, ...], embedding: tuple[int, ...]
) -> None:
    right = len(latent) == 3 and latent[0] == 1 and min(latent) > 0 and embedding == EMBEDDING
    if not (right and float32):
        kind = "" if float32 else "not all float32, "
        raise _unusable(
            where,
            f"its arrays are {kind}of shape {latent} and {embedding}, "
            f"not float32 of (1, latents, channels) and {EMBEDDING}",
        )


def _unusable(where: str, reason: str) -> SynthesizerError:
    return SynthesizerError(
        f"the voice {where} cannot be used: {reason}; remove it, then add it anew from its clips"
    )
