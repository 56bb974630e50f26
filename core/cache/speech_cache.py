"""A folder of speech that was synthesised before, bounded in size.

Safe for several processes and threads at once: a file is written beside and renamed into place,
carries a digest, and may vanish at any time, which is a miss. No lock is held between processes.
"""

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ..errors import StorageError
from .speech_file import CachedSpeech, decode, encode
from .speech_index import Entry, SpeechIndex
from .speech_key import is_speech_key

_SUFFIX = ".speech"
_PARTIAL = ".tmp"
_SHARD = re.compile(r"[0-9a-f]{2}\Z")
_KEY_LENGTH = 64
_FILE = re.compile(rf"[0-9a-f]{{{_KEY_LENGTH}}}{re.escape(_SUFFIX)}\Z")
_ABANDONED_NS = 3600 * 10**9
"""A file that is being written is renamed within seconds; one so old was left by a crash."""
_SLACK = 16
"""After a sixteenth of the bound was put, the folder is looked at again for what other processes
put and removed: each of them may be over the bound by so much. Removing goes as far below it."""


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """What is there, and what happened since the cache was made."""

    entries: int
    bytes: int
    hits: int
    misses: int
    evictions: int


class SpeechCache:
    """Speech by the key that `speech_key` gives, up to `max_bytes`, least recently used out first.

    Making one does no I/O. `open` looks at the folder; before it nothing is known to be there.
    Its methods but `in` and `statistics` block for milliseconds: call them on a thread. A file is
    not synced to the disk: one that a power cut tears is noticed by its digest and made again.
    """

    def __init__(
        self, folder: Path, *, max_bytes: int, time_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._time_ns = time_ns
        self._index = SpeechIndex()
        self._lock = Lock()  # protects the index and the counts, never held during I/O
        self._putting = Lock()  # one `put`, `open` or `clear` at a time: a look misses no file
        self._opened = False
        self._put_bytes = 0  # since the last look at the folder
        self._hits = self._misses = self._evictions = 0
        self._told = False

    def open(self) -> None:
        """Look at what is there, once; remove what crashes left, and what is too much."""
        with self._putting:
            if not self._opened:
                self._look()

    def __contains__(self, key: str) -> bool:
        """Whether it was there at the last look: no I/O, so `get` may still find it gone."""
        return key in self._index

    def get(self, key: str) -> CachedSpeech | None:
        """What was put under `key`; None where it is not there or broken: that file is removed.
        Raises `ValueError` for what is no key."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            speech = decode(key, data)
        except (OSError, ValueError) as error:
            if isinstance(error, ValueError):
                _remove(path)
            with self._lock:
                self._index.drop(key)
                self._misses += 1
            return None
        with self._lock:
            used_ns = self._index.use(key, len(data), self._time_ns())
            self._hits += 1
        with contextlib.suppress(OSError):  # gone meanwhile, or a read-only disk
            os.utime(path, ns=(used_ns, used_ns))
        return speech

    def put(self, key: str, speech: CachedSpeech) -> None:
        """Keep `speech`, unless it alone is larger than the bound. Raises `ValueError` for what is
        no key, and `StorageError` the first time that a file cannot be written, then no more."""
        path = self._path(key)
        data = encode(key, speech)
        if len(data) > self.max_bytes:
            return
        with self._putting:
            if not self._opened:
                self._look()
            try:
                _write(path, data)
            except OSError as error:
                self._tell(error)
                return
            with self._lock:
                used_ns = self._index.use(key, len(data), self._time_ns())
            with contextlib.suppress(OSError):
                os.utime(path, ns=(used_ns, used_ns))
            self._put_bytes += len(data)
            if self._put_bytes > self.max_bytes // _SLACK:
                self._look()
            elif self._index.bytes > self.max_bytes:
                self._evict()

    def prune(self) -> None:
        """Look at the folder again, and remove what is too much."""
        with self._putting:
            self._look()

    def clear(self) -> int:
        """Remove all speech; returns how many files that were."""
        with self._putting:
            self._look()
            gone = 0
            for key in list(self._index.oldest(-1)):
                gone += self._forget(key)
            return gone

    def statistics(self) -> CacheStatistics:
        with self._lock:
            return CacheStatistics(
                len(self._index), self._index.bytes, self._hits, self._misses, self._evictions
            )

    def _path(self, key: str) -> Path:
        if not is_speech_key(key):
            raise ValueError(f"{key!r:.80} is no key of cached speech")
        return self.folder / key[:2] / f"{key}{_SUFFIX}"

    def _look(self) -> None:
        """Take stock of the folder; called with `_putting` held."""
        self._opened = True
        self._put_bytes = 0
        found = _scan(self.folder, self._time_ns())
        with self._lock:
            self._index.replace(found)
        self._evict()

    def _evict(self) -> None:
        if self._index.bytes <= self.max_bytes:
            return
        with self._lock:
            keys = list(self._index.oldest(self.max_bytes - self.max_bytes // _SLACK))
        for key in keys:
            if self._forget(key):
                with self._lock:
                    self._evictions += 1

    def _forget(self, key: str) -> bool:
        """Remove a file; false where it cannot be, as on Windows while somebody reads it."""
        if not _remove(self._path(key)):
            return False
        with self._lock:
            self._index.drop(key)
        return True

    def _tell(self, error: OSError) -> None:
        if self._told:
            return
        self._told = True
        raise StorageError(
            f"speech cannot be kept in {self.folder}: {error.strerror or error}; it is made anew "
            "each time until there is room and it can be written to, or cache.folder is another"
        ) from error


def _scan(folder: Path, now_ns: int) -> dict[str, Entry]:
    """The files of speech, by their keys; what crashes left half written is removed."""
    found: dict[str, Entry] = {}
    for shard in _entries(folder):
        if not _SHARD.match(shard.name):
            continue
        for file in _entries(shard.path):
            name = file.name
            try:
                facts = file.stat(follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            if _FILE.match(name) and name.startswith(shard.name):
                found[name[:_KEY_LENGTH]] = Entry(facts.st_size, facts.st_mtime_ns)
            elif name.endswith(_PARTIAL) and now_ns - facts.st_mtime_ns > _ABANDONED_NS:
                _remove(Path(file.path))
    return found


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # not there, not a folder, or not to be read: nothing is known of it
        return []


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=_PARTIAL, dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        try:
            partial.replace(path)
        except PermissionError:
            # Windows: another process reads the same speech right now, so it is there already.
            if not path.is_file():
                raise
    finally:
        _remove(partial)


def _remove(path: Path) -> bool:
    """Whether it is gone now."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
