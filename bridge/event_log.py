"""What a session was told, for resuming: the last events by their numbers. Plain."""

from collections import deque

from .protocol import EventFrame


class EventLog:
    """Numbers events from 1, without holes, and keeps the last `capacity` of them for `kept_s`
    seconds. Nobody waits: the oldest go. The frames are shared by all sessions."""

    def __init__(self, capacity: int, kept_s: float) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._kept_s = kept_s
        self._entries: deque[tuple[float, EventFrame]] = deque(maxlen=capacity)
        self.last_seq = 0
        """The number of the last event, 0 before the first."""

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, frame: EventFrame, now: float) -> int:
        """Take an event; returns its number."""
        self._forget(now)
        self._entries.append((now, frame))
        self.last_seq += 1
        return self.last_seq

    def after(self, seq: int) -> bytes | None:
        """The frame that follows number `seq`; None where it is not there, be it that it has not
        happened or that it is gone."""
        index = seq - (self.last_seq - len(self._entries))
        if not 0 <= index < len(self._entries):
            return None
        return self._entries[index][1].numbered(seq + 1)

    def has_lost(self, seq: int) -> bool:
        """Whether the event that follows number `seq` has happened and is gone."""
        return seq < self.last_seq - len(self._entries)

    def reaches(self, seq: int, now: float) -> bool:
        """Whether everything after number `seq` is there."""
        self._forget(now)
        return self.last_seq - len(self._entries) <= seq <= self.last_seq

    def _forget(self, now: float) -> None:
        while self._entries and self._entries[0][0] < now - self._kept_s:
            self._entries.popleft()
