"""From the start of `skaldcast say` to the first sound at the sink; nothing is warm but the disk.

    python benchmarks/cold_start.py [ROUNDS]

Prints the median, the best and the worst; at most 2.5 s is what we promise on 2 cores. Beside it
the time in which a bare Python imports numpy: what the machine is like at the moment.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LINE = "The wind howled over the black stones of the keep."


def cold_start_s(environment: dict[str, str]) -> float:
    from benchmarks.sink import TimedRecording

    recording = TimedRecording(environment)
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "skaldcast.tui", "say", LINE],
        env=environment,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    time.sleep(0.3)  # the recorder runs a block behind
    heard = recording.first_sound_after(begun)
    recording.stop()
    assert heard is not None, "it was not heard"
    return heard - begun


def import_numpy_s() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    return time.monotonic() - begun


def main() -> None:
    from benchmarks.sink import SoundServer

    rounds = int((sys.argv[1:] or ["5"])[0])
    server = SoundServer()
    server.start()
    try:
        environment = {**os.environ, **server.environment}
        times = [(cold_start_s(environment), import_numpy_s()) for _ in range(rounds)]
    finally:
        server.close()
    ours, numpy = zip(*times, strict=True)
    print(
        f"cold start: {median(ours):.2f} s to first sound (best {min(ours):.2f}, worst "
        f"{max(ours):.2f} of {rounds}); `import numpy` takes {median(numpy):.2f} s here"
    )


if __name__ == "__main__":
    main()
