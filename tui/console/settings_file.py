"""The settings as the console shows and changes them: each with its value, where that came from and
when a change is heeded. Reads and writes files: called in a thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, get_args, get_origin

from ...core.config import (
    COMMAND_LINE,
    DEFAULT,
    LoadedSettings,
    check_override,
    load_settings,
    render_effective,
)
from ...core.config_edit import remove_settings, replace_file, write_settings
from ...core.config_file import LARGEST
from ...core.config_values import alternatives, convert, parse
from ...core.errors import ConfigError, TextError
from ...core.settings import Key, keys

UNKNOWN = "?"
"""Stands for a value while the settings cannot be read."""


class Source(StrEnum):
    """Where a value came from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"
    UNKNOWN = "?"


class Effect(StrEnum):
    """When a change is heeded."""

    AT_ONCE = "at once"
    NEXT_QUESTION = "from the next question on"
    NEXT_VOICE = "at the next start of the voice (R)"
    NEXT_PROGRAM = "at the next start of Skaldcast"


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as it is shown."""

    name: str
    value: str
    """As TOML writes it; a secret is masked."""
    source: Source
    origin: str
    """The same in words: ``default``, ``config.toml, line 3``, ``SKALDCAST_SPEED``."""
    meaning: str
    allowed: str

    @property
    def section(self) -> str:
        """Empty for those above all sections."""
        return self.name.rpartition(".")[0]

    @property
    def is_fixed(self) -> bool:
        """What stands in the file is not heeded."""
        return self.source in (Source.ENVIRONMENT, Source.COMMAND_LINE)


@dataclass(frozen=True, slots=True)
class SettingsSheet:
    """All settings at one moment."""

    path: Path
    exists: bool
    lines: tuple[SettingLine, ...]
    loaded: LoadedSettings | None
    """None where they cannot be read."""
    error: str = ""
    """Why not: place, key, what is wrong and what is allowed."""

    def line(self, name: str) -> SettingLine:
        """The one with this name; `KeyError` where there is none."""
        found = next((line for line in self.lines if line.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def typed(self, name: str) -> str:
        """A value as one would type it; of a secret, and of what is not known, nothing."""
        key = keys()[name]
        if self.loaded is None or key.rule.secret:
            return ""
        value: object = self.loaded.settings
        for part in key.path:
            value = getattr(value, part)
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)


class SettingsFile:
    """The file at `path`, with what goes before it. `named`: by the user, so that it must exist.

    `overrides` gives what the command line says by now; `forget` takes keys out of that. None of
    it is ever written into the file.
    """

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str],
        overrides: Callable[[], Mapping[str, object]],
        *,
        forget: Callable[[Iterable[str]], object] = lambda _: None,
        named: bool = True,
    ) -> None:
        self.path = path
        self._environ, self._overrides, self._named = environ, overrides, named
        self._forget = forget

    def load(self) -> LoadedSettings:
        """The settings in force; raises `ConfigError`."""
        return self._load({})

    def _load(self, more: Mapping[str, object]) -> LoadedSettings:
        path = self.path if self._named or self.path.exists() else None
        return load_settings(path, self._environ, {**self._overrides(), **more})

    def read(self) -> SettingsSheet:
        """All settings; where they cannot be read, why."""
        exists = self.path.exists()
        try:
            loaded = self.load()
        except ConfigError as error:
            lines = tuple(_unknown(key) for key in keys().values())
            return SettingsSheet(self.path, exists, lines, None, str(error))
        lines = tuple(
            SettingLine(row.key, row.value, *self._source(row.origin), row.meaning, row.allowed)
            for row in render_effective(loaded)
        )
        return SettingsSheet(self.path, exists, lines, loaded)

    def _source(self, origin: str) -> tuple[Source, str]:
        if origin == DEFAULT:
            return Source.DEFAULT, origin
        if origin == COMMAND_LINE:
            return Source.COMMAND_LINE, origin
        if origin.startswith(f"{self.path}:"):
            return Source.FILE, f"{self.path.name}, line {origin.rpartition(':')[2]}"
        return Source.ENVIRONMENT, origin

    def wrong(self, name: str, text: str) -> str | None:
        """What the configuration would say against this text as a value; None where nothing."""
        try:
            check_override(name, text)
        except ConfigError as error:
            return str(error)
        try:
            self.load()
        except ConfigError:  # it is broken already, elsewhere: that is told apart
            return None
        try:
            self._load({name: text})
        except ConfigError as error:
            return str(error).removeprefix(f"{COMMAND_LINE}: ")
        return None

    def change(self, name: str, text: str) -> None:
        """Write a value into the file; comments and all else stay. Raises `ConfigError`, for a
        wrong value as the configuration does, and nothing is changed then."""
        if (wrong := self.wrong(name, text)) is not None:
            raise ConfigError(wrong)
        write_settings(self.path, {name: _written(keys()[name], text)})

    def save(self, values: Mapping[str, object]) -> Path:
        """Keep what was chosen, by dotted keys, in the file, which is returned; it holds at once:
        what the command line said of it no longer does. Raises `ConfigError`: it cannot be
        written, or a variable of the environment goes before it."""
        write_settings(self.path, values)
        self._forget(values)
        origins = self.load().origins
        for name in values:
            if self._source(origins[name])[0] is not Source.FILE:
                raise ConfigError(
                    f"{name} was saved in {self.path}, but {origins[name]} goes before it: take "
                    "that away"
                )
        return self.path

    def reset(self, name: str) -> bool:
        """Take a key out of the file; whether it stood there. Raises `ConfigError`."""
        return remove_settings(self.path, (name,))

    def text(self) -> str:
        """The file as it is, empty where there is none; raises `TextError`."""
        try:
            with self.path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return ""
        except OSError as error:
            reason = error.strerror or error
            raise TextError(f"{self.path} cannot be read: {reason}; check the path") from error
        if len(data) > LARGEST:
            raise TextError(f"{self.path} is over {LARGEST:,} bytes: not a settings file")
        return data.decode("utf-8-sig", errors="replace")

    def write_text(self, text: str) -> None:
        """Put `text` into the file, whole or not at all, be it right or not; raises `TextError`."""
        try:
            place = self.path.resolve()
            if place.exists() and not place.stat().st_mode & 0o222:  # as `check_writable` has it
                raise TextError(f"{self.path} cannot be written: it is read-only; make it writable")
            place.parent.mkdir(parents=True, exist_ok=True)
            replace_file(place, text.encode("utf-8", "replace"))
        except OSError as error:
            reason = error.strerror or error
            raise TextError(f"{self.path} cannot be written: {reason}") from error


def effect_of(name: str) -> Effect:
    """When a change of this setting is heeded."""
    if name.startswith("llm."):
        return Effect.NEXT_QUESTION
    if name == "playout.volume":
        return Effect.AT_ONCE
    return Effect.NEXT_PROGRAM if name.startswith("log.") else Effect.NEXT_VOICE


def choices_of(name: str) -> tuple[str, ...]:
    """The values to choose from, where there are few."""
    kind = alternatives(keys()[name].kind)[0]
    if get_origin(kind) is Literal:
        return tuple(str(choice) for choice in get_args(kind))
    return ("true", "false") if kind is bool else ()


def filtered(lines: tuple[SettingLine, ...], wanted: str) -> list[SettingLine]:
    """Those that have all the words in their name, value, origin or meaning, in any case."""
    words = wanted.casefold().split()

    def text_of(line: SettingLine) -> str:
        return f"{line.name} {line.value} {line.origin} {line.meaning}".casefold()

    return [line for line in lines if all(word in text_of(line) for word in words)]


def _written(key: Key, text: str) -> object:
    """What the file holds for it; of a path what was typed, which counts from the file's folder."""
    value = convert(parse(text, key.kind), key.kind, key.rule, Path())
    if value is None:
        return ""
    return text if isinstance(value, Path) else value


def _unknown(key: Key) -> SettingLine:
    return SettingLine(key.name, UNKNOWN, Source.UNKNOWN, UNKNOWN, key.rule.meaning, "")
