"""When plain code is asked to do what is due. Runs in main's event loop."""

import asyncio
from collections.abc import Callable

from .clock import monotonic_s

_LEAST_S = 0.001
"""A time that has passed must not keep the event loop from its pipes."""


class Advancing:
    """Calls `advance` with the clock, once for all that happened in a turn of the event loop and
    again when the time that it returned has come. What it raises is given to `failed`.
    """

    def __init__(
        self, advance: Callable[[float], float | None], failed: Callable[[Exception], None]
    ) -> None:
        self._advance = advance
        self._failed = failed
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled = False
        self._closed = False

    def soon(self) -> None:
        """Something happened: a fast voice sends blocks by the hundred."""
        if not self._scheduled and not self._closed:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self.now)

    def now(self) -> None:
        """Something happened that cannot wait for the next turn."""
        self._scheduled = False
        if self._closed:
            return
        self._cancel_timer()
        try:
            again = self._advance(monotonic_s())
        except Exception as error:  # a fault of ours: better told than silent for ever
            self._failed(error)
            return
        if again is not None:
            delay_s = max(again - monotonic_s(), _LEAST_S)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self.now)

    def close(self) -> None:
        """Call no more. Idempotent."""
        self._closed = True
        self._cancel_timer()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
