"""Time to first audio at the sink, warm, against a bare synthesise-and-write loop.

    python benchmarks/first_audio.py

Both speak the same lines with the embedded voice into one private null sink, in turn, and the
recording of the sink tells when each was heard. The bare loop calls hibari on the whole line,
cuts off the silence that it begins with, and writes the rest to a PortAudio stream.
Prints medians, and ratios: at most 1.1 (10 words) and 0.6 (40 words) is what we promise.
"""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LINES = {
    10: "The wind howled over the black stones of the keep.",
    40: "The wind howled over the black stones of the keep, and in the hall below the last of the "
    "old king's riders sat without a word around the dying fire, waiting for a messenger who "
    "had been buried under the snow.",
}
ROUNDS = 7
_REST_S = 0.3


def bare_loop() -> None:
    """A child: for each line on standard input, synthesise and play it the simple way."""
    import numpy as np
    import sounddevice

    from skaldcast.core.synthesis.onnx_session import disable_telemetry

    disable_telemetry()
    from hibari import Hibari

    voice = Hibari(threads=1)
    voice("Warm up.")
    stream = sounddevice.RawOutputStream(samplerate=24_000, channels=1, dtype="float32")
    stream.start()
    print("ready", flush=True)
    for line in sys.stdin:
        print(time.monotonic(), flush=True)
        samples = voice(line.strip(), seed=0)
        loud = np.flatnonzero(np.abs(samples) > 1e-3)
        stream.write(samples[loud[0] :].astype(np.float32).tobytes())
        stream.stop()
        stream.start()
        print("done", flush=True)


def engine() -> None:
    """A child: for each line on standard input, one cue."""
    from skaldcast.core import Narrator, NarratorOptions

    async def serve() -> None:
        async with Narrator(NarratorOptions()) as narrator:
            await narrator.play("Warm up.").wait_finished()
            print("ready", flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(time.monotonic(), flush=True)
                await narrator.play(line.strip()).wait_finished()
                print("done", flush=True)

    asyncio.run(serve())


def main() -> None:
    from benchmarks.sink import SoundServer, TimedRecording

    server = SoundServer()
    server.start()
    try:
        times: dict[tuple[str, int], list[float]] = {}
        children = {name: _start(name, server.environment) for name in ("bare_loop", "engine")}
        for _ in range(ROUNDS):
            for words, line in LINES.items():
                for name, child in children.items():
                    recording = TimedRecording(server.environment)
                    begun = _speak(child, line)
                    time.sleep(_REST_S)  # the recorder runs a block behind
                    heard = recording.first_sound_after(begun)
                    recording.stop()
                    assert heard is not None, f"{name} was not heard"
                    times.setdefault((name, words), []).append(heard - begun)
        for child in children.values():
            child.communicate()
    finally:
        server.close()
    for words in LINES:
        ours, bare = (median(times[name, words]) for name in ("engine", "bare_loop"))
        print(
            f"{words} words: {ours * 1000:.0f} ms, bare loop {bare * 1000:.0f} ms, "
            f"ratio {ours / bare:.2f} (best {min(times['engine', words]) * 1000:.0f} ms, "
            f"worst {max(times['engine', words]) * 1000:.0f} ms of {ROUNDS})"
        )


def _start(name: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, __file__, name],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n", f"{name} did not start"
    return child


def _speak(child: subprocess.Popen[str], line: str) -> float:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(line + "\n")
    child.stdin.flush()
    begun = float(child.stdout.readline())
    assert child.stdout.readline() == "done\n"
    return begun


if __name__ == "__main__":
    {"bare_loop": bare_loop, "engine": engine}.get((sys.argv[1:] or [""])[0], main)()
