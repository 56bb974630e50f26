"""The settings that a console shows and changes: those of this user, on this machine."""

import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from .settings_file import SettingsFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...core.config import LoadedSettings
    from ...core.settings import LlmSettings


class OwnSettings:
    """By the arguments of the command line, which stand over the file."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self.settings = _file_of(arguments)

    def load_settings(self) -> "LoadedSettings":
        """As they are now. Raises `ConfigError`."""
        from ..options import settings_of

        return settings_of(self._arguments)

    @property
    def settings_file(self) -> Path:
        """Where they are saved."""
        from ..settings_saving import settings_file

        return settings_file(self._arguments)

    def save_settings(self, values: "Mapping[str, object]") -> Path:
        """Keep what was chosen, in the file that is returned. Raises `ConfigError`."""
        from ..settings_saving import save_settings

        return save_settings(self._arguments, values)

    def llm(self) -> "tuple[LlmSettings, str]":
        """The language model's settings and its system prompt, as they are now. Reads files.
        Raises `ConfigError`."""
        from ...core.source.llm.prompt import read_prompt

        llm = self.settings.load().settings.llm
        return llm, read_prompt(llm.prompt_file)


def _file_of(arguments: Namespace) -> SettingsFile:
    """The settings file that these arguments mean."""
    from ...core.config import config_path
    from ..options import overrides_of

    named: Path | None = getattr(arguments, "config", None)
    path = named or config_path()
    return SettingsFile(path, os.environ, overrides_of(arguments), named=named is not None)
