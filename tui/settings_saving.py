"""Settings that were chosen while the program runs: kept in the user's file, and in force."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from ..core.config import config_path
from ..core.config_edit import write_settings
from ..core.errors import ConfigError
from .options import forget_overrides, settings_of


def settings_file(arguments: Namespace) -> Path:
    """The file that is read with these arguments; it may not be there."""
    return getattr(arguments, "config", None) or config_path()


def save_settings(arguments: Namespace, values: Mapping[str, object]) -> Path:
    """Write the keys of `values` (dotted) into the settings file, whose comments stay, and return
    it; what the command line said of them no longer holds.

    Raises `ConfigError`: it cannot be written, or a variable of the environment goes before it.
    """
    path = settings_file(arguments)
    write_settings(path, values)
    forget_overrides(arguments, values)
    origins = settings_of(arguments).origins
    for key in values:
        if not origins[key].startswith(f"{path}:"):
            raise ConfigError(
                f"{key} was saved in {path}, but {origins[key]} goes before it: take that away"
            )
    return path
