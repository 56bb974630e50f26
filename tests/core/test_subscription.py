"""Events for a subscriber who may be slow."""

import asyncio

import pytest

from skaldcast.core.events import Event
from skaldcast.core.subscription import Subscription


def times(*seconds: float) -> list[Event]:
    return [Event(second) for second in seconds]


def test_events_come_in_order_until_the_end():
    async def work() -> None:
        subscription = Subscription(10)
        for event in times(1, 2):
            subscription.put(event)
        subscription.end()
        assert [event async for event in subscription] == times(1, 2)
        assert subscription.dropped == 0

    asyncio.run(work())


def test_what_is_there_can_be_taken_without_waiting():
    subscription = Subscription(10)
    assert subscription.take_nowait() is None
    for event in times(1, 2):
        subscription.put(event)
    assert [subscription.take_nowait() for _ in range(3)] == [*times(1, 2), None]


def test_a_subscriber_waits_for_the_next_event():
    async def work() -> None:
        subscription = Subscription(10)
        waiting = asyncio.ensure_future(anext(subscription))
        await asyncio.sleep(0)
        assert not waiting.done()
        subscription.put(Event(1))
        assert await waiting == Event(1)

    asyncio.run(work())


def test_the_oldest_events_are_dropped_and_counted():
    async def work() -> None:
        subscription = Subscription(2)
        for event in times(1, 2, 3, 4, 5):
            subscription.put(event)
        subscription.end()
        assert [event async for event in subscription] == times(4, 5)
        assert subscription.dropped == 3

    asyncio.run(work())


def test_the_end_wakes_a_subscriber_who_waits():
    async def work() -> None:
        subscription = Subscription(1)
        waiting = asyncio.ensure_future(anext(subscription, None))
        await asyncio.sleep(0)
        subscription.end()
        assert await waiting is None

    asyncio.run(work())


def test_a_capacity_of_nothing_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        Subscription(0)
