"""`skaldcast cache`: how much prepared speech is kept, and removing it."""

from argparse import Namespace

from ...core.cache.speech_cache import SpeechCache
from ..options import settings_of
from ..streams import tell
from ..tables import print_table


def cache(arguments: Namespace) -> int:
    """Print what is there, or remove all of it."""
    settings = settings_of(arguments).settings.cache
    speech = SpeechCache(settings.speech_folder, max_bytes=settings.size_mb * 1_000_000)
    if arguments.action == "clear":
        tell(f"{speech.clear()} pieces of prepared speech were removed")
        return 0
    speech.open()
    found = speech.statistics()
    print_table(
        ("pieces", "MB", "at most", "folder"),
        [
            (
                str(found.entries),
                f"{found.bytes / 1e6:.1f}",
                str(settings.size_mb),
                str(settings.speech_folder),
            )
        ],
    )
    return 0
