"""The command line's tests run the real command, with a voice that costs nothing."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from skaldcast.core.synthesis.xtts.installed import missing_libraries

# Signals, and devices that are files, are POSIX's; Windows has its own test_windows.py.
collect_ignore = (
    ["test_signals.py", "test_streams.py", "console/test_terminal.py"]
    if sys.platform == "win32"
    else ["test_windows.py"]
)
if missing_libraries():  # the extra `xtts` is not installed: tests/conftest.py says so
    collect_ignore.append("test_voices_of_xtts.py")


@pytest.fixture(autouse=True, scope="session")
def interrupts_count() -> Iterator[None]:
    """A script's `&` has SIGINT ignored, nohup SIGHUP: the commands that are tested would be told
    to ignore them too, and heed that."""
    names = [name for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    before = {signal.Signals[name]: signal.getsignal(signal.Signals[name]) for name in names}
    for number, handler in before.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # a program that is started has the default then
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A recording of 7 s, with nothing in it but noise."""
    path = tmp_path / "clip.wav"
    rng = np.random.default_rng(0)
    soundfile.write(path, (rng.standard_normal(22_050 * 7) * 0.1).astype(np.float32), 22_050)
    return path
