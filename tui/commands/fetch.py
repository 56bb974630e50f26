"""`skaldcast fetch`: brings a model here, once its licence is agreed to."""

import sys
from argparse import Namespace
from collections.abc import Callable

from ...core.clock import monotonic_s
from ...core.errors import ModelError
from ...core.models.catalogue import MODELS, Licence, Model, find_model
from ...core.models.fetch import ModelFetch, Progress
from ...core.models.sources import HttpSource, parse_source
from ..options import settings_of
from ..progress import StatusLine
from ..streams import emit, tell, write_talk
from ..tables import print_table

_BAR = 24
"""Characters of the bar."""
_REFRESH_S = 0.1


def fetch(arguments: Namespace) -> int:
    """Fetch a model and print its folder; without a name list the models."""
    folder = settings_of(arguments).settings.models.folder
    if not arguments.model:
        print_table(
            ("model", "size", "licence", "here", "what it is"),
            [
                (
                    model.name,
                    f"{model.size / 1e6:.0f} MB",
                    model.licence.name,
                    str(folder / model.name) if (folder / model.name).is_dir() else "no",
                    model.title,
                )
                for model in MODELS.values()
            ],
        )
        return 0
    model = find_model(arguments.model)
    line = StatusLine()
    sources = (
        [parse_source(arguments.source)]
        if arguments.source
        else [HttpSource(address) for address in model.sources]
    )
    fetching = ModelFetch(model, folder, sources, _shown_on(line))
    try:
        if fetching.is_whole():
            line.show("")
            tell(f"{model.name} is here already, and whole")
        else:
            line.show("")
            _agree(model, accepted=arguments.accept_licence)
            fetching.run()
    finally:
        line.show("")
    emit(str(fetching.folder))
    return 0


def _agree(model: Model, *, accepted: bool) -> None:
    """Show the licence and have it agreed to; raises `ModelError` where it is not."""
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if not accepted and not terminal:
        raise ModelError(
            f"{model.name} is under the {model.licence.name}, non-commercial, and nobody can be "
            f"asked here; read {model.licence.url} and add --accept-licence"
        )
    write_talk(_notice(model, model.licence))
    if accepted:
        return
    sys.stderr.write("Do you agree to this licence? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise ModelError(f"{model.name} was not fetched: its licence was not agreed to")


def _notice(model: Model, licence: Licence) -> str:
    return "\n".join(
        (
            f"{model.title}, {model.size / 1e6:.0f} MB",
            f"Licence: {licence.name}. In our words; the text itself decides:",
            *(f"  {line}" for line in licence.gist),
            f"The text: {licence.url}",
        )
    )


class FetchBar:
    """What a line says of a fetch: a bar, and the speed of this run. Plain; the clock is an
    argument."""

    def __init__(self) -> None:
        self._begun_s: float | None = None
        self._begun_at = 0

    def text(self, progress: Progress, now_s: float) -> str:
        """The line for now."""
        share = progress.done / max(progress.total, 1)
        if progress.checking:
            self._begun_s = None
            return f"checking {progress.file} {share:4.0%}"
        if self._begun_s is None:
            self._begun_s, self._begun_at = now_s, progress.done
        bar = ("#" * round(share * _BAR)).ljust(_BAR, ".")
        sizes = f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB"
        pace = self._pace(progress, now_s - self._begun_s)
        return f"{progress.file} [{bar}] {share:4.0%}, {sizes}{pace}"

    def _pace(self, progress: Progress, passed_s: float) -> str:
        fetched = progress.done - self._begun_at
        if passed_s < 1.0 or not fetched:
            return ""
        rate = fetched / passed_s
        left_s = round((progress.total - progress.done) / rate)
        return f", {rate / 1e6:.1f} MB/s, {left_s // 60}:{left_s % 60:02} left"


def _shown_on(line: StatusLine) -> Callable[[Progress], None]:
    """Shows progress on a line, not oftener than it can be read."""
    bar, shown_s = FetchBar(), float("-inf")

    def show(progress: Progress) -> None:
        nonlocal shown_s
        now_s = monotonic_s()
        if now_s - shown_s >= _REFRESH_S:
            shown_s = now_s
            line.show(bar.text(progress, now_s))

    return show
