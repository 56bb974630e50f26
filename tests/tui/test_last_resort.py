"""A process that does not end by itself is ended."""

import subprocess
import sys

HANGS = """
import asyncio, threading
from skaldcast.tui.last_resort import LastResort

async def run():
    asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)

LastResort(0.1, 7).begin()
asyncio.run(run())
"""
ENDS = """
from skaldcast.tui.last_resort import LastResort
LastResort(3600, 7).begin()
"""


def status_of(program: str) -> int:
    run = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    return run.returncode


def test_a_thread_that_hangs_keeps_it_no_longer():
    assert status_of(HANGS) == 7


def test_one_that_ends_by_itself_is_left_alone():
    assert status_of(ENDS) == 0
