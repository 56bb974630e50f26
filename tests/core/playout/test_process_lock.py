"""The lock between two processes: the second one is a child that holds it."""

import subprocess
import sys
import threading

from skaldcast.core.playout.process_lock import ProcessLock

HOLDER = """
import sys
from skaldcast.core.playout.process_lock import ProcessLock
lock = ProcessLock.attach(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
lock.release()
print("released", flush=True)
sys.stdin.readline()
"""


def holder(lock: ProcessLock) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, lock.handle],
        pass_fds=lock.inherited_fds(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def let_go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "released\n"


def test_only_one_process_has_the_lock() -> None:
    lock = ProcessLock.create()
    with holder(lock) as process:
        assert not lock.acquire(0.0)
        assert not lock.acquire(0.001)
        let_go(process)
        assert lock.acquire(0.0)
    lock.close()


def test_a_process_waits_for_the_lock() -> None:
    lock = ProcessLock.create()
    with holder(lock) as process:
        waiting = threading.Thread(target=lock.acquire, args=(60,))
        waiting.start()
        let_go(process)
        waiting.join(60)
        assert not waiting.is_alive()
    lock.close()


def test_the_lock_opens_when_its_holder_is_killed() -> None:
    lock = ProcessLock.create()
    with holder(lock) as process:
        assert not lock.acquire(0.0)
        process.kill()
        assert lock.acquire()
    lock.close()


def test_a_lock_given_back_is_free_for_the_next() -> None:
    lock = ProcessLock.create()
    assert lock.acquire(0.0)
    lock.release()
    with holder(lock):
        pass
    lock.close()
    lock.close()
