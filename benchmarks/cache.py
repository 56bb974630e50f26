"""How long the speech cache takes to open with 10,000 entries, to be asked, and to give one.

    python benchmarks/cache.py

The bound is 0.2 s for opening. The first 1,000 entries, which are read, hold 2 s of speech, or
192 KB, the others 0.1 s, so that not 2 GB are still on their way to the disk. All are in memory,
as the files of a script are that was just prepared.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.cache.speech_file import CachedSpeech

ENTRIES = 10_000
READ = 1_000
LONG = CachedSpeech(np.zeros(48_000, np.float32), 24_000)
SHORT = CachedSpeech(np.zeros(2_400, np.float32), 24_000)


def key(number: int) -> str:
    return f"{number % 256:02x}{number:062x}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = SpeechCache(Path(folder), max_bytes=1 << 40)
        puts = [timed(lambda n=n: cache.put(key(n), LONG)) for n in range(READ)]
        for n in range(READ, ENTRIES):
            cache.put(key(n), SHORT)
        caches = [SpeechCache(Path(folder), max_bytes=1 << 40) for _ in range(10)]
        opens = [timed(cache.open) for cache in caches]
        gets = [timed(lambda n=n: caches[0].get(key(n))) for n in range(READ)]
        asks = timed(lambda: [key(n) in caches[0] for n in range(ENTRIES)]) / ENTRIES
    tell("open with 10,000 entries", opens)
    tell("put", puts)
    tell("get", gets)
    print(f"in: {asks * 1e6:.2f} us")
    sys.exit(min(opens) > 0.2)


def timed(action: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    action()
    return time.perf_counter() - started_s


def tell(name: str, times_s: list[float]) -> None:
    median_ms, p99_ms = np.percentile(times_s, (50, 99)) * 1000
    print(f"{name}: median {median_ms:.2f} ms, 99th percentile {p99_ms:.2f} ms")


if __name__ == "__main__":
    main()
