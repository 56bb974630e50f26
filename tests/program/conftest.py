"""`make test-dist` builds the program and runs these; else they are left out, which is no skip."""

from pathlib import Path

import pytest

from tests.device_fixtures import own_sound_server, shared_sound_server, sound_server

__all__ = ["own_sound_server", "shared_sound_server", "sound_server"]

PROGRAM = Path(__file__).parents[2] / "dist" / "skaldcast" / "skaldcast"


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "dist" and not PROGRAM.is_file():
        raise pytest.UsageError(f"there is no {PROGRAM}: make dist")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.name.startswith("test_")
    return True if is_test and config.option.markexpr != "dist" else None
