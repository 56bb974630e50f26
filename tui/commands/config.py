"""`skaldcast config`: where the settings are, and what they are."""

from argparse import Namespace
from pathlib import Path

from ...core.config import config_path, render_effective
from ...core.synthesis.registry import VoiceRegistry
from ..narration import check_output
from ..options import settings_of
from ..streams import emit
from ..tables import print_table


def config(arguments: Namespace) -> int:
    """Print the settings file's path, all settings, or that they are in order."""
    path: Path = getattr(arguments, "config", None) or config_path()
    if arguments.action == "path":
        emit(str(path))
        return 0
    loaded = settings_of(arguments)
    if arguments.action == "check":
        check_output(loaded)
        VoiceRegistry(settings=loaded.settings.synthesizers).resolve(loaded.settings.voice)
        emit(f"{path}: " + ("in order" if path.exists() else "not there; the defaults are used"))
        return 0
    print_table(
        ("key", "value", "from", "meaning"),
        [(row.key, row.value, row.origin, row.meaning) for row in render_effective(loaded)],
    )
    return 0
