"""Tests that need CUDA: `make test-gpu`. Where there is none they are not collected."""

import pytest

from skaldcast.core.synthesis.xtts.installed import missing_libraries


def _why_not() -> str:
    if missing := missing_libraries():
        return f"these are not installed: {', '.join(missing)}"
    from skaldcast.core.synthesis.xtts.library import torch

    return "" if torch.cuda.is_available() else "there is no GPU that torch can use"


if _why_not():
    collect_ignore_glob = ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "gpu" and (why := _why_not()):
        raise pytest.UsageError(f"the tests of the GPU cannot run: {why}")
