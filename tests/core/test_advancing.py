"""What is due is done once for all that happened, and again when its time has come."""

import asyncio

from skaldcast.core.advancing import Advancing


class Engine:
    """Does what it was told to, and notes when it was called."""

    def __init__(self, *again_after_s: float | Exception) -> None:
        self.called_at_s: list[float] = []
        self.errors: list[Exception] = []
        self.advancing = Advancing(self._advance, self._failed)
        self._answers = list(again_after_s)
        self._changed = asyncio.Event()

    def _advance(self, now: float) -> float | None:
        self.called_at_s.append(now)
        self._changed.set()
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Exception):
            raise answer
        return None if answer is None else now + answer

    def _failed(self, error: Exception) -> None:
        self.errors.append(error)
        self._changed.set()

    async def called(self, times: int) -> None:
        async with asyncio.timeout(30.0):
            while len(self.called_at_s) < times:
                self._changed.clear()
                await self._changed.wait()


async def turns_of_the_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_all_that_happens_in_one_turn_is_dealt_with_at_once():
    async def story() -> None:
        engine = Engine()
        for _ in range(100):
            engine.advancing.soon()
        assert engine.called_at_s == []
        await turns_of_the_loop()
        assert len(engine.called_at_s) == 1

    asyncio.run(story())


def test_it_comes_back_when_the_next_thing_is_due():
    async def story() -> None:
        engine = Engine(0.02, -5.0)  # a time that has passed is as good as any
        engine.advancing.now()
        await engine.called(3)
        first, second, third = engine.called_at_s
        assert first + 0.02 <= second < third

    asyncio.run(story())


def test_what_happens_meanwhile_takes_the_place_of_the_time():
    async def story() -> None:
        engine = Engine(0.01, 3600.0)
        engine.advancing.now()
        engine.advancing.soon()
        await asyncio.sleep(0.02)  # the first time has passed
        assert len(engine.called_at_s) == 2

    asyncio.run(story())


def test_what_goes_wrong_is_told_and_does_not_come_back_by_itself():
    async def story() -> None:
        fault = ValueError("what is this")
        engine = Engine(fault)
        engine.advancing.soon()
        await engine.called(1)
        assert engine.errors == [fault]
        engine.advancing.soon()
        await engine.called(2)

    asyncio.run(story())


def test_nothing_is_done_once_it_is_closed():
    async def story() -> None:
        engine = Engine(0.0)
        engine.advancing.now()
        engine.advancing.soon()
        engine.advancing.close()
        engine.advancing.now()
        engine.advancing.soon()
        await asyncio.sleep(0.01)  # the time that it had asked for
        assert len(engine.called_at_s) == 1

    asyncio.run(story())
