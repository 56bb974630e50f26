"""The engine's public names."""

import subprocess
import sys

import pytest

import skaldcast.core as core

HEAVY = ("numpy", "onnxruntime", "sounddevice", "soxr", "torch", "asyncio", "textual")


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = core.Nonsense  # pyright: ignore[reportAttributeAccessIssue]


def test_the_names_are_listed_before_they_are_used():
    assert set(core.__all__) <= set(dir(core))


@pytest.mark.parametrize("name", core.__all__)
def test_each_name_is_that_of_the_thing(name: str):
    assert getattr(core, name).__name__ == name


def test_importing_the_engine_loads_nothing_heavy():
    show = "import sys, skaldcast.core; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint(HEAVY)
