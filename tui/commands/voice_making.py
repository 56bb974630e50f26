"""`skaldcast voices add` and `remove`: voices from recordings, or between other voices."""

import asyncio
from argparse import Namespace
from collections.abc import Coroutine

from ..options import UsageError, settings_of
from ..progress import progress
from ..streams import emit, tell
from ..voice_making import add_blended, add_learned, remove_voice


def add(arguments: Namespace) -> int:
    """Make a voice, keep it, and print what selects it."""
    name, clips, parts = arguments.name, arguments.clips, arguments.blend
    if not name or bool(clips) == bool(parts):
        raise UsageError(
            "voices add: give a name and clips of the voice, as in `voices add NAME a.wav b.wav`, "
            "or voices to blend, as in `voices add NAME --blend A=0.6 --blend B=0.4`"
        )
    settings = settings_of(arguments).settings
    language = getattr(arguments, "language", None)
    if parts:
        doing, making = "blending the voices", add_blended(settings, name, parts, language)
    else:
        doing = "loading the model and learning the voice"
        making = add_learned(
            settings, name, clips, language, lambda warning: tell(f"warning: {warning}")
        )
    emit(asyncio.run(_shown(doing, making)))
    return 0


def remove(arguments: Namespace) -> int:
    """Delete a voice that was added."""
    if not arguments.name or arguments.clips:
        raise UsageError("voices remove: name the one voice; `skaldcast voices` lists them")
    remove_voice(settings_of(arguments).settings, arguments.name)
    return 0


async def _shown(doing: str, making: Coroutine[object, object, str]) -> str:
    with progress(lambda: f"{doing} ..."):
        return await making
