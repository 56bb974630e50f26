"""CPU and memory of speaking 205 words, all processes together, against a bare loop.

    python benchmarks/footprint.py

Both speak the same words with the embedded voice into a private null sink. Prints the ratio of
CPU seconds (at most 1.6) and the proportional set size of the engine (at most 400 MiB).
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

STORY = Path(__file__).resolve().parents[1] / "tests" / "data" / "story.txt"
WORDS = 205
FRESH = ("--set", "cache.size_mb=0")
"""What was spoken before is made again."""

BARE_LOOP = """
import sys, os
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import numpy as np, sounddevice
from hibari import Hibari
voice = Hibari(threads=1)
stream = sounddevice.RawOutputStream(samplerate=24000, channels=1, dtype="float32")
stream.start()
for sentence in Hibari.split_sentences(open(sys.argv[1]).read()):
    stream.write(voice(sentence, seed=0).astype(np.float32).tobytes())
stream.stop()
"""


def main() -> None:
    from benchmarks.sink import SoundServer

    server = SoundServer()
    server.start()
    environment = {**os.environ, **server.environment}
    try:
        with tempfile.TemporaryDirectory() as name:
            script = Path(name) / "words.txt"
            script.write_text(" ".join(STORY.read_text("utf-8").split()[:WORDS]), "utf-8")
            bare_cpu_s, _ = _measure([sys.executable, "-c", BARE_LOOP, str(script)], environment)
            command = [sys.executable, "-m", "skaldcast.tui", "read", str(script), *FRESH]
            cpu_s, mib = _measure(command, environment)
    finally:
        server.close()
    print(
        f"{WORDS} words: {cpu_s:.2f} CPU s, bare loop {bare_cpu_s:.2f}, "
        f"ratio {cpu_s / bare_cpu_s:.2f}"
    )
    print(f"memory of all processes: {mib:.0f} MiB at most (proportional set size)")


def _measure(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """CPU seconds of a process and its children, and the most memory seen."""
    import psutil

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(command, env=environment)
    process, peak = psutil.Process(child.pid), 0.0
    while True:
        try:
            child.wait(0.5)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, _memory_mib(process))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def _memory_mib(process) -> float:
    import psutil

    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


if __name__ == "__main__":
    main()
