"""Which speech is kept, how large it is and when it was last used. Plain."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """A file of the cache. A tuple: 10,000 of them are made in 3 ms, frozen dataclasses in 15."""

    size: int
    """In bytes."""
    used_ns: int
    """When it was last used, on the file's own clock."""


class SpeechIndex:
    """Entries by key. `used_ns` only ever grows: a wall clock that is set back does not make what
    is new the oldest."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._bytes = 0
        self._latest_ns = 0

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        return self._bytes

    def use(self, key: str, size: int, now_ns: int) -> int:
        """`key` was put or read at `now_ns`; returns the time to note at its file."""
        used_ns = self._latest_ns = max(now_ns, self._latest_ns + 1)
        self.drop(key)
        self._entries[key] = Entry(size, used_ns)
        self._bytes += size
        return used_ns

    def drop(self, key: str) -> None:
        """It is gone, where it was there."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size

    def replace(self, found: Mapping[str, Entry]) -> None:
        """What a look at the folder found."""
        entries = dict(found)
        for key, known in self._entries.items():
            if key in entries and known.used_ns > entries[key].used_ns:
                entries[key] = Entry(entries[key].size, known.used_ns)
        self._entries = entries
        self._bytes = sum(size for size, _ in entries.values())
        latest_ns = max((used_ns for _, used_ns in entries.values()), default=0)
        self._latest_ns = max(self._latest_ns, latest_ns)

    def oldest(self, most_bytes: int) -> Iterator[str]:
        """The keys that must go for at most `most_bytes` to stay, the least recently used first."""
        left = self._bytes
        for key, entry in sorted(self._entries.items(), key=lambda item: item[1].used_ns):
            if left <= most_bytes:
                return
            left -= entry.size
            yield key
