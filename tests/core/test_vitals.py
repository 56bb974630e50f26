"""How a narration is doing at this moment."""

import asyncio

import pytest

from skaldcast.core.errors import StateError
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.types import Outcome
from skaldcast.core.vitals import Vitals

FAST = NarratorOptions(voice="tone?rtf=0.01&latency=0", output="null")


def spoken(options: NarratorOptions, text: str) -> tuple[Vitals, dict[str, object]]:
    async def run() -> tuple[Vitals, dict[str, object]]:
        async with Narrator(options) as narrator:
            narrator.play(text)
            await narrator.drain()
            return narrator.vitals(), narrator.report()

    return asyncio.run(run())


def test_there_are_none_before_the_start():
    with pytest.raises(StateError, match="not started"):
        Narrator(FAST).vitals()


def test_they_say_what_the_report_says():
    vitals, report = spoken(FAST, "The gate stood open.")
    shared = [name for name in report if hasattr(vitals, name) and name != "restarts"]
    assert {"holds", "underruns", "chunks", "margin_min_s"} <= set(shared)
    assert {name: getattr(vitals, name) for name in shared} == {n: report[n] for n in shared}
    assert vitals.ended == {Outcome.FINISHED: 1}
    assert vitals.waiting == 0


def test_fixed_marks_are_those_of_the_settings():
    fixed = NarratorOptions(
        voice="tone?rtf=0.01&latency=0",
        output="null",
        prebuffer="fixed",
        prebuffer_start_s=2.5,
        prebuffer_pause_s=1.6,
    )
    vitals, _ = spoken(fixed, "The gate stood open.")
    assert (vitals.start_mark_s, vitals.pause_mark_s) == (2.5, 1.6)


def test_adaptive_marks_are_higher_for_a_slow_voice():
    quick, _ = spoken(FAST, "The gate stood open.")
    slow, _ = spoken(
        NarratorOptions(voice="tone?rtf=0.3&latency=0.3&block=0", output="null"),
        "The gate stood open.",
    )
    assert quick.start_mark_s < slow.start_mark_s
