"""The handle on something to be spoken."""

import asyncio

from skaldcast.core.cue import Cue
from skaldcast.core.types import Outcome


def test_text_is_what_has_come_so_far():
    cue = Cue("a")
    assert cue.text == ""
    for piece in ("One, ", "", "two"):
        cue.add_text(piece)
    assert cue.text == "One, two"
    cue.add_text(".")
    assert cue.text == "One, two."


def test_whoever_waits_is_told_the_outcome_also_afterwards():
    async def work() -> None:
        cue = Cue("a")
        waiting = asyncio.create_task(cue.wait_finished())
        await asyncio.sleep(0)
        assert not waiting.done()
        cue.end(Outcome.SKIPPED, 3.0)
        assert await waiting is Outcome.SKIPPED
        assert await cue.wait_finished() is Outcome.SKIPPED
        assert cue.finished_s == 3.0

    asyncio.run(work())


def test_cues_are_told_apart_though_they_look_alike():
    assert Cue("a") != Cue("a")
    assert len({Cue("a"), Cue("a")}) == 2
