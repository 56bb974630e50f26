"""Silence in the sink's recording beside hostile load, at the default latency.

    python benchmarks/gaps.py [SECONDS]

The tone voice never pauses, so any silence in the recording is ours. Beside it run two busy
processes, and in main a thread that holds the GIL again and again for most of a second.
Prints the number of gaps and their length; what we promise is none in 600 s.
"""

import asyncio
import multiprocessing
import os
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SENTENCE = "One by one the lanterns went out along the wall, and nobody lit them again. "
_WARM_S = 5.0


def _burn() -> None:
    while True:
        sum(range(100_000))


def _hold_the_gil(ended: threading.Event) -> None:
    while not ended.wait(0.2):
        sum(range(12_000_000))  # one call in C: nothing else in this process runs meanwhile


async def _narrate(seconds: float) -> dict[str, object]:
    from skaldcast.core import Narrator, NarratorOptions

    options = NarratorOptions(voice="tone?rtf=0.5&latency=0.1")
    async with Narrator(options) as narrator:
        cue = narrator.play(SENTENCE * round(seconds / (0.065 * len(SENTENCE))))
        await cue.wait_finished()
        return narrator.report()


def main() -> None:
    from benchmarks.sink import RATE, SoundServer, TimedRecording, silences

    seconds = float((sys.argv[1:] or ["600"])[0])
    server = SoundServer()
    server.start()
    os.environ.update(server.environment)
    burners = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(2)]
    ended = threading.Event()
    recording = TimedRecording(server.environment)
    try:
        for burner in burners:
            burner.start()
        threading.Thread(target=_hold_the_gil, args=(ended,), daemon=True).start()
        report = asyncio.run(_narrate(seconds))
    finally:
        ended.set()
        for burner in burners:
            burner.kill()
        samples = recording.sounding()
        recording.stop()
        server.close()
    gaps = silences(samples)
    print(f"{samples.size / RATE:.1f} s recorded of {report['audio_s']:.1f} s spoken")
    print(f"gaps: {gaps.size}, {gaps.sum() * 1000:.0f} ms in all")
    for key in ("underruns", "underrun_s", "holds", "hold_s", "device_underflows", "restarts"):
        print(f"{key}: {report[key]}")


if __name__ == "__main__":
    main()
