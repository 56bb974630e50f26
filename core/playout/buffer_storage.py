"""What an audio buffer is made of, inside one process or shared between two.

Shared memory holds a header (magic, sample rate, capacity), the records of the two sides and,
from byte 4096 on, the frames. Its handle joins those of the memory, the lock and the doorbell.
"""

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..errors import PlayoutError, StateError
from ..types import AudioFormat
from .buffer_ledger import Ledger, ReaderLedger, Record, SharedLedger, WriterLedger
from .doorbell import Doorbell, ProcessDoorbell, ThreadDoorbell
from .frame_ring import FrameRing
from .process_lock import ProcessLock
from .shared_memory import SharedMemory

_MAGIC = b"SKALDAB1"
_HEADER = struct.Struct("8sqq")  # magic, sample rate, capacity in frames
WRITER_AT = 128
READER_AT = WRITER_AT + Record.SIZE
FRAMES_AT = 4096


@dataclass(slots=True)
class BufferStorage:
    """A place for frames, the counters of both sides, and the reader's doorbell."""

    sample_rate: int
    ring: FrameRing
    ledger: Ledger
    bell: Doorbell

    @classmethod
    def local(cls, audio_format: AudioFormat, capacity_s: float) -> Self:
        """Storage inside this process."""
        frames = np.zeros(_capacity(audio_format, capacity_s), np.float32)
        return cls(audio_format.sample_rate, FrameRing(frames), Ledger(), ThreadDoorbell())

    @property
    def handle(self) -> str:
        raise StateError("only a buffer made by AudioBuffer.shared() has a handle")

    def inherited_fds(self) -> tuple[int, ...]:
        return ()

    def close(self) -> None:
        """Let go of what is shared; nothing may be done afterwards. Idempotent."""


class SharedStorage(BufferStorage):
    """Storage in memory that two processes share; both have an object of their own for it."""

    __slots__ = ("_lock", "_memory", "_process_bell")

    def __init__(
        self,
        memory: SharedMemory,
        lock: ProcessLock,
        bell: ProcessDoorbell,
        ledger: type[SharedLedger],
    ) -> None:
        self._memory, self._lock, self._process_bell = memory, lock, bell
        view = memoryview(memory.memory)
        _, sample_rate, capacity = _HEADER.unpack_from(view)
        frames = np.frombuffer(view, np.float32, capacity, FRAMES_AT)
        super().__init__(
            sample_rate,
            FrameRing(frames),
            ledger(view[WRITER_AT:READER_AT], view[READER_AT:FRAMES_AT], lock),
            bell,
        )

    @classmethod
    def create(cls, audio_format: AudioFormat, capacity_s: float) -> Self:
        """Make it, for the writer; raises `PlayoutError` where the system has no room."""
        capacity = _capacity(audio_format, capacity_s)
        memory = SharedMemory.create(FRAMES_AT + 4 * capacity)
        _HEADER.pack_into(memory.memory, 0, _MAGIC, audio_format.sample_rate, capacity)
        return cls(memory, ProcessLock.create(), ProcessDoorbell.create(), WriterLedger)

    @classmethod
    def attach(cls, handle: str, ledger: type[SharedLedger] = ReaderLedger) -> Self:
        """Open it, for the reader, or for whom `ledger` is; raises `PlayoutError` where `handle` is
        not good here."""
        try:
            memory_handle, lock, bell = handle.split(",")
            memory = SharedMemory.attach(memory_handle)
            if bytes(memory.memory[: len(_MAGIC)]) != _MAGIC:
                memory.close()
                raise ValueError("the memory holds something else")
            return cls(memory, ProcessLock.attach(lock), ProcessDoorbell.attach(bell), ledger)
        except (OSError, ValueError) as error:
            raise PlayoutError(
                f"{handle!r} is no audio buffer here ({error}): give the process "
                "AudioBuffer.handle and start it with pass_fds=AudioBuffer.inherited_fds()"
            ) from error

    @property
    def handle(self) -> str:
        return ",".join((self._memory.handle, self._lock.handle, self._process_bell.handle))

    def inherited_fds(self) -> tuple[int, ...]:
        parts = (self._memory, self._lock, self._process_bell)
        return tuple(fd for part in parts for fd in part.inherited_fds())

    def close(self) -> None:
        self.ring = FrameRing(np.zeros(1, np.float32))  # the last view of the memory goes
        self.ledger.close()
        self._memory.close()
        self._lock.close()
        self._process_bell.close()


def _capacity(audio_format: AudioFormat, capacity_s: float) -> int:
    capacity = round(capacity_s * audio_format.sample_rate)
    if audio_format.channels != 1 or capacity < 1:
        raise PlayoutError(
            f"an audio buffer holds one channel and at least one frame, "
            f"not {audio_format.channels} channels and {capacity_s} s"
        )
    return capacity
