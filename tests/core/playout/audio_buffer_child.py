"""The other process in the tests of the audio buffer: ``python audio_buffer_child.py ROLE ...``.

The value of each frame is its position modulo 2**24, which float32 holds exactly: a frame that is
lost, repeated or torn is seen where it happens. A reader's last line is what it found, as JSON.
"""

import contextlib
import json
import random
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import numpy as np

from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.buffer_ledger import Record
from skaldcast.core.playout.buffer_storage import READER_AT, WRITER_AT
from skaldcast.core.playout.doorbell import ProcessDoorbell
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.playout.process_lock import ProcessLock
from skaldcast.core.playout.shared_memory import SharedMemory

LARGEST_BLOCK = 2**16
SOME_FRAMES = 2_000_000
_WRAP = 2**24


class Counting:
    """Gives the frames that belong at a position."""

    def __init__(self) -> None:
        once = np.arange(_WRAP, dtype=np.float32)
        self._frames = np.concatenate([once, once[:LARGEST_BLOCK]])

    def at(self, position: int, count: int) -> Samples:
        start = position % _WRAP
        return self._frames[start : start + count]


def sizes(seed: int) -> Iterator[int]:
    """Block sizes of every order of magnitude."""
    numbers = random.Random(seed)
    while True:
        yield round(2 ** numbers.uniform(0, 16))


def write(
    buffer: AudioBuffer, room: ProcessDoorbell, *, seed: int, until: Callable[[int], bool]
) -> None:
    """Push blocks of random size until `until` says so of the frames written; rings of `room`
    say that there may be room again."""
    counting, size = Counting(), sizes(seed)
    while not until(buffer.written):
        block = counting.at(buffer.written, next(size))
        while (block := buffer.push(block)).size:
            assert room.wait(60), "the reader has stopped"
        if next(size) % 16 == 0:  # now and then the reader catches up, and lies in wait
            while buffer.buffered_s:
                assert room.wait(60), "the reader has stopped"


def read(handle: str, room_handle: str, seed: str) -> None:
    """Take blocks of random size and check each, until the end or until standard input closes."""
    buffer, room = AudioBuffer.attach(handle), ProcessDoorbell.attach(room_handle)
    counting, size = Counting(), sizes(int(seed))
    first, wrong, looks, told = buffer.taken, 0, 0, False
    orphaned = threading.Event()

    def watch_parent() -> None:
        sys.stdin.read()
        orphaned.set()
        buffer.ring()

    threading.Thread(target=watch_parent, daemon=True).start()
    while not buffer.at_end:
        samples = buffer.take(next(size))
        start = buffer.taken - samples.size
        wrong += not np.array_equal(samples, counting.at(start, samples.size))
        buffer.release(buffer.taken)
        room.ring()
        if samples.size == 0:
            last_look = orphaned.is_set()
            looks += 1  # most often it looks again at once, to be there when the writer publishes
            buffer.wait(0.0 if last_look or looks % 50 else 60)
            if last_look and not buffer.available:
                break
        if not told and buffer.taken - first > SOME_FRAMES:
            print("reading", flush=True)
            told = True
    found = {"first": first, "taken": buffer.taken, "written": buffer.written, "wrong": wrong}
    print(json.dumps(found), flush=True)


def write_for_a_reader(seed: str) -> None:
    """Be main: own the buffer, start a reader, and push for ever."""
    buffer, room = AudioBuffer.shared(capacity_s=4.0), ProcessDoorbell.create()
    reader = subprocess.Popen(
        [sys.executable, __file__, "read", buffer.handle, room.handle, seed],
        pass_fds=(*buffer.inherited_fds(), *room.inherited_fds()),
        stdin=subprocess.PIPE,
    )
    write(buffer, room, seed=int(seed), until=lambda written: False)
    reader.kill()


def hold(handle: str, spoilt: str) -> None:
    """Take the buffer's lock, get half-way through storing a record, and stop there until a line
    comes on standard input."""
    memory_handle, lock_handle, _ = handle.split(",")
    memory, lock = SharedMemory.attach(memory_handle).memory, ProcessLock.attach(lock_handle)
    lock.acquire()
    if spoilt != "nothing":
        at = {"writer": WRITER_AT, "reader": READER_AT}[spoilt]
        with contextlib.suppress(struct.error):  # the last number is too large
            Record(memoryview(memory)[at : at + Record.SIZE], "8q").store((-1,) * 7 + (2**63,))
    print("held", flush=True)
    sys.stdin.readline()
    lock.release()
    print("released", flush=True)


if __name__ == "__main__":
    role, *arguments = sys.argv[1:]
    {"read": read, "write_for_a_reader": write_for_a_reader, "hold": hold}[role](*arguments)
