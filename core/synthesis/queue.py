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
    that text is chunked only when its turn is near. Items of an epoch that has passed count no
    more, and are dropped on `pop`.
    """

    def __init__(self, capacity: int = 64) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._capacity = capacity
        self._heap: list[tuple[Priority, int, int, T]] = []
        self._sequence = 0
        self._epoch = 0
        self._count = 0  # of this epoch

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        """The items in the order in which they would be popped."""
        entries = sorted(self._heap, key=lambda entry: entry[:2])
        return (item for *_, epoch, item in entries if epoch == self._epoch)

    @property
    def room(self) -> int:
        """How many more items fit."""
        return max(0, self._capacity - self._count)

    def push(self, priority: Priority, item: T) -> None:
        """Add an item; raises `StateError` when full."""
        if not self.room:
            raise StateError(f"the synthesis queue is full ({self._capacity} chunks): ask `room`")
        if len(self._heap) >= self._capacity:  # what has passed takes no place
            self.drop(lambda _: False)
        self._sequence += 1
        self._add((priority, self._sequence, self._epoch, item))

    def push_back(self, priority: Priority, item: T) -> None:
        """Return an item that was popped and must be done again: first of its priority, even when
        full, since it had its place."""
        first = min((sequence for _, sequence, *_ in self._heap), default=self._sequence + 1)
        self._add((priority, first - 1, self._epoch, item))

    def peek(self) -> T | None:
        """What `pop` would give."""
        while self._heap:
            _, _, epoch, item = self._heap[0]
            if epoch == self._epoch:
                return item
            heapq.heappop(self._heap)
        return None

    def pop(self) -> T | None:
        """The next item of this epoch, or None."""
        item = self.peek()
        if item is not None:
            heapq.heappop(self._heap)
            self._count -= 1
        return item

    def drop(self, dropped: Callable[[T], bool]) -> None:
        """Take out the items that nobody wants any more, and those of an epoch that has passed."""
        self._heap = [
            entry for entry in self._heap if entry[2] == self._epoch and not dropped(entry[3])
        ]
        heapq.heapify(self._heap)
        self._count = len(self._heap)

    def raise_epoch(self) -> None:
        """Make everything that is queued now stale."""
        self._epoch += 1
        self._count = 0

    def _add(self, entry: tuple[Priority, int, int, T]) -> None:
        heapq.heappush(self._heap, entry)
        self._count += 1
