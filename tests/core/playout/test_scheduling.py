"""What the system grants, asked in a process of its own: the tests keep their scheduling."""

import subprocess
import sys

PROGRAM = """
import os
from skaldcast.core.playout.scheduling import request_realtime
granted = request_realtime()
policy = os.sched_getscheduler(0) if hasattr(os, "sched_getscheduler") else None
truth = policy is None or granted.realtime == (policy == os.SCHED_RR)
print(len(granted.text.splitlines()), truth)
"""


def test_it_says_truly_in_one_line_what_was_granted() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["1", "True"]


def test_without_any_right_it_says_so_and_goes_on() -> None:
    program = f"""
import os
def refuse(*_): raise PermissionError("no")
os.sched_setscheduler = os.setpriority = refuse
{PROGRAM}"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["1", "True"]
