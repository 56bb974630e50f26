"""The audio buffer between real processes, any of which may be killed at any moment."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.doorbell import ProcessDoorbell

from .audio_buffer_child import SOME_FRAMES, write

CHILD = Path(__file__).with_name("audio_buffer_child.py")
ALL_FRAMES = 100_000_000

Child = subprocess.Popen[str]


class Children:
    """Starts children with a buffer's files, and ends them with the test."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def start(self, role: str, *arguments: str, fds: tuple[int, ...] = ()) -> Child:
        child = subprocess.Popen(
            [sys.executable, str(CHILD), role, *arguments],
            pass_fds=fds,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._children.append(child)
        return child

    def hold(self, buffer: AudioBuffer, spoilt: str = "nothing") -> Child:
        """A child that holds the lock of `buffer`, for good."""
        child = self.start("hold", buffer.handle, spoilt, fds=buffer.inherited_fds())
        assert line(child) == "held"
        return child

    def read(self, buffer: AudioBuffer, room: ProcessDoorbell, seed: int) -> Child:
        fds = (*buffer.inherited_fds(), *room.inherited_fds())
        return self.start("read", buffer.handle, room.handle, str(seed), fds=fds)

    def end(self) -> None:
        for child in self._children:
            child.kill()
            child.communicate()


@pytest.fixture
def children() -> Iterator[Children]:
    children = Children()
    yield children
    children.end()


@pytest.fixture
def buffer() -> Iterator[AudioBuffer]:
    buffer = AudioBuffer.shared(capacity_s=4.0)
    yield buffer
    buffer.close()


@pytest.fixture
def room() -> Iterator[ProcessDoorbell]:
    room = ProcessDoorbell.create()
    yield room
    room.close()


def line(child: Child) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def say(child: Child, text: str) -> None:
    assert child.stdin is not None
    child.stdin.write(text)
    child.stdin.flush()


def found(child: Child) -> dict[str, int]:
    """What a reading child found, in its last line."""
    assert child.stdout is not None
    return json.loads(child.stdout.read().splitlines()[-1])


def test_no_frame_is_lost_repeated_or_torn_in_a_hundred_million(
    children: Children, buffer: AudioBuffer, room: ProcessDoorbell
) -> None:
    reader = children.read(buffer, room, seed=1)
    write(buffer, room, seed=2, until=lambda written: written >= ALL_FRAMES)
    buffer.finish()
    written = buffer.written
    assert found(reader) == {"first": 0, "taken": written, "written": written, "wrong": 0}
    assert buffer.heard == written >= ALL_FRAMES


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_reader_plays_all_that_a_killed_writer_had_pushed(children: Children, seed: int) -> None:
    writer = children.start("write_for_a_reader", str(seed))
    assert line(writer) == "reading"  # the writer's own child says so: both are at full speed
    writer.kill()
    result = found(writer)
    assert result["wrong"] == 0
    assert result["taken"] == result["written"] > SOME_FRAMES


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_new_reader_goes_on_with_the_first_frame_that_a_killed_one_had_not_released(
    children: Children, buffer: AudioBuffer, room: ProcessDoorbell, seed: int
) -> None:
    first = children.read(buffer, room, seed)
    write(buffer, room, seed=seed, until=lambda _: buffer.heard > SOME_FRAMES)
    first.kill()
    first.wait()
    heard = buffer.heard
    second = children.read(buffer, room, seed)
    end = buffer.written + SOME_FRAMES
    write(buffer, room, seed=seed, until=lambda written: written > end)
    buffer.finish()
    written = buffer.written
    assert found(second) == {"first": heard, "taken": written, "written": written, "wrong": 0}


@pytest.mark.parametrize("spoilt", ["nothing", "reader"])
def test_the_writer_goes_on_when_a_reader_dies_with_the_lock_in_hand(
    children: Children, buffer: AudioBuffer, spoilt: str
) -> None:
    reader = AudioBuffer.attach(buffer.handle)
    buffer.push(np.ones(100, np.float32))
    reader.pop_block(40)
    reader.close()
    child = children.hold(buffer, spoilt)
    child.kill()
    assert buffer.push(np.ones(50, np.float32)).size == 0
    assert (buffer.written, buffer.heard) == (150, 40)


@pytest.mark.parametrize("spoilt", ["nothing", "writer"])
def test_the_reader_goes_on_when_the_writer_dies_with_the_lock_in_hand(
    children: Children, buffer: AudioBuffer, spoilt: str
) -> None:
    reader = AudioBuffer.attach(buffer.handle)
    buffer.push(np.ones(100, np.float32))
    child = children.hold(buffer, spoilt)
    child.kill()
    child.wait()
    assert reader.take(200).size == 100
    assert reader.settled


@pytest.fixture
def reader_of_100(buffer: AudioBuffer) -> Iterator[AudioBuffer]:
    """A reader in this process, which has seen that 100 frames are there."""
    reader = AudioBuffer.attach(buffer.handle)
    buffer.push(np.ones(100, np.float32))
    assert reader.wait(60)
    yield reader
    reader.close()


def test_the_reader_goes_on_with_what_it_saw_while_the_writer_stands_still_with_the_lock(
    children: Children, buffer: AudioBuffer, reader_of_100: AudioBuffer
) -> None:
    child = children.hold(buffer)
    assert reader_of_100.take(60).size == 60
    assert reader_of_100.pop_block(20).tolist() == [1.0] * 20
    assert not reader_of_100.settled
    say(child, "\n")
    assert line(child) == "released"
    assert reader_of_100.take(200).size == 20
    assert reader_of_100.settled
    assert (buffer.taken, buffer.heard) == (100, 80)


@pytest.mark.parametrize("timeout_s", [None, 60.0])
def test_what_was_heard_meanwhile_is_told_as_soon_as_the_reader_waits_again(
    children: Children, buffer: AudioBuffer, reader_of_100: AudioBuffer, timeout_s: float | None
) -> None:
    child = children.hold(buffer)
    reader_of_100.pop_block(30)
    say(child, "\n")
    assert line(child) == "released"
    assert not reader_of_100.wait(timeout_s)  # nobody rings, and yet it does not last
    assert buffer.heard == 30


def test_nothing_is_left_of_a_buffer_whose_processes_were_killed(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shared_files() -> set[str]:
        return {path.name for folder in folders for path in folder.iterdir()}

    folders: list[Path] = [tmp_path, *filter(Path.is_dir, [Path("/dev/shm")])]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = shared_files()
    writer = children.start("write_for_a_reader", "4")
    assert line(writer) == "reading"
    writer.kill()
    found(writer)
    assert not {name for name in shared_files() - before if "skald" in name}
    assert not list(tmp_path.iterdir())
