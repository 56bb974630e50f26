"""What a test may have left running."""

import contextlib
import time
from collections.abc import Iterator

import psutil


@contextlib.contextmanager
def leaves_no_process(within_s: float = 0.0) -> Iterator[None]:
    """What is started in here has ended at its end, and was waited for: a zombie counts. What an
    earlier test started does not, nor the sound server that the whole session shares."""
    itself = psutil.Process()
    before = set(itself.children(recursive=True))
    yield
    end_s = time.monotonic() + within_s
    while left := set(itself.children(recursive=True)) - before:
        told = [what for process in left if (what := _told(process)) is not None]
        if not told:
            return
        assert time.monotonic() < end_s, told
        time.sleep(0.01)


def _told(process: psutil.Process) -> str | None:
    """None of the sound server, and of one that has just ended."""
    try:
        if process.name() == "pulseaudio":
            return None
        command = "" if process.status() == psutil.STATUS_ZOMBIE else process.cmdline()
        return f"{process} {command}"
    except psutil.NoSuchProcess:
        return None
