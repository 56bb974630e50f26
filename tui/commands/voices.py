"""`skaldcast voices`: the voices there are, and how each one sounds."""

from argparse import Namespace

from ...core.synthesis.registry import VoiceRegistry
from ..options import UsageError, settings_of
from ..tables import print_table

_SAMPLE = "The gate stood open, and beyond it the road ran down to the sea."


def voices(arguments: Namespace) -> int:
    """List the voices, let one be heard, or add or remove one."""
    language = getattr(arguments, "language", None)
    if arguments.action != "add" and arguments.blend:
        raise UsageError("--blend belongs to `voices add NAME`")
    if arguments.action not in ("add", "try") and language:
        raise UsageError("--language belongs to `voices add NAME` and `voices try NAME`")
    if arguments.action in ("add", "remove"):
        from . import voice_making

        make = voice_making.add if arguments.action == "add" else voice_making.remove
        return make(arguments)
    if arguments.clips:
        raise UsageError(f"not understood: {' '.join(arguments.clips)}")
    if arguments.action == "try":
        return _try(arguments)
    if arguments.name:
        raise UsageError(f"not understood: {arguments.name}; did you mean `voices try NAME`?")
    registry = VoiceRegistry(settings=settings_of(arguments).settings.synthesizers)
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
            for row in registry.list_voices()
        ],
    )
    return 0


def _try(arguments: Namespace) -> int:
    from ..feeding import words
    from .speaking import speak

    arguments.voice = arguments.name or getattr(arguments, "voice", None)
    if not arguments.voice:
        raise UsageError("voices try: name the voice; `skaldcast voices` lists them")
    return speak(arguments, words(_SAMPLE))
