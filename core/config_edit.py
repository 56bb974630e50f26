"""Writes settings into the user's file; comments and all other keys stay as they are."""

import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from .config_file import ConfigFile
from .errors import ConfigError
from .settings import keys


def check_writable(path: Path, *, what: str = "settings file") -> None:
    """Raise the `ConfigError` that `write_settings` would, as far as it can be told ahead."""
    ConfigFile.read(path, required=False, what=what)
    if path.exists() and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        raise ConfigError(f"{path}: cannot be written: it is read-only; make it writable")


def write_settings(path: Path, values: Mapping[str, object]) -> None:
    """Set the keys of `values` (dotted, as in `Settings`) in the file at `path`, which is made
    where there is none, and replaced whole or not at all. Raises `ConfigError`."""
    wanted = ", ".join(f"{key} = {_told(key, value)}" for key, value in values.items())
    _rewrite(path, lambda text: with_values(text, values), f"write into it by hand: {wanted}")


def remove_settings(path: Path, names: Sequence[str]) -> bool:
    """Take dotted keys out of the file at `path`, so that their defaults hold; whether any stood
    there. The file is replaced whole or not at all. Raises `ConfigError`."""
    return _rewrite(
        path, lambda text: without_keys(text, names), f"take out of it by hand: {', '.join(names)}"
    )


def _rewrite(path: Path, change: Callable[[str], str], by_hand: str) -> bool:
    """Whether the file changed."""
    check_writable(path)
    try:
        path = path.resolve()  # what a link leads to is replaced, not the link
        old = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        text = change(old)
        if text == old:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError(f"{path}: cannot be written: {reason}; {by_hand}") from error
    return True


def _told(name: str, value: object) -> object:
    """What an error may say of a value."""
    return "..." if name in keys() and keys()[name].rule.secret else value


def with_values(text: str, values: Mapping[str, object]) -> str:
    """The TOML `text` with the dotted keys of `values` set; raises `ValueError` where that
    cannot be done without touching anything else."""
    import tomlkit  # here: most commands never write settings

    before = tomllib.loads(text)
    document: Any = tomlkit.parse(text)
    for name, value in values.items():
        section, _, key = name.rpartition(".")
        table = document
        if section:
            if section not in document:
                document[section] = tomlkit.table()
            table = document[section]
        table[key] = value
        _set(before, section, key, value)
    made = tomlkit.dumps(document)
    if tomllib.loads(made) != before:
        raise ValueError("its layout is too unusual to be changed safely")
    return made


def without_keys(text: str, names: Sequence[str]) -> str:
    """The TOML `text` without the dotted keys of `names`; raises `ValueError` where that cannot be
    done without touching anything else."""
    import tomlkit

    before = tomllib.loads(text)
    document: Any = tomlkit.parse(text)
    for name in names:
        section, _, key = name.rpartition(".")
        values: Any = before.get(section, {}) if section else before
        if key in values:
            del values[key]
            del (document[section] if section else document)[key]
    made = tomlkit.dumps(document)
    if {k: v for k, v in tomllib.loads(made).items() if v != {}} != {
        k: v for k, v in before.items() if v != {}
    }:
        raise ValueError("its layout is too unusual to be changed safely")
    return made


def _set(values: dict[str, Any], section: str, key: str, value: object) -> None:
    table = values.setdefault(section, {}) if section else values
    cast("dict[str, object]", table)[key] = value


def replace_file(path: Path, data: bytes) -> None:
    """Make `data` the file's content, whole or not at all; raises `OSError`."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".part", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        if path.exists():
            shutil.copymode(path, partial)  # it may hold a password
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
