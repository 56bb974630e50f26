"""What the tests of all game engines share."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The engine as one program, which `make dist` would build."""
    path = tmp_path / "the game" / "skaldcast"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m skaldcast.tui "$@"\n', "utf-8")
    path.chmod(0o755)
    return path
