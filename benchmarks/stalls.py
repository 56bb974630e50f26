"""A source that stalls: how soon what has come is heard, and what waits.

    python benchmarks/stalls.py

A token stream (12 a second) goes through `stream` into a private null sink, whose recording tells
what was heard when. Promised: a sentence whose last token is its full stop is heard within 0.5 s
of it; a stall of 4 s inside a sentence is spoken up to the last clause boundary, with one hold
and no underrun.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TOKENS_PER_S = 12.0
AFTER_FULL_STOP = ("The gate is open now.", 6.0, " Nobody moved until the bell rang once more.")
INSIDE = (
    "The old gate swung open, and the cold came in, and then somebody in the",
    4.0,
    " dark began to laugh, quite softly, as if the joke were very old.",
)


async def _stream(
    before: str, stall_s: float, after: str, marks: list[float]
) -> AsyncIterator[str]:
    for part in (before, after):
        for token in part.split(" "):
            await asyncio.sleep(1 / TOKENS_PER_S)
            yield token if token == part.split(" ")[0] else " " + token
        marks.append(time.monotonic())
        if part is before:
            await asyncio.sleep(stall_s)


async def _speak(case: tuple[str, float, str]) -> tuple[list[float], dict[str, object]]:
    from skaldcast.core import Narrator, NarratorOptions

    marks: list[float] = []
    async with Narrator(NarratorOptions()) as narrator:
        await narrator.play("Warm up.").wait_finished()
        await narrator.stream(_stream(*case, marks)).wait_finished()
        return marks, narrator.report()


def main() -> None:
    from benchmarks.sink import SoundServer, TimedRecording, silences

    server = SoundServer()
    server.start()
    os.environ.update(server.environment)
    try:
        for name, case in (("after a full stop", AFTER_FULL_STOP), ("inside", INSIDE)):
            recording = TimedRecording(server.environment)
            (stalled_at, *_), report = asyncio.run(_speak(case))
            words_s = len(case[0].split(" ")) / TOKENS_PER_S
            heard = recording.first_sound_after(stalled_at - words_s)
            assert heard is not None
            longest = silences(recording.sounding()).max()
            recording.stop()
            print(
                f"stall {name}: heard {heard - stalled_at:+.2f} s from the last token before it, "
                f"longest silence {longest:.2f} s, holds {report['holds']} "
                f"({report['hold_s']:.2f} s), underruns {report['underruns']}"
            )
    finally:
        server.close()


if __name__ == "__main__":
    main()
