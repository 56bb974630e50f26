"""Who gets a slot of the decoder: the chunk that is heard first. Plain, no torch, no threads."""

import heapq
from typing import Generic, TypeVar

T = TypeVar("T")


class SlotBoard(Generic[T]):
    """What waits for a slot and what has one, by `order`: the lowest is heard first.

    It holds no more than what is submitted, which its owner bounds.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, T]] = []
        self._orders: dict[T, int] = {}
        self._tickets: dict[T, int] = {}
        self._last_ticket = 0

    def __len__(self) -> int:
        return len(self._orders)

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return sum(1 for _, ticket, item in self._waiting if self._tickets.get(item) == ticket)

    def submit(self, item: T, order: int) -> None:
        """Let `item` wait for a slot, once more where it had one; equal orders go as they come."""
        self._last_ticket += 1
        self._orders[item] = order
        self._tickets[item] = self._last_ticket
        heapq.heappush(self._waiting, (order, self._last_ticket, item))

    def next(self) -> T | None:
        """Give a slot to the one that is heard first of those that wait."""
        while self._waiting:
            _, ticket, item = heapq.heappop(self._waiting)
            if self._tickets.get(item) == ticket:
                del self._tickets[item]
                return item
        return None

    def withdraw(self, item: T) -> None:
        """It is over, or nobody wants it any more. Idempotent."""
        self._orders.pop(item, None)
        self._tickets.pop(item, None)

    def holds(self, item: T) -> bool:
        return item in self._orders

    def is_waiting(self, item: T) -> bool:
        return item in self._tickets

    def in_order(self) -> list[T]:
        """All that are not over, the one that is heard first in front."""
        return sorted(self._orders, key=lambda item: self._orders[item])

    @property
    def first(self) -> T | None:
        """The one that is heard first of all."""
        return min(self._orders, key=lambda item: self._orders[item], default=None)
