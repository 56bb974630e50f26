"""`say` and `read`: text to a narrator, and a report of how it went."""

import asyncio
import contextlib
import os
from argparse import Namespace

from ...core.errors import SkaldcastError
from ...core.narrator import Narrator
from ...core.source.paragraphs import ParagraphSplitter
from ...core.source.reader import TextReader
from ...core.user_path import user_path
from ..exit_status import INTERRUPTED
from ..feeding import Feed, cues, feed_and_drain, words
from ..journaling import Begun, recorded
from ..narration import (
    Recording,
    describe,
    finish_report,
    make_narrator,
    tell_failed_cues,
    tell_troubles,
)
from ..options import UsageError
from ..progress import progress
from ..signals import on_interrupt
from ..streams import tell
from ..web_address import listeners_of


def say(arguments: Namespace) -> int:
    """Speak the words given."""
    return speak(arguments, words(" ".join(arguments.text)), Begun("say"))


def read(arguments: Namespace) -> int:
    """Speak a script, or standard input as it arrives; each paragraph is a cue."""
    if arguments.file == "-":
        if arguments.resume:
            raise UsageError(
                "argument --resume: standard input cannot be gone on with; give a file"
            )
        reader, begun, passover = TextReader.standard_input(), Begun("read"), None
    else:
        path = user_path(arguments.file)
        reader = TextReader.open(path)
        begun, passover = Begun.reading(path), None
        if arguments.resume:
            from ..resuming import resume_file  # SQLite and more, which nothing else needs so soon

            begun, passover = resume_file(arguments, begun, path)
    typed = arguments.file == "-" and os.isatty(0)
    feed = cues(reader, ParagraphSplitter(), passover)
    return speak(arguments, feed, begun, show_progress=not typed)


def speak(
    arguments: Namespace, feed: Feed, begun: Begun | None = None, *, show_progress: bool = True
) -> int:
    """Run `narrate`."""
    return asyncio.run(narrate(arguments, feed, begun, show_progress=show_progress))


async def narrate(
    arguments: Namespace, feed: Feed, begun: Begun | None = None, *, show_progress: bool
) -> int:
    """Speak what `feed` gives, recorded where `begun` says as what; returns the exit status. A line
    of progress would be written over what somebody types, or what goes to the same terminal."""
    narrator = make_narrator(arguments)
    recording = Recording(arguments)
    speaking = asyncio.create_task(_narrate(arguments, narrator, feed, begun, recording))

    def interrupt() -> None:
        if speaking.cancelling():
            _leave_at_once(arguments, narrator)
        speaking.cancel()

    with on_interrupt(interrupt), progress(lambda: describe(narrator) if show_progress else ""):
        try:
            await speaking
        except asyncio.CancelledError:
            finish_report(arguments, narrator)
            return INTERRUPTED
        except SkaldcastError:
            finish_report(arguments, narrator)
            raise
    if not any(cue.audio_s or cue.error for cue in narrator.all_cues):
        tell("there was nothing to speak: no letter or digit in the text")
    told = tell_failed_cues(narrator)
    return max(told, recording.status, finish_report(arguments, narrator))


async def _narrate(
    arguments: Namespace,
    narrator: Narrator,
    feed: Feed,
    begun: Begun | None,
    recording: Recording,
) -> None:
    telling = asyncio.create_task(tell_troubles(narrator))
    try:
        async with contextlib.AsyncExitStack() as stack:
            if begun is not None:
                await stack.enter_async_context(recorded(arguments, narrator, begun))
            await stack.enter_async_context(listeners_of(arguments, narrator))
            await stack.enter_async_context(narrator)
            recording.begin(narrator)
            await feed_and_drain(narrator, feed)
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


def _leave_at_once(arguments: Namespace, narrator: Narrator) -> None:
    """The second time it is meant: nothing is waited for, the children end with their pipes."""
    with contextlib.suppress(SkaldcastError):
        narrator.stop()
    finish_report(arguments, narrator)
    os._exit(INTERRUPTED)
