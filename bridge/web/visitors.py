"""Who is being served, and who is let go: with its token, or because it reads no more. Plain, but
that it ends what the others began; somebody looks once in a while.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary


class Outgoing(Protocol):
    """A connection's side that is written to: `asyncio.WriteTransport` is one."""

    def get_write_buffer_size(self) -> int: ...

    def abort(self) -> None: ...


@dataclass(eq=False, slots=True)
class Stay:
    """What somebody has open by a token."""

    token: str
    """As `tokens.digest` gives it."""
    end: Callable[[], None]
    is_over: Callable[[], bool] = lambda: False
    """Asked at each look, where nobody says `leave`."""


@dataclass(slots=True)
class _Unread:
    """What waits for a connection, and how long it has taken nothing."""

    size: int = 0
    looks: int = 0


class Visitors:
    """Those who are there. A connection that has taken nothing of what waits for it at
    `most_looks` looks in a row is broken off: looks, not seconds, since a machine that slept, or
    had no time for us, must not take that for the others' fault.

    What the system's own send buffer holds does not wait here.
    """

    def __init__(self, most_looks: int) -> None:
        self._most_looks = most_looks
        # Weak: one that was closed and cannot be emptied is nobody's, and would stay for ever.
        self._unread: WeakKeyDictionary[Outgoing, _Unread] = WeakKeyDictionary()
        self._stays: set[Stay] = set()

    def answer(self, connection: Outgoing) -> None:
        """Something is written to it from now on."""
        self._unread.setdefault(connection, _Unread())

    def enter(self, stay: Stay) -> None:
        """Something is open by a token."""
        self._stays.add(stay)

    def leave(self, stay: Stay) -> None:
        """It has ended by itself. Idempotent."""
        self._stays.discard(stay)

    @property
    def any_by_token(self) -> bool:
        """Whether somebody is there who goes with a token."""
        return bool(self._stays)

    def close(self) -> None:
        """Break off the connections that are left."""
        for connection in list(self._unread):
            connection.abort()

    def look(self, in_force: Collection[str] | None) -> None:
        """Let go whom it is time for; `in_force` are the tokens that open, None where that is not
        known now: then nobody goes for it."""
        for connection, unread in list(self._unread.items()):
            size = connection.get_write_buffer_size()
            unread.looks = unread.looks + 1 if 0 < unread.size <= size else 0
            unread.size = size
            if unread.looks >= self._most_looks:
                connection.abort()
        for stay in list(self._stays):
            if stay.is_over():
                self.leave(stay)
            elif in_force is not None and stay.token not in in_force:
                self.leave(stay)
                stay.end()
