"""The one monotonic clock that all processes share."""

import sys
import time

# Both are system-wide, so times compare across processes. On Windows `time.monotonic` ticks
# only every 15 ms (GetTickCount64); `time.perf_counter` reads the performance counter.
monotonic_s = time.perf_counter if sys.platform == "win32" else time.monotonic
"""Seconds on a system-wide monotonic clock (``Callable[[], float]``)."""
