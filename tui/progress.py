"""Progress of long work on standard error: only where that is a terminal."""

import asyncio
import contextlib
import sys
from collections.abc import Generator

from ..core.narrator import Narrator

_REFRESH_S = 0.25


@contextlib.contextmanager
def speaking_progress(narrator: Narrator) -> Generator[None]:
    """While inside, a line tells what is being spoken and how much is ready."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("getting ready") as status:

        async def refresh() -> None:
            while True:
                done = sum(cue.outcome is not None for cue in narrator.all_cues)
                status.update(
                    f"{narrator.state}  cue {done + 1} of {len(narrator.all_cues)}  "
                    f"{narrator.buffered_s:.1f} s ready"
                )
                await asyncio.sleep(_REFRESH_S)

        task = asyncio.ensure_future(refresh())
        try:
            yield
        finally:
            task.cancel()
