"""The whole list as long work: all of its speech made ahead, or put into a file of sound."""

import asyncio
import contextlib
import glob
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.cue_list import CueList
from ...core.errors import OutputError, StateError
from ...core.types import Outcome
from .works import Work

if TYPE_CHECKING:
    from ...core.cue import Cue
    from ...core.narrator import Narrator
    from ...core.prompter import Prompter

SUFFIXES = (".wav", ".flac")
_AT_ONCE = 4
"""Cues that are being prepared: the voice never waits for the next, and few must be given up."""
_NICE = 10
"""Of the process that makes the speech of a file: what is heard now goes before."""


def sound_place(path: Path) -> Path:
    """Where a file of sound may go. Raises `OutputError`."""
    if path.suffix.casefold() not in SUFFIXES:
        raise OutputError(f"{path.name} is neither .wav nor .flac: give it one of these endings")
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent}: make it, or choose another")
    if path.exists():
        raise OutputError(f"{path} is there already: choose another name, or remove it first")
    return path


async def prepare_list(work: Work, cues: CueList, prompter: "Prompter") -> str:
    """Make all cues ahead, the one that stands by first, then those behind it, then the rest; what
    has been edited or deleted meanwhile is passed over."""
    lines = list(cues)
    begin = 0 if cues.standby is None else cues.index(cues.standby)
    waiting = iter([*lines[begin:], *lines[:begin]])
    done = 0

    async def prepare_one_after_another() -> None:
        nonlocal done
        for line in waiting:
            await prompter.prepare(line)
            done += 1
            work.tell(done, len(lines), f"{done} of {len(lines)} cues")

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(prepare_one_after_another())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    failed = sum(line.error is not None for line in lines)
    return f"prepared {done - failed} of {done} cues" + ("; the others say why" if failed else "")


async def render_list(
    work: Work, cues: CueList, make_narrator: "Callable[[Path], Narrator]", place: Path
) -> str:
    """Speak all cues into the file `place`, as fast as they are made, with a voice beside the one
    that is heard. The file is there once it is whole; given up, there is none."""
    partial = place.with_name(f".{place.stem}.part{place.suffix}")
    rows = [(line.text, line.character, line.voice) for line in cues]
    if not rows:
        raise StateError("there are no cues in the list")
    try:
        async with make_narrator(partial) as narrator:
            _give_way(narrator.process_ids.get("synthesis"))
            given: list[Cue] = []
            for text, character, voice in rows:
                await narrator.room()
                given.append(narrator.play(text, character=character, voice=voice))
                _tell(work, narrator, len(given), len(rows))
            for cue in given:
                await cue.wait_finished()
                _tell(work, narrator, len(given), len(rows))
            await narrator.drain()
        await asyncio.to_thread(partial.replace, place)
    except OSError as error:
        raise OutputError(f"{place} cannot be written: {error.strerror or error}") from error
    finally:
        for left in place.parent.glob(f"{glob.escape(partial.name)}*"):
            with contextlib.suppress(OSError):
                left.unlink()
    if failed := [cue for cue in given if cue.outcome is Outcome.FAILED]:
        raise OutputError(f"{place} is there without {len(failed)} cues: {failed[0].error}")
    seconds = sum(cue.audio_s for cue in given)
    return f"rendered {len(given)} cues, {seconds / 60:.0f} min {seconds % 60:.0f} s, to {place}"


def _tell(work: Work, narrator: "Narrator", given: int, total: int) -> None:
    done = given - narrator.waiting
    work.tell(done, total, f"{done} of {total} cues")


def _give_way(process_id: int | None) -> None:
    if process_id is not None and hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process_id, _NICE)
