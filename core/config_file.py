"""The settings file: read, parsed, and the line of each key found again."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from .errors import ConfigError

LARGEST = 100_000
"""Bytes; a settings file beyond that is a mistake (or /dev/zero)."""

_TOML_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class ConfigFile:
    """A parsed TOML file that can tell where its keys stand."""

    path: Path
    values: Mapping[str, object]
    lines: Mapping[tuple[str, ...], int]
    """The line, counted from 1, where the statement that sets a key (or section) begins."""

    @classmethod
    def read(
        cls, path: Path, *, required: bool, what: str = "settings file"
    ) -> "ConfigFile | None":
        """Read and parse; None where there is no such file and none is required.

        `what` it is, for errors.

        Raises `ConfigError`, with the line where there is one.
        """
        data = _read(path, required, what)
        return None if data is None else cls._parse(path, data)

    @classmethod
    def _parse(cls, path: Path, data: bytes) -> "ConfigFile":
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise ConfigError(f"{path}:{line}: not UTF-8 text; save it as UTF-8") from error
        try:
            return cls(path, tomllib.loads(text), key_lines(text))
        except RecursionError as error:
            raise ConfigError(f"{path}: broken TOML: nested too deeply") from error
        except ValueError as error:
            position = _TOML_POSITION.search(str(error))
            line = int(position[1] or text.count("\n") + 1) if position else 1
            what = _TOML_POSITION.sub("", str(error))
            raise ConfigError(f"{path}:{line}: broken TOML: {what}") from error

    def leaves(self) -> Iterator[tuple[tuple[str, ...], object]]:
        """Keys and values in the file's order, one level of tables opened."""
        for name, value in self.values.items():
            if isinstance(value, dict):
                section = cast("dict[str, object]", value)
                yield (name,), section
                yield from (((name, inner), entry) for inner, entry in section.items())
            else:
                yield (name,), value


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Where each key of valid TOML stands, two names deep.

    tomllib keeps no positions. But every statement parses by itself, and none of its heads does.
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    statement, begin = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        statement += line + "\n"
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:  # goes on in the next line
            continue
        if statement.lstrip().startswith("["):
            table, parsed = _header(parsed), {}
        for path in _paths(table, parsed):
            found.setdefault(path, begin)
        statement, begin = "", number + 1
    return found


def _header(values: Mapping[str, object]) -> tuple[str, ...]:
    """The name in a statement ``[a.b]`` or ``[[a.b]]``, parsed by itself."""
    for name, value in values.items():
        inner = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        return (name, *_header(inner))
    return ()


def _paths(table: tuple[str, ...], parsed: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Every name, two deep, that a statement under the header `table` brings."""
    yield table[:1]
    yield table[:2]
    for name, value in parsed.items():
        yield (*table, name)[:2]
        inner = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        yield from ((*table, name, key)[:2] for key in inner)


def _read(path: Path, required: bool, what: str) -> bytes | None:
    try:
        if path.is_dir():  # opening one is "permission denied" on Windows
            raise ConfigError(f"{path}: cannot be read: it is a folder; name the file in it")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        if not required:
            return None
        raise ConfigError(f"{path}: there is no such {what}") from error
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError(f"{path}: cannot be read: {reason}") from error
    if len(data) > LARGEST:
        raise ConfigError(f"{path}: is over {LARGEST:,} bytes: not a {what}")
    return data
