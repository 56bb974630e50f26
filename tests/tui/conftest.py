"""The command line's tests run the real command, with a voice that costs nothing."""

import sys

# Signals, and devices that are files, are POSIX's; Windows has its own test_windows.py.
collect_ignore = (
    ["test_signals.py", "test_streams.py"] if sys.platform == "win32" else ["test_windows.py"]
)
