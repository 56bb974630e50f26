"""The settings that a console shows and changes: those of this user, on this machine."""

import os
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import ConfigError
from .settings_file import SettingsFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...core.config import LoadedSettings
    from ...core.settings import LlmSettings, LogSettings


class OwnSettings:
    """By the arguments of the command line, which stand over the file."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self.settings = _file_of(arguments)

    def load_settings(self) -> "LoadedSettings":
        """As they are now. Raises `ConfigError`."""
        return self.settings.load()

    def log(self) -> "LogSettings":
        """What is logged; the defaults while the settings cannot be read."""
        from ...core.settings import LogSettings

        try:
            return self.settings.load().settings.log
        except ConfigError:  # told once the voice is started
            return LogSettings()

    @property
    def settings_file(self) -> Path:
        """Where they are saved."""
        return self.settings.path

    def save_settings(self, values: "Mapping[str, object]") -> Path:
        """Keep what was chosen, in the file that is returned. Raises `ConfigError`."""
        return self.settings.save(values)

    def llm(self) -> "tuple[LlmSettings, str]":
        """The language model's settings and its system prompt, as they are now. Reads files.
        Raises `ConfigError`."""
        from ...core.source.llm.prompt import read_prompt

        llm = self.settings.load().settings.llm
        return llm, read_prompt(llm.prompt_file)


def _file_of(arguments: Namespace) -> SettingsFile:
    """The settings file that these arguments mean."""
    from ...core.config import config_path
    from ..options import forget_overrides, overrides_of

    named: Path | None = getattr(arguments, "config", None)
    return SettingsFile(
        named or config_path(),
        os.environ,
        partial(overrides_of, arguments),
        forget=partial(forget_overrides, arguments),
        named=named is not None,
    )
