"""The synthesis queue: which chunk gets the model next. Plain, no I/O."""

import heapq
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ..errors import StateError
from ..types import Priority

T = TypeVar("T")


class SynthesisQueue(Generic[T]):
    """A bounded priority queue of `(priority, sequence, item)`: urgent first, else in order.

    Nobody waits when it is full: `push` raises, and whoever chunks text asks `room` first, so
    that text is chunked only when its turn is near. Items of an older epoch are dropped on `pop`.
    """

    def __init__(self, capacity: int = 64) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._capacity = capacity
        self._heap: list[tuple[Priority, int, int, T]] = []
        self._sequence = 0
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[T]:
        """The items in the order in which they would be popped."""
        return (item for *_, item in sorted(self._heap, key=lambda entry: entry[:2]))

    @property
    def room(self) -> int:
        """How many more items fit."""
        return self._capacity - len(self._heap)

    def push(self, priority: Priority, item: T) -> None:
        """Add an item; raises `StateError` when full."""
        if not self.room:
            raise StateError(f"the synthesis queue is full ({self._capacity} chunks): ask `room`")
        self._sequence += 1
        heapq.heappush(self._heap, (priority, self._sequence, self._epoch, item))

    def push_back(self, priority: Priority, item: T) -> None:
        """Return an item that was popped and must be done again: first of its priority, even when
        full, since it had its place."""
        first = min((sequence for _, sequence, *_ in self._heap), default=self._sequence + 1)
        heapq.heappush(self._heap, (priority, first - 1, self._epoch, item))

    def pop(self) -> T | None:
        """The next item of this epoch, or None."""
        while self._heap:
            _, _, epoch, item = heapq.heappop(self._heap)
            if epoch == self._epoch:
                return item
        return None

    def drop(self, dropped: Callable[[T], bool]) -> None:
        """Take out the items that nobody wants any more."""
        self._heap = [entry for entry in self._heap if not dropped(entry[3])]
        heapq.heapify(self._heap)

    def raise_epoch(self) -> None:
        """Make everything that is queued now stale."""
        self._epoch += 1
