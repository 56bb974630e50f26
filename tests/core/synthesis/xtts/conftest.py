"""Tests that need the extra ``[xtts]`` import torch from `xtts.library`, or use the tiny model;
without the extra they are not collected, which `pytest` says in its first lines
(tests/conftest.py)."""

import os
from pathlib import Path

import pytest

from skaldcast.core.synthesis.xtts.installed import missing_libraries
from tests.no_skips import VARIABLE

if missing := missing_libraries():
    if os.environ.get(VARIABLE, "0") not in ("", "0"):
        raise pytest.UsageError(f"{VARIABLE} is set, but these are not installed: {missing}")
    collect_ignore = [
        path.name
        for path in Path(__file__).parent.glob("test_*.py")
        if any(
            name in path.read_text("utf-8")
            for name in ("xtts.library", "import tiny", "tiny_folder")
        )
    ]
else:
    from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
    from tests.core.synthesis.xtts import tiny

    @pytest.fixture(scope="session")
    def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A tiny checkpoint, which stops by itself after some 20 codes."""
        with tiny.narrow():
            return tiny.build(tmp_path_factory.mktemp("xtts") / "tiny")

    @pytest.fixture(scope="session")
    def endless_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """One that speaks until its budget of codes ends."""
        with tiny.narrow():
            return tiny.build(tmp_path_factory.mktemp("xtts") / "endless", stop_bias=tiny.NEVER)

    @pytest.fixture(scope="session")
    def checkpoint(tiny_folder: Path) -> Checkpoint:
        """The tiny model, loaded. Tests leave it as it is."""
        return tiny.load(tiny_folder)

    @pytest.fixture(scope="session")
    def endless(endless_folder: Path) -> Checkpoint:
        return tiny.load(endless_folder)
