"""Where each setting's value comes from.

Sources, weakest first: the defaults, the TOML file, ``SKALDCAST_*`` in the environment, the
command line. The variable of a key is its name in capitals, dots and all other marks as ``_``:
``playout.latency_s`` is ``SKALDCAST_PLAYOUT_LATENCY_S``. Nothing is read at import.
"""

import difflib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from .config_file import ConfigFile
from .config_values import allowed, convert, parse, shown
from .errors import ConfigError
from .settings import ENVIRONMENT_PREFIX, Key, Settings, keys

DEFAULT = "default"
COMMAND_LINE = "command line"


def config_path() -> Path:
    """The settings file that is read where none is named."""
    import platformdirs

    return platformdirs.user_config_path("skaldcast", appauthor=False) / "config.toml"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of ``skaldcast config show``."""

    key: str
    value: str
    """As TOML writes it; a secret is masked."""
    origin: str
    meaning: str
    allowed: str


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force, and where each one came from."""

    settings: Settings
    origins: Mapping[str, str]
    """For each key: ``default``, the file with its line, the variable, or ``command line``."""
    warnings: tuple[str, ...] = ()
    """Variables that look like a setting misspelt: told, not refused, for others set variables
    with our prefix too (Kubernetes: ``SKALDCAST_PORT`` for a service of that name)."""


def load_settings(
    path: Path | None, environ: Mapping[str, str], overrides: Mapping[str, object]
) -> LoadedSettings:
    """Read all sources and check them.

    `path` is the file named by the user, which must exist; None reads `config_path()` where that
    exists. `overrides` are the command line's, by dotted key; text is converted. Raises
    `ConfigError` with one line: where, which key, what is wrong, what is allowed.
    """
    loader = _Loader()
    file = ConfigFile.read(path or config_path(), required=path is not None)
    if file is not None:
        loader.take_file(file)
    loader.take_environment(environ)
    loader.take_overrides(overrides)
    return loader.finish()


def check_override(name: str, text: str) -> None:
    """Refuse text for a key as `load_settings` would; the `ConfigError` tells no place."""
    if name not in keys():
        raise ConfigError(_unknown(tuple(name.split(".")), text))
    key = keys()[name]
    try:
        convert(parse(text, key.kind), key.kind, key.rule, Path.cwd())
    except ValueError as error:
        raise ConfigError(f"{name} {error}") from error


class _Loader:
    """Collects values from the weakest source to the strongest."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}
        self._origins: dict[str, str] = dict.fromkeys(keys(), DEFAULT)
        self._warnings: list[str] = []

    def take_file(self, file: ConfigFile) -> None:
        folder = file.path.absolute().parent
        for path, value in file.leaves():
            where = f"{file.path}:{file.lines[path]}"
            name = ".".join(path)
            if name in keys():
                self._set(keys()[name], value, where, folder)
            elif name not in _sections() or not isinstance(value, dict):
                raise ConfigError(f"{where}: {_unknown(path, value)}")

    def take_environment(self, environ: Mapping[str, str]) -> None:
        variables = {key.variable: key for key in keys().values()}
        suffixes = [name.removeprefix(ENVIRONMENT_PREFIX) for name in variables]
        for name, text in environ.items():
            key = variables.get(name)
            if key is not None and text:  # an empty variable is one that is not set
                self._set(key, parse(text, key.kind), name, Path.cwd())
            elif key is None and name.startswith(ENVIRONMENT_PREFIX):
                suffix = name.removeprefix(ENVIRONMENT_PREFIX)
                for close in difflib.get_close_matches(suffix, suffixes, n=1, cutoff=0.75):
                    meant = ENVIRONMENT_PREFIX + close
                    self._warnings.append(f"{name} is no setting; did you mean {meant}?")

    def take_overrides(self, overrides: Mapping[str, object]) -> None:
        for name, value in overrides.items():
            if name not in keys():
                raise ConfigError(f"{COMMAND_LINE}: {_unknown(tuple(name.split('.')), value)}")
            key = keys()[name]
            value = parse(value, key.kind) if isinstance(value, str) else value
            self._set(key, value, COMMAND_LINE, Path.cwd())

    def _set(self, key: Key, value: object, where: str, folder: Path) -> None:
        try:
            self._values[key.name] = convert(value, key.kind, key.rule, folder)
        except ValueError as error:
            raise ConfigError(f"{where}: {key.name} {error}") from error
        self._origins[key.name] = where

    def finish(self) -> LoadedSettings:
        settings = _build(Settings, (), self._values)
        start_s, pause_s = settings.prebuffer.start_s, settings.prebuffer.pause_s
        if start_s <= pause_s:
            origins = [self._origins[f"prebuffer.{name}"] for name in ("pause_s", "start_s")]
            where = [origin for origin in origins if origin != DEFAULT]
            raise ConfigError(
                f"{where[0]}: prebuffer.start_s ({start_s:g}) must be above "
                f"prebuffer.pause_s ({pause_s:g})"
            )
        return LoadedSettings(settings, self._origins, tuple(self._warnings))


def _build(section: type, path: tuple[str, ...], values: Mapping[str, object]) -> Any:
    """A section of the tree from the values that are set; the rest are defaults."""
    kinds = typing.get_type_hints(section)
    arguments: dict[str, object] = {}
    for entry in fields(section):
        inner = (*path, entry.name)
        if is_dataclass(kinds[entry.name]):
            arguments[entry.name] = _build(kinds[entry.name], inner, values)
        elif ".".join(inner) in values:
            arguments[entry.name] = values[".".join(inner)]
    return section(**arguments)


def _sections() -> Mapping[str, list[str]]:
    """The keys of each section."""
    sections: dict[str, list[str]] = {}
    for key in keys().values():
        if len(key.path) > 1:
            sections.setdefault(key.path[0], []).append(key.name)
    return sections


def _unknown(path: tuple[str, ...], value: object) -> str:
    """What is wrong with a key that is none, and which ones may have been meant."""
    name = ".".join(path)
    sections = _sections()
    if name in sections:
        return f"{name} is a section, no key; its keys: {', '.join(sections[name])}"
    if len(path) == 1 and isinstance(value, dict):
        near = difflib.get_close_matches(name, sections, n=1)
        return f"unknown section [{name}]; " + _meant(near, sections)
    siblings = sections.get(path[0], list(keys()))
    last = {key: key.rpartition(".")[2] for key in siblings}
    matches = [path[-1]]
    if path[-1] not in last.values():
        matches = difflib.get_close_matches(path[-1], set(last.values()), n=2)
    near = [key for key in siblings if last[key] in matches]
    return f"unknown key {name}; " + _meant(near, siblings)


def _meant(near: Iterable[str], known: Iterable[str]) -> str:
    if meant := " or ".join(near):
        return f"did you mean {meant}?"
    return f"known: {', '.join(known)}"


def render_effective(loaded: LoadedSettings) -> list[SettingRow]:
    """All settings as ``skaldcast config show`` lists them, secrets masked."""
    rows: list[SettingRow] = []
    for key in keys().values():
        value: object = loaded.settings
        for name in key.path:
            value = getattr(value, name)
        text = shown("***" if key.rule.secret and value else value)
        origin = loaded.origins[key.name]
        choices = allowed(key.kind, key.rule)
        rows.append(SettingRow(key.name, text, origin, key.rule.meaning, choices))
    return rows
