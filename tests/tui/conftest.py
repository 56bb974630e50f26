"""The command line's tests run the real command, with a voice that costs nothing."""

import signal
import sys
from collections.abc import Iterator

import pytest

# Signals, and devices that are files, are POSIX's; Windows has its own test_windows.py.
collect_ignore = (
    ["test_signals.py", "test_streams.py"] if sys.platform == "win32" else ["test_windows.py"]
)


@pytest.fixture(autouse=True, scope="session")
def interrupts_count() -> Iterator[None]:
    """A script's `&` has SIGINT ignored, and so had the commands that are tested, which heed it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
