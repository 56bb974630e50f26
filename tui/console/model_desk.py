"""Fetches models as long work: a thread of its own each, which ends where it is given up."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...core.clock import monotonic_s
from ...core.config import LoadedSettings
from ...core.models.catalogue import MODELS, Model
from ...core.models.fetch import ModelFetch, Progress
from ...core.models.sources import HttpSource, Source
from .works import Work, Works


class ModelSetup(Protocol):
    """Where models are kept. Called in a thread; raises `ConfigError`."""

    def load_settings(self) -> LoadedSettings: ...


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model, and how much of it is here."""

    model: Model
    here: int
    """Bytes, unchecked."""
    is_whole: bool

    @property
    def state(self) -> str:
        """In words."""
        if self.is_whole:
            return "here"
        if not self.here:
            return "not here"
        return f"{self.here / self.model.size:.0%} here, goes on from there"


class ModelDesk:
    """`changed` is called where more, or less, of a model is here than before."""

    def __init__(self, setup: ModelSetup, works: Works, changed: Callable[[], None]) -> None:
        self.rows: Sequence[ModelRow] = ()
        self._setup = setup
        self._works = works
        self._changed = changed

    async def open(self) -> None:
        """Look at what is here; raises `ConfigError`."""

        def look() -> list[ModelRow]:
            folder = self._folder()
            return [_row(model, folder) for model in MODELS.values()]

        self.rows = await asyncio.to_thread(look)

    def fetch(self, model: Model) -> None:
        """Bring a model here, whose licence was agreed to; given up, what has come is kept. Raises
        `StateError` where it is being fetched already."""

        async def doing(work: Work) -> str:
            try:
                folder = await asyncio.to_thread(self._folder)
                return await _Fetching(model, folder, work).run()
            finally:
                self._changed()

        self._works.start(f"Fetch {model.name}", doing)

    def _folder(self) -> Path:
        return self._setup.load_settings().settings.models.folder


class _GivenUp(BaseException):
    """Ends the thread that fetches: no handler for errors may take it for one."""


class _Fetching:
    """A daemon thread, so that a source that hangs keeps nobody from quitting. Its future is set in
    the event loop; `_given_up` is set by that, and looked at by the thread with each block."""

    def __init__(self, model: Model, folder: Path, work: Work) -> None:
        self._work = work
        self._name = model.name
        self._given_up = threading.Event()
        self._begun: tuple[float, int] | None = None
        sources: list[Source] = [HttpSource(address) for address in model.sources]
        self._fetch = ModelFetch(model, folder, sources, self._on_progress, self._pause)
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[str] = self._loop.create_future()

    async def run(self) -> str:
        """Returns what to tell; raises `ModelError`."""
        threading.Thread(target=self._run, name=f"fetch {self._name}", daemon=True).start()
        try:
            return await self._done
        finally:
            self._given_up.set()

    def _run(self) -> None:
        try:
            if self._fetch.is_whole():
                told = f"{self._name} is here already, and whole"
            else:
                told = f"{self._name} is here: {self._fetch.run()}"
            self._tell(lambda: self._done.set_result(told))
        except _GivenUp:
            pass
        except Exception as error:
            failure = error
            self._tell(lambda: self._done.set_exception(failure))

    def _tell(self, tell: Callable[[], None]) -> None:
        def if_wanted() -> None:
            if not self._done.done():
                tell()

        with contextlib.suppress(RuntimeError):  # the program has ended
            self._loop.call_soon_threadsafe(if_wanted)

    def _on_progress(self, progress: Progress) -> None:
        if self._given_up.is_set():
            raise _GivenUp
        self._work.tell(progress.done, progress.total, self._note(progress, monotonic_s()))

    def _note(self, progress: Progress, now_s: float) -> str:
        if progress.checking:
            self._begun = None
            return f"checking {progress.file}"
        begun_s, begun_at = self._begun = self._begun or (now_s, progress.done)
        passed_s, fetched = now_s - begun_s, progress.done - begun_at
        pace = f", {fetched / passed_s / 1e6:.1f} MB/s" if passed_s > 1.0 and fetched else ""
        return f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB{pace}"

    def _pause(self, seconds: float) -> None:
        if self._given_up.wait(seconds):
            raise _GivenUp


def _row(model: Model, folder: Path) -> ModelRow:
    here = ModelFetch(model, folder, (), lambda _: None).bytes_here()
    # Mirrors may lack a file that is optional.
    needed = sum(file.size for file in model.files if not file.optional)
    is_whole = (folder / model.name).is_dir() and here >= needed
    return ModelRow(model, here, is_whole)
