"""Looks into a file that torch saved, without torch and without running anything in it."""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, cast

from ...errors import SynthesizerError

_BLOCK = 2**20


class _Anything:
    """Stands for each object that the file has made by a class or function of its own."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...

    def __setitem__(self, _: object, __: object) -> None: ...

    def append(self, _: object) -> None: ...


def _shape(_: object, __: object, size: tuple[int, ...], *___: object) -> tuple[int, ...]:
    return tuple(size)


class _Structure(pickle.Unpickler):
    """Tensors come out as their shapes."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if name.startswith("_rebuild_tensor"):
            return _shape
        return _Anything

    def persistent_load(self, pid: object) -> None:
        return None


def structure(path: Path) -> Any:
    """What `path` holds, each tensor as its shape (a tuple); milliseconds, whatever its size.

    Raises `SynthesizerError` for a file that is missing, truncated, or not one of torch's.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            part = next(p for p in parts if p.filename.rpartition("/")[2] == "data.pkl")
            with _open(archive, part) as file:
                return _Structure(file).load()
    except OSError as error:
        raise SynthesizerError(
            f"{path} cannot be read: {error.strerror or error}; fetch it again"
        ) from error
    except Exception as error:  # zipfile and pickle raise what they like on damaged data
        raise SynthesizerError(
            f"{path} is truncated, or no file that torch saved; fetch it again"
        ) from error


def verify(path: Path) -> None:
    """Read all of `path` and compare its checksums, which torch itself does not: it would load
    weights with damaged bytes without a word. Two seconds for 2 GB, once they are in memory.

    Raises `SynthesizerError`. What was saved without checksums is taken as it is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                with _open(archive, part) as file:
                    while file.read(_BLOCK):
                        pass
    except Exception as error:  # zipfile raises what it likes on damaged data
        raise SynthesizerError(
            f"{path} is damaged ({error}); fetch it again, or copy it anew"
        ) from error


def _open(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> IO[bytes]:
    if not part.CRC:  # torch was told to write none; without one zipfile compares nothing
        part.CRC = cast("int", None)
    return archive.open(part)


def shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The tensors of a checkpoint, its ``model`` where it has one, by their names."""
    found = structure(path)
    found = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    model = found.get("model", found)
    tensors = cast("dict[str, Any]", model) if isinstance(model, dict) else {}
    return {
        name.removeprefix("xtts."): cast("tuple[int, ...]", shape)  # a trainer's file has that
        for name, shape in tensors.items()
        if isinstance(shape, tuple)
    }


def names(path: Path) -> list[str]:
    """The keys of the mapping in `path`, in order: the speakers of ``speakers_xtts.pth``."""
    found = structure(path)
    return [str(name) for name in cast("dict[Any, Any]", found)] if isinstance(found, dict) else []
