import os
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from skaldcast.core.errors import PlayoutError
from skaldcast.core.playout.shared_memory import SharedMemory

WRITES_WORD = """
import sys
from skaldcast.core.playout.shared_memory import SharedMemory
memory = SharedMemory.attach(sys.argv[1])
memory.memory[:5] = memory.memory[:5].upper()
"""


def test_a_child_sees_and_changes_the_same_memory() -> None:
    memory = SharedMemory.create(100)
    memory.memory[:5] = b"skald"
    subprocess.run(
        [sys.executable, "-c", WRITES_WORD, memory.handle],
        pass_fds=memory.inherited_fds(),
        check=True,
    )
    assert memory.memory[:6] == b"SKALD\0"
    memory.close()


def test_memory_is_zero_at_first_and_as_large_as_asked() -> None:
    memory = SharedMemory.create(10_001)
    assert memory.memory[:] == bytes(10_001)
    memory.close()
    memory.close()


def test_memory_that_is_not_to_be_had_is_an_error_in_our_words() -> None:
    with pytest.raises(PlayoutError, match="0 bytes of shared memory"):
        SharedMemory.create(0)


if sys.platform != "win32":  # there the memory has a name, and no file

    def test_a_system_that_makes_no_files_is_an_error_in_our_words(
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def full(*args: Any, **options: Any) -> int:
            raise OSError(24, "Too many open files")

        monkeypatch.setattr(os, "memfd_create", full, raising=False)
        with pytest.raises(PlayoutError, match="Too many open files"):
            SharedMemory.create(10)

    def test_without_anonymous_files_no_file_is_left_in_the_folder_for_temporary_ones(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        monkeypatch.delattr(os, "memfd_create", raising=False)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        memory = SharedMemory.create(100)
        memory.memory[:5] = b"skald"
        other = SharedMemory.attach(memory.handle)
        assert other.memory[:5] == b"skald"
        assert list(tmp_path.iterdir()) == []
        other.close()
        memory.close()
