"""CUDA graphs: a step is recorded once and launched as one, not as a thousand kernels."""

import logging
from collections.abc import Callable, Hashable
from typing import Any

from .device import Lane, is_out_of_memory
from .library import torch

_log = logging.getLogger(__name__)


class Graphs:
    """Runs functions that read and write the same tensors each time, by graph where it can.

    A key's first run is an ordinary one, which also warms its kernels up; its second records the
    graph. Where recording fails, all runs are ordinary from then on, and the log says why.
    """

    def __init__(self, lane: Lane, *, wanted: bool = True) -> None:
        self.enabled = wanted and lane.on_cuda
        self._lane = lane
        self._met: set[Hashable] = set()
        self._graphs: dict[Hashable, Any] = {}
        self._pool: Any = None

    def run(self, key: Hashable, function: Callable[[], None]) -> None:
        """Run `function` in the lane, or the graph that was recorded of it under `key`."""
        graph = self._graphs.get(key)
        if graph is None and self.enabled and key in self._met:
            graph = self._record(key, function)
        with self._lane.work():
            if graph is not None:
                graph.replay()
            else:
                function()
        self._met.add(key)

    def _record(self, key: Hashable, function: Callable[[], None]) -> Any:
        graph = torch.cuda.CUDAGraph()
        try:
            # What other threads of ours do meanwhile (allocating, copying) is not recorded.
            with torch.cuda.graph(
                graph,
                pool=self._pool,
                stream=self._lane.stream,
                capture_error_mode="thread_local",
            ):
                function()
        except Exception as error:
            if is_out_of_memory(error):
                raise
            self.enabled = False
            self._graphs.clear()
            _log.warning("no CUDA graphs, steps are launched one by one: %s", error)
            return None
        self._pool = self._pool or graph.pool()
        self._graphs[key] = graph
        return graph
