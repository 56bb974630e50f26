"""`skaldcast config`: where the settings are, and what they are."""

from argparse import Namespace

from ...core.config import config_path, render_effective
from ..options import settings_of
from ..tables import print_table


def config(arguments: Namespace) -> int:
    if arguments.action == "path":
        print(getattr(arguments, "config", None) or config_path())
        return 0
    loaded = settings_of(arguments)
    if arguments.action == "check":
        for warning in loaded.warnings:
            print(warning)
        print("the settings are in order")
        return 0
    print_table(
        ("key", "value", "from", "meaning"),
        [(row.key, row.value, row.origin, row.meaning) for row in render_effective(loaded)],
    )
    return 0
