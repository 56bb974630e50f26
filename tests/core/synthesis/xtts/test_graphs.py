"""Steps are recorded ahead and replayed; what cannot be recorded is run as it is. CUDA stood in
for by classes that keep its rules."""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from skaldcast.core.synthesis.xtts import graphs
from skaldcast.core.synthesis.xtts.device import Lane
from skaldcast.core.synthesis.xtts.graphs import Graphs
from skaldcast.core.synthesis.xtts.library import torch


class Stream:
    """A lane with a stream, on no card."""

    on_cuda = True
    stream = "the lane's"

    def __init__(self, cuda: "Cuda") -> None:
        self._cuda = cuda

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        before, self._cuda.current = self._cuda.current, self.stream
        try:
            yield
        finally:
            self._cuda.current = before


class Graph:
    """Keeps what was recorded; replaying it calls no Python."""

    def __init__(self, cuda: "Cuda") -> None:
        self._cuda = cuda

    def replay(self) -> None:
        self._cuda.done.append(f"replayed in {self._cuda.current}")

    def pool(self) -> str:
        return "a pool"


class Cuda:
    """As `torch.cuda`. As there, a recording that fails leaves its stream the current one."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.current = "the default"
        self.done: list[str] = []
        self.pools: list[object] = []
        self._fault = fault

    def CUDAGraph(self) -> Graph:  # noqa: N802 - torch's name
        return Graph(self)

    @contextlib.contextmanager
    def graph(
        self, graph: Graph, *, pool: object, stream: str, capture_error_mode: str
    ) -> Iterator[None]:
        assert capture_error_mode == "thread_local"
        self.pools.append(pool)
        before, self.current = self.current, stream
        yield
        if self._fault is not None:
            raise self._fault
        self.current = before


def made(
    monkeypatch: pytest.MonkeyPatch, fault: Exception | None = None, *, wanted: bool = True
) -> tuple[Graphs, Cuda]:
    cuda = Cuda(fault)
    monkeypatch.setattr(graphs, "torch", SimpleNamespace(cuda=cuda))
    lane: Any = Stream(cuda)
    return Graphs(lane, wanted=wanted), cuda


def test_what_was_recorded_is_replayed_in_the_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, cuda = made(monkeypatch)
    calls: list[str] = []
    for key in ("one", "two"):
        recorded.record(key, lambda: calls.append(cuda.current))
    assert calls == ["the lane's"] * 4  # warmed up and recorded, each

    recorded.run("one", lambda: calls.append("run"))

    assert len(calls) == 4
    assert cuda.done == ["replayed in the lane's"]
    assert cuda.pools == [None, "a pool"]


def test_what_was_not_recorded_is_run_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, cuda = made(monkeypatch)
    calls: list[str] = []

    recorded.run("one", lambda: calls.append(cuda.current))

    assert calls == ["the lane's"]


def test_where_recording_fails_all_is_run_as_it_is_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorded, cuda = made(monkeypatch, RuntimeError("operation not permitted"))
    recorded.record("one", lambda: None)
    recorded.record("two", lambda: None)

    assert (recorded.enabled, len(recorded), len(cuda.pools)) == (False, 0, 1)
    assert "operation not permitted" in caplog.text
    assert cuda.current == "the default"


def test_full_memory_is_for_the_caller_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded, cuda = made(monkeypatch, torch.OutOfMemoryError("no memory"))
    with pytest.raises(torch.OutOfMemoryError):
        recorded.record("one", lambda: None)
    assert recorded.enabled
    assert cuda.current == "the default"


def test_nothing_is_recorded_where_it_is_not_wanted_or_there_is_no_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unwanted, cuda = made(monkeypatch, wanted=False)
    unwanted.record("one", lambda: None)
    assert cuda.pools == []
    assert not Graphs(Lane("cpu")).enabled
