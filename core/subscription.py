"""A subscriber's view of the events: an async iterator behind a bounded queue."""

import asyncio
from collections import deque
from typing import Self

from .events import Event


class Subscription:
    """Events as they happen. When the subscriber falls behind, the oldest are dropped and counted
    in `dropped`: nobody waits for it. Let go of it to end it."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {capacity}")
        self._events: deque[Event] = deque(maxlen=capacity)
        self._wake = asyncio.Event()
        self._ended = False
        self.dropped = 0

    def put(self, event: Event) -> None:
        """Called by the engine."""
        if len(self._events) == self._events.maxlen:
            self.dropped += 1
        self._events.append(event)
        self._wake.set()

    def end(self) -> None:
        """No more events will come: the iteration ends after those that are there."""
        self._ended = True
        self._wake.set()

    def take_nowait(self) -> Event | None:
        """The next event, where there is one already."""
        return self._events.popleft() if self._events else None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            if self._ended:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._events.popleft()
