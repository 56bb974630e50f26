"""Tells typing from a paste in a terminal that does not mark pastes. Plain.

There a text comes as so many keys, of which each costs a millisecond or two: a megabyte would keep
the screens, and even signals, waiting for half an hour.
"""

from textual.events import Key

_MOST = 1_000
"""Keys at once that count as typed, as over a slow line or from a program that types."""
_PER_S = 200.0
"""Keys a second that are typing however long it goes on; one that is held down makes 30."""
_MOST_KEPT = 4_000_000
"""Characters; then it is given, and more follows."""
_OTHERS = {"enter": "\n", "ctrl+j": "\n", "tab": "\t"}
"""What of a text comes as a key that is no character."""


class TypedFlood:
    """Keeps the characters of what nobody can have typed, until it is given as one text."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._level = 0.0  # keys above what is typing
        self._last_s = 0.0

    @property
    def is_kept(self) -> bool:
        """There is something to give."""
        return bool(self._kept)

    def keeps(self, key: Key, now_s: float) -> bool:
        """A key came; true where it is kept, so that it counts as a key no more."""
        drained = self._level - (now_s - self._last_s) * _PER_S
        # However much it was, a key soon after it is typed.
        self._level = min(max(drained, 0.0), _MOST) + 1.0
        self._last_s = now_s
        text = _OTHERS.get(key.key) or (key.character if key.is_printable else None)
        if text is None or self._level <= _MOST or len(self._kept) >= _MOST_KEPT:
            return False
        self._kept.append(text)
        return True

    def quiet_s(self, now_s: float) -> float:
        """Since the last key."""
        return now_s - self._last_s

    def give(self) -> str:
        """All that was kept."""
        text = "".join(self._kept)
        self._kept.clear()
        return text
