"""What ends the children with their main on Windows; there is nothing to do elsewhere."""

import subprocess
import sys

from skaldcast.core.child_job import ChildJob

SLEEPS = "import time; time.sleep(3600)"
WAIT_S = 30.0
"""Only a broken one takes so long."""


def test_closing_it_is_idempotent_also_without_children() -> None:
    job = ChildJob()
    job.close()
    job.close()


if sys.platform == "win32":

    def test_what_it_adopted_ends_with_it() -> None:
        job = ChildJob()
        child = subprocess.Popen([sys.executable, "-c", SLEEPS])
        job.adopt(child.pid)
        job.close()
        child.wait(WAIT_S)

    def test_what_it_adopted_ends_with_its_process_though_it_reads_no_pipe() -> None:
        code = (
            "import subprocess, sys\n"
            "from skaldcast.core.child_job import ChildJob\n"
            "job = ChildJob()\n"
            f"child = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}], stdout=sys.stdout)\n"
            "job.adopt(child.pid)\n"
            "print('adopted', flush=True)\n"
            "sys.stdin.read()"
        )
        main = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert main.stdout is not None
        assert main.stdout.readline().strip() == b"adopted"
        main.kill()
        main.communicate(timeout=WAIT_S)  # ends once the child's copy of the pipe is closed too
