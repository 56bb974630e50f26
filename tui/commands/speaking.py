"""`say`, `read` and `--no-tui`: text to a narrator, and a report of how it went."""

import asyncio
import contextlib
import signal
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path

from ...core.cue import Cue
from ...core.errors import SkaldcastError
from ...core.narrator import Narrator
from ...core.report import write_report
from ...core.source.paragraphs import ParagraphSplitter
from ...core.source.reader import TextReader
from ...core.types import Outcome
from ..options import narrator_options, settings_of
from ..progress import speaking_progress

Feed = Callable[[Narrator], Awaitable[None]]
INTERRUPTED = 130


def say(arguments: Namespace) -> int:
    """Speak the words given."""
    text = " ".join(arguments.text)

    async def feed(narrator: Narrator) -> None:
        narrator.play(text)

    return speak(arguments, feed)


def read(arguments: Namespace) -> int:
    """Speak a script, or standard input as it arrives; each paragraph is a cue."""
    if arguments.file == "-":
        reader = TextReader.standard_input()
    else:
        reader = TextReader.open(Path(arguments.file).expanduser())

    async def feed(narrator: Narrator) -> None:
        await feed_paragraphs(narrator, reader)

    return speak(arguments, feed)


async def feed_paragraphs(narrator: Narrator, reader: TextReader) -> None:
    """One cue for each paragraph; its text is spoken while it still comes."""
    splitter = ParagraphSplitter()
    cue: Cue | None = None
    async for text in reader:
        await narrator.room()
        for piece in splitter.push(text):
            cue = _take_piece(narrator, cue, piece)
            await narrator.room()
    for piece in splitter.finish():
        cue = _take_piece(narrator, cue, piece)
    if reader.replaced:
        _tell(f"{reader.replaced} places were not UTF-8 and are left out")


def _take_piece(narrator: Narrator, cue: Cue | None, piece: str | None) -> Cue | None:
    if piece is None:
        if cue is not None:
            narrator.finish(cue)
        return None
    cue = cue or narrator.open()
    narrator.push(cue, piece)
    return cue


def headless(arguments: Namespace) -> int:
    """Run without a console: lines on a piped standard input are cues."""
    piped = not sys.stdin.isatty()
    until_end_of_input = bool(getattr(arguments, "no_bridge", False))

    async def feed(narrator: Narrator) -> None:
        if piped:
            await _feed_lines(narrator, TextReader.standard_input())
        if not until_end_of_input:
            await asyncio.Event().wait()

    return asyncio.run(_run_headless(arguments, feed))


async def _feed_lines(narrator: Narrator, reader: TextReader) -> None:
    held = ""
    async for text in reader:
        *lines, held = (held + text).split("\n")
        for line in lines:
            await _play_line(narrator, line)
    await _play_line(narrator, held)


async def _play_line(narrator: Narrator, line: str) -> None:
    if line.strip():
        narrator.play(line.strip())
        await narrator.room()


async def _run_headless(arguments: Namespace, feed: Feed) -> int:
    """Drain what is speaking at the first signal, end at once at the second; exit 0."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    again = asyncio.Event()

    def on_signal(*_: object) -> None:
        loop.call_soon_threadsafe((again if asked.is_set() else asked).set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, on_signal)
        except NotImplementedError:  # Windows
            signal.signal(number, on_signal)
    grace_s = float(getattr(arguments, "grace", 5.0))
    loaded = settings_of(arguments)
    async with Narrator(narrator_options(loaded.settings)) as narrator:
        try:
            feeding = asyncio.create_task(_feed_and_drain(narrator, feed))
            ends = [asyncio.create_task(event.wait()) for event in (asked, again)]
            await asyncio.wait([feeding, ends[0]], return_when=asyncio.FIRST_COMPLETED)
            if feeding.done():
                await feeding
            else:
                feeding.cancel()
                await _drain_speaking(narrator, ends[1], grace_s)
            for task in ends:
                task.cancel()
        finally:
            _report(arguments, narrator)
    return 0


async def _drain_speaking(narrator: Narrator, again: asyncio.Task[bool], grace_s: float) -> None:
    for cue in narrator.cues[1:]:
        narrator.cancel(cue)
    for cue in narrator.cues[:1]:
        narrator.finish(cue)
    draining = asyncio.create_task(narrator.drain())
    await asyncio.wait([draining, again], timeout=grace_s, return_when=asyncio.FIRST_COMPLETED)
    draining.cancel()
    with contextlib.suppress(asyncio.CancelledError, SkaldcastError):
        await draining


def speak(arguments: Namespace, feed: Feed) -> int:
    try:
        return asyncio.run(_speak_async(arguments, feed))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED


async def _speak_async(arguments: Namespace, feed: Feed) -> int:
    loaded = settings_of(arguments)
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows has no SIGTERM to speak of
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    narrator = Narrator(narrator_options(loaded.settings))
    try:
        async with narrator:
            with speaking_progress(narrator):
                await _feed_and_drain(narrator, feed)
    finally:
        _report(arguments, narrator)
    return _exit_status(narrator)


async def _feed_and_drain(narrator: Narrator, feed: Feed) -> None:
    """Feed and watch for failure at once, so that a dead output does not leave us reading."""
    feeding = asyncio.ensure_future(feed(narrator))
    failing = asyncio.ensure_future(narrator.failed())
    try:
        await asyncio.wait([feeding, failing], return_when=asyncio.FIRST_COMPLETED)
        if feeding.done():
            await feeding
        await narrator.drain()
    finally:
        for task in (feeding, failing):
            task.cancel()


def _report(arguments: Namespace, narrator: Narrator) -> None:
    path: Path | None = getattr(arguments, "report", None)
    if path is not None and narrator.started:
        write_report(narrator.report(), path)


def _exit_status(narrator: Narrator) -> int:
    failed = [cue for cue in narrator.all_cues if cue.outcome is Outcome.FAILED]
    for cue in failed:
        _tell(f"{cue.error}")
    return 1 if failed else 0


def _tell(text: str) -> None:
    print(f"skaldcast: {text}", file=sys.stderr)
