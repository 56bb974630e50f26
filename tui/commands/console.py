"""Without a command: the console."""

import asyncio
import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ...core.errors import SkaldcastError
from ..exit_status import FAILED
from ..last_resort import LastResort
from ..signals import on_interrupt

LAST_RESORT_S = 5.0
"""For the screens to go, and for the threads of this process to end."""

if TYPE_CHECKING:
    from ..console.app import ConsoleApp
    from ..console.seam import ConsoleSetup


def console(arguments: Namespace) -> int:
    """Open the console; returns when it was left. Raises `SkaldcastError` without a terminal."""
    from ..console.keeping import state_folder
    from ..console.setup import Setup

    script: Path | None = getattr(arguments, "script", None)
    return open_console(lambda: Setup(arguments), state_folder(), script)


def open_console(
    make_setup: "Callable[[], ConsoleSetup]", folder: Path, script: Path | None = None
) -> int:
    """Open it with a voice as `make_setup` has it, which may ask the user; `folder` keeps what is
    kept. Raises `SkaldcastError` without a terminal."""
    in_browser = "TEXTUAL_DRIVER" in os.environ  # textual-serve speaks over pipes
    if not in_browser and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise SkaldcastError(
            "the console needs a terminal; without one use `skaldcast --no-tui`, "
            "`skaldcast say TEXT` or `skaldcast read FILE`"
        )
    setup = make_setup()
    from ..console.app import ConsoleApp
    from ..console.log_keeping import logged

    end = LastResort(LAST_RESORT_S, FAILED).begin
    with _terminal_of_its_own(folder) as file, logged(setup.log(), file):
        return asyncio.run(_run(ConsoleApp(setup, folder, script=script), end))


async def _run(app: "ConsoleApp", end: Callable[[], None]) -> int:
    app.on_exit = end
    with on_interrupt(app.leave):
        status = await app.run_async()
    return FAILED if status is None else status  # none: a defect ended it, which was shown


@contextlib.contextmanager
def _terminal_of_its_own(folder: Path) -> Generator[TextIO]:
    """What libraries and the engine's processes write to standard error would fall across the
    screens: inside, it goes into the file that is given, and the screens have a descriptor of
    their own."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        log = os.open(folder / "console.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        log = os.open(os.devnull, os.O_WRONLY)
    terminal, before = os.dup(2), sys.__stderr__
    os.dup2(log, 2)
    os.close(log)
    try:
        with os.fdopen(terminal, "w", encoding="utf-8", closefd=False) as screen:
            sys.__stderr__ = screen  # where Textual draws
            with os.fdopen(os.dup(2), "w", encoding="utf-8", buffering=1) as file:
                yield file
    finally:
        sys.__stderr__ = before
        os.dup2(terminal, 2)
        os.close(terminal)
