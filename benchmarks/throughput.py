"""Throughput of `skaldcast read --output wav:` against the synthesizer in a bare loop.

    python benchmarks/throughput.py [WORDS]

Reads a story of 50,000 words (the test story over and over) with the embedded voice, and watches
the memory of all processes. The bare loop calls hibari on the story's chunks, a sample of them.
Prints the ratio (at least 0.9 is what we promise) and how far the memory moved after a minute.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

STORY = Path(__file__).resolve().parents[1] / "tests" / "data" / "story.txt"
_BARE_CHUNKS = 400
_SETTLED_S = 60.0


def bare_loop(text: str) -> float:
    """Seconds of speech that hibari makes in a second, chunk by chunk, nothing else done."""
    from skaldcast.core import Chunker
    from skaldcast.core.synthesis.onnx_session import disable_telemetry

    disable_telemetry()
    from hibari import Hibari

    voice = Hibari(threads=1)
    voice("Warm up.")
    chunks: list[str] = []
    for paragraph in text.split("\n\n"):
        chunker = Chunker()
        made = [*chunker.push(paragraph), *chunker.finish()]
        chunks += [chunk.text.strip() for chunk in made]
    started, frames = time.perf_counter(), 0
    for n in range(_BARE_CHUNKS):
        frames += _spoken_frames(voice(chunks[n % len(chunks)], seed=0))
    return frames / 24_000 / (time.perf_counter() - started)


def _spoken_frames(samples) -> int:
    """Frames from the first to the last sound: what the engine keeps of it."""
    import numpy as np

    loud = np.flatnonzero(np.abs(samples) > 1e-3)
    return int(loud[-1] - loud[0]) if loud.size else 0


def main() -> None:
    import psutil

    words = int((sys.argv[1:] or ["50000"])[0])
    story = STORY.read_text("utf-8")
    text = story * -(-words // len(story.split()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "text.txt").write_text(text, "utf-8")
        started = time.monotonic()
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "skaldcast.tui", "read", str(folder / "text.txt")),
                *("--output", f"wav:{folder / 'out.wav'}", "--report", str(folder / "r.json")),
                *("--set", "cache.size_mb=0"),  # what was spoken before is made again
            ]
        )
        memory: list[tuple[float, float]] = []
        while child.poll() is None:
            memory.append((time.monotonic() - started, _memory_mib(psutil.Process(child.pid))))
            time.sleep(0.5)
        report = json.loads((folder / "r.json").read_text("utf-8"))
    cues = report["cue_list"]
    ours = report["audio_s"] / (cues[-1]["finished_s"] - cues[0]["queued_s"])
    bare = bare_loop(story)
    print(f"{len(text.split())} words, {report['audio_s']:.0f} s of speech")
    print(f"engine {ours:.0f} x real time, bare loop {bare:.0f} x, ratio {ours / bare:.2f}")
    settled = [mib for at, mib in memory if at > _SETTLED_S and mib > 0]
    if settled:
        print(f"memory after the first minute: {min(settled):.0f} to {max(settled):.0f} MiB")


def _memory_mib(process) -> float:
    """Proportional set size of a process and its children."""
    import psutil

    total = 0.0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_full_info().pss
    except psutil.Error:
        return 0.0
    return total / 2**20


if __name__ == "__main__":
    main()
