"""`skaldcast voices`: the voices there are, and how each one sounds."""

from argparse import Namespace

from ...core.errors import UnknownVoiceError
from ...core.narrator import Narrator
from ...core.synthesis.registry import VoiceRegistry
from ..tables import print_table
from .speaking import speak

_SAMPLE = "The gate stood open, and beyond it the road ran down to the sea."


def voices(arguments: Namespace) -> int:
    return _try(arguments) if arguments.action == "try" else _list()


def _list() -> int:
    print_table(
        ("voice", "languages", "licence", "from", "what it is"),
        [
            (
                row.voice.spec,
                ", ".join(row.voice.languages),
                row.voice.licence,
                row.voice.source,
                row.voice.description + (f" (needs: {row.missing})" if row.missing else ""),
            )
            for row in VoiceRegistry().list_voices()
        ],
    )
    return 0


def _try(arguments: Namespace) -> int:
    if not arguments.name:
        raise UnknownVoiceError("name the voice to try; `skaldcast voices` lists them")
    arguments.voice = arguments.name

    async def feed(narrator: Narrator) -> None:
        narrator.play(_SAMPLE)

    return speak(arguments, feed)
