"""Brings a model here, whole or not at all: resumed where it stopped, checked before it counts."""

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from .catalogue import Model, ModelFile
from .folder_lock import only_one
from .sources import BrokenOffError, Content, NotThereError, Source

_BACK_OFF_S = (0.5, 2.0, 5.0, 10.0)
"""The waits after attempts in a row that brought nothing new; then the source is given up."""
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    file: str
    checking: bool
    """The file is here and its checksum is computed."""
    done: int
    """Bytes of the model that are here, or of it checked."""
    total: int


class ModelFetch:
    """Fetches one model into a folder of its name.

    What is not whole yet stands in a hidden folder beside it and is used by the next attempt.
    Only one at a time, whatever program it runs in. `pause` waits a number of seconds.
    """

    def __init__(
        self,
        model: Model,
        models_folder: Path,
        sources: Sequence[Source],
        on_progress: Callable[[Progress], None],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = models_folder / model.name
        self._partial = models_folder / f".{model.name}.partial"
        self._model = model
        self._sources = sources
        self._on_progress = on_progress
        self._pause = pause
        self._done = 0  # bytes of the files that are dealt with

    def is_whole(self) -> bool:
        """Whether the model is here, by its files' checksums; raises `ModelError`."""
        with _translated(self.folder):
            return all(self._is_good(self.folder, file) for file in self._model.files)

    def bytes_here(self) -> int:
        """Bytes of the model's files that are here, parts included; nothing is checked."""
        return sum(
            max(
                _size(self.folder / file.name),
                _size(self._partial / file.name),
                min(_size(self._part(file)), file.size),
            )
            for file in self._model.files
        )

    def run(self) -> Path:
        """Fetch what is missing or wrong, and return the folder; raises `ModelError`."""
        with _translated(self.folder):
            if self.folder.exists() and not self.folder.is_dir():
                raise ModelError(f"{self.folder} is in the way and no folder; move it away")
            self._partial.mkdir(parents=True, exist_ok=True)
            with only_one(self._partial.with_suffix(".lock")):
                self._run()
        return self.folder

    def _run(self) -> None:
        self._partial.mkdir(exist_ok=True)  # another one may have put it in place meanwhile
        wanted = [file for file in self._model.files if not self._keep(file)]
        self._check_room(wanted)
        self._done = self._model.size - sum(file.size for file in wanted)
        for file in wanted:
            self._fetch(file)
            self._done += file.size
        self._put_in_place()

    def _is_good(self, folder: Path, file: ModelFile) -> bool:
        path = folder / file.name
        if not path.is_file():
            return file.optional
        return path.stat().st_size == file.size and self._sha256(path, file) == file.sha256

    def _keep(self, file: ModelFile) -> bool:
        """Whether the file is here already; one that is not what it should be is deleted."""
        for folder in (self.folder, self._partial):
            if (folder / file.name).exists():
                if self._is_good(folder, file):
                    return True
                (folder / file.name).unlink()
        return False

    def _check_room(self, files: Sequence[ModelFile]) -> None:
        here = sum(_size(self._part(file)) for file in files)
        needed = sum(file.size for file in files) - here
        free = shutil.disk_usage(self._partial).free
        if free < needed:
            raise ModelError(
                f"{self._model.name} needs {needed / 1e6:.0f} MB more and {self._partial.parent} "
                f"has {free / 1e6:.0f} MB; make room, or choose another folder with "
                "--set models.folder=PATH"
            )

    def _fetch(self, file: ModelFile) -> None:
        """From the first source that has the file."""
        failures: list[ModelError] = []
        for source in self._sources:
            try:
                self._fetch_from(source, file)
                return
            except ModelError as error:
                failures.append(error)
        if not (file.optional and all(isinstance(f, NotThereError) for f in failures)):
            raise failures[0]

    def _fetch_from(self, source: Source, file: ModelFile) -> None:
        part = self._part(file)
        resumed = _size(part) > 0
        self._fill(source, file)
        found = self._sha256(part, file)
        if found != file.sha256 and resumed:  # it may have begun with another version of the file
            part.unlink()
            self._fill(source, file)
            found = self._sha256(part, file)
        if found != file.sha256:
            part.unlink()
            raise ModelError(
                f"{source.name} has another {file.name}: its SHA-256 is {found}, not "
                f"{file.sha256}; nothing was kept, try another place with --from DIR|URL"
            )
        part.replace(self._partial / file.name)

    def _fill(self, source: Source, file: ModelFile) -> None:
        """Ask until the file is complete, or until nothing new comes any more."""
        part = self._part(file)
        furthest, failures = _size(part), 0
        while True:
            try:
                self._append(source, file)
                return
            except BrokenOffError:
                failures = failures + 1 if _size(part) <= furthest else 0
                furthest = max(furthest, _size(part))
                if failures > len(_BACK_OFF_S):
                    raise
                self._pause(_BACK_OFF_S[max(failures - 1, 0)])

    def _append(self, source: Source, file: ModelFile) -> None:
        part = self._part(file)
        here = _size(part)
        if here == file.size:
            return
        if here > file.size:
            part.unlink()
            here = 0
        with source.open(file.name, here) as content, part.open("ab") as target:
            if content.size not in (None, file.size) or content.offset > here:
                raise ModelError(
                    f"{source.name} has another {file.name}: {content.size} bytes, not "
                    f"{file.size}; try another place with --from DIR|URL"
                )
            target.truncate(content.offset)
            here = self._write(content, file, target.write)
            target.flush()
            os.fsync(target.fileno())
        if here != file.size:
            raise BrokenOffError(
                f"{source.name} broke off after {here} of {file.size} bytes of {file.name}; "
                "try again: it goes on from there"
            )

    def _write(self, content: Content, file: ModelFile, write: Callable[[bytes], object]) -> int:
        """Write what comes, up to the file's size; returns how long it is then."""
        here = content.offset
        for block in content.blocks:
            write(block[: file.size - here])
            here = min(here + len(block), file.size)
            self._tell(file, here, checking=False)
            if here == file.size:
                break
        return here

    def _sha256(self, path: Path, file: ModelFile) -> str:
        digest, done = hashlib.sha256(), 0
        with path.open("rb") as content:
            while block := content.read(_BLOCK_BYTES):
                digest.update(block)
                done += len(block)
                self._tell(file, done, checking=True)
        return digest.hexdigest()

    def _tell(self, file: ModelFile, done: int, *, checking: bool) -> None:
        total = file.size if checking else self._model.size
        self._on_progress(
            Progress(file.name, checking, done if checking else self._done + done, total)
        )

    def _put_in_place(self) -> None:
        """In one step where nothing is there yet, else file by file, the largest last."""
        if not self.folder.exists():
            self._partial.replace(self.folder)
            return
        for file in self._model.files:
            if (self._partial / file.name).exists():
                (self._partial / file.name).replace(self.folder / file.name)
        shutil.rmtree(self._partial, ignore_errors=True)

    def _part(self, file: ModelFile) -> Path:
        return self._partial / f"{file.name}.part"


@contextlib.contextmanager
def _translated(folder: Path) -> Generator[None]:
    """Tells what goes wrong with our own files; a source's errors are `ModelError` already."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{error.filename or folder} cannot be used: {error.strerror or error}; what has come "
            "is kept: make room or mend it, or choose another folder with --set models.folder=PATH"
        ) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
