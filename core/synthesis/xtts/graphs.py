"""CUDA graphs: a step is recorded once and launched as one, not as a thousand kernels."""

import logging
from collections.abc import Callable, Hashable
from typing import Any

from .device import Lane, is_out_of_memory
from .library import torch

_log = logging.getLogger(__name__)


class Graphs:
    """Runs functions that read and write the same tensors each time, by graph where one is there.

    Recording stops the whole device for a moment, so it is done ahead (`record`) and never while
    something is spoken. Where it fails, all runs are ordinary ones, and the log says why.
    """

    def __init__(self, lane: Lane, *, wanted: bool = True) -> None:
        self.enabled = wanted and lane.on_cuda
        self._lane = lane
        self._graphs: dict[Hashable, Any] = {}
        self._pool: Any = None

    def __len__(self) -> int:
        return len(self._graphs)

    def run(self, key: Hashable, function: Callable[[], None]) -> None:
        """Run `function` in the lane, or the graph that was recorded of it under `key`."""
        graph = self._graphs.get(key)
        with self._lane.work():
            if graph is not None:
                graph.replay()
            else:
                function()

    def record(self, key: Hashable, function: Callable[[], None]) -> None:
        """Record `function`, which is run once before, so that its kernels are warm."""
        if not self.enabled:
            return
        self.run(key, function)
        graph = torch.cuda.CUDAGraph()
        try:
            # What other threads do meanwhile (allocating, copying) is none of the graph's. Where
            # recording fails, torch leaves its stream the thread's current one: ours takes it back.
            with (
                self._lane.work(),
                torch.cuda.graph(
                    graph,
                    pool=self._pool,
                    stream=self._lane.stream,
                    capture_error_mode="thread_local",
                ),
            ):
                function()
        except Exception as error:
            if is_out_of_memory(error):
                raise
            self.enabled = False
            self._graphs.clear()
            _log.warning("no CUDA graphs, steps are launched one by one: %s", error)
            return
        self._pool = self._pool or graph.pool()
        self._graphs[key] = graph
