"""How soon a prepared cue is heard: GO to first audio, with 1,000 cues prepared.

    python benchmarks/prepared.py [CUES]

The bound is the device's latency + 30 ms at the 99th percentile. The output is `null`, whose device
begins at once, so that the figures are the engine's own.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from skaldcast.core import CueStarted, Narrator, NarratorOptions

BOUND_S = 0.030


def line(number: int) -> str:
    return f"Door {number} was closed, and nobody had ever seen it open before that night."


async def measure(cues: int, folder: Path) -> None:
    options = NarratorOptions("hibari:heart", "null", speech_folder=folder, cache_mb=4096)
    async with Narrator(options) as narrator:
        began = time.monotonic()
        for number in range(cues):
            await narrator.prepare(line(number)).wait_done()
        print(f"{cues} cues prepared in {time.monotonic() - began:.1f} s", flush=True)
    async with Narrator(options) as narrator:
        await narrator.prepare(line(0)).wait_done()
        times: list[float] = []
        events = narrator.events()
        for number in range(cues):
            cue = narrator.play(line(number))
            async for event in events:
                if isinstance(event, CueStarted) and event.cue_id == cue.cue_id:
                    times.append(event.time_s - cue.queued_s)
                    break
            narrator.stop()
        report = narrator.report()
    made = report["synthesis_s"]
    times.sort()
    p99 = times[int(0.99 * (len(times) - 1))]
    print(
        f"GO to first audio: median {statistics.median(times) * 1000:.1f} ms, "
        f"99th percentile {p99 * 1000:.1f} ms (bound {BOUND_S * 1000:.0f}), "
        f"most {times[-1] * 1000:.1f} ms; recalling and making took {made:.2f} s in all"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, Path(name)))
