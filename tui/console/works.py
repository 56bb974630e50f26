"""Long work beside everything else: what is being done, how far it is, and how it is given up."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TypeAlias

from ...core.clock import monotonic_s
from ...core.errors import SkaldcastError, StateError

_log = logging.getLogger(__name__)
_MOST = 4
"""At once: each has a line of the screen."""

Doing: TypeAlias = Callable[["Work"], Coroutine[object, object, str]]
"""Does the work and tells how far it is; cancelled where it is given up. It returns what the user
is to know in the end, empty without, and raises `SkaldcastError` for what went wrong."""


class Work:
    """One long work; any thread may tell how far it is."""

    def __init__(self, name: str, began_s: float) -> None:
        self.name = name
        self.began_s = began_s
        self.share: float | None = None
        """Of it that is done, 0..1; None where that is not known."""
        self.note = ""

    def tell(self, done: float, total: float = 0.0, note: str = "") -> None:
        """So much of `total` is done, in any unit; without a total it only shows that it goes on.
        `note` is a few words for people: ``12 of 40 cues``."""
        self.share = min(max(done / total, 0.0), 1.0) if total > 0.0 else None
        self.note = note


class Works:
    """Those that are being done, four at most; nobody waits.

    `say` is told what came of each, and whether that is trouble; `on_change` is called where one
    began or ended.
    """

    def __init__(
        self,
        say: Callable[[str, bool], object],
        on_change: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = monotonic_s,
    ) -> None:
        self._say = say
        self._on_change = on_change
        self._clock = clock
        self._doing: dict[Work, asyncio.Task[None]] = {}

    @property
    def all(self) -> list[Work]:
        """In the order in which they began."""
        return list(self._doing)

    def running_s(self, work: Work) -> float:
        """Since it began."""
        return self._clock() - work.began_s

    def start(self, name: str, doing: Doing) -> Work:
        """Begin, in the running event loop; raises `StateError` where one of this name, or too
        many, are being done."""
        if any(work.name == name for work in self._doing):
            raise StateError(f"{name}: that is being done already; Ctrl+B gives it up")
        if len(self._doing) >= _MOST:
            raise StateError(
                f"{name}: {_MOST} long works are being done; wait, or Ctrl+B gives one up"
            )
        work = Work(name, self._clock())
        self._doing[work] = asyncio.create_task(self._do(work, doing), name=name)
        self._on_change()
        return work

    def give_up(self, work: Work | None = None) -> None:
        """Cancel a work, else the one that began last; raises `StateError` where there is none."""
        if not self._doing:
            raise StateError("there is no long work to give up")
        self._doing[work or self.all[-1]].cancel()

    async def close(self) -> None:
        """Give all up and wait until they have ended."""
        tasks = list(self._doing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _do(self, work: Work, doing: Doing) -> None:
        try:
            text, trouble = await doing(work), False
        except asyncio.CancelledError:
            text, trouble = f"{work.name}: given up", False
        except SkaldcastError as error:
            text, trouble = f"{work.name}: {error}", True
        except Exception as error:  # a defect of ours: the screens stay, and it is told
            _log.exception("%s failed", work.name)
            text, trouble = f"{work.name}: an internal error, {error!r}", True
        finally:
            del self._doing[work]
            self._on_change()
        if text:
            self._say(text, trouble)
