"""The cast file of a campaign: one table a character, read and written.

[Strahd]
voice = "kokoro:bm_george"
speed = 0.9
aliases = ["the Count"]
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ..config_edit import check_writable, replace_file
from ..config_file import ConfigFile
from ..errors import ConfigError
from .cast import KEYS, CharacterVoice, parts_of

_WHAT: Final = "cast file"
_NARRATOR: Final = "Narrator"
_DEFAULTS: Final[Mapping[str, object]] = {"speed": 1.0, "gain_db": 0.0, "aliases": []}


def read_cast(path: Path) -> list[CharacterVoice]:
    """The characters in the file at `path`, in its order.

    Raises `ConfigError` with file and line: no such file, broken TOML, a wrong key or value, a
    name that two characters have.
    """
    file = ConfigFile.read(path, required=True, what=_WHAT)
    assert file is not None
    lines = file.lines

    def where(place: tuple[str, ...]) -> str:
        line = lines.get(place) or lines.get(place[:1], 1)
        return f"{path}:{line}"

    return parts_of(file.values, where)


def write_cast(path: Path, parts: Iterable[CharacterVoice]) -> None:
    """Make the file at `path` name exactly these characters; comments and all that does not change
    stay as they are. It is replaced whole or not at all. Raises `ConfigError`."""
    parts = list(parts)
    check_writable(path, what=_WHAT)
    try:
        path = path.resolve()  # what a link leads to is replaced, not the link
        old = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        text = with_parts(old, parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError(f"{path}: cannot be written: {reason}") from error


def with_parts(text: str, parts: Iterable[CharacterVoice]) -> str:
    """The TOML `text` with exactly the characters `parts`; raises `ValueError` where that cannot
    be done."""
    import tomlkit  # here: few commands write a cast

    document: Any = tomlkit.parse(text)
    wanted = {part.character or _NARRATOR: part for part in parts}
    for name in [name for name in document if name not in wanted]:
        del document[name]
    for name, part in wanted.items():
        if name not in document:
            document[name] = tomlkit.table()
        _update(document[name], part)
    made = tomlkit.dumps(document)
    if sorted(map(_key, parts_of(tomllib.loads(made)))) != sorted(map(_key, wanted.values())):
        raise ValueError("its layout is too unusual to be changed safely")
    return made


def _update(table: Any, part: CharacterVoice) -> None:
    values: dict[str, object] = {
        "voice": part.voice,
        "speed": part.speed,
        "gain_db": part.gain_db,
        "aliases": list(part.aliases),
    }
    for key in KEYS:
        value, default = values[key], _DEFAULTS.get(key)
        if key in table and table[key] == value:
            continue
        if value != default:
            table[key] = value
        elif key in table:
            del table[key]


def _key(part: CharacterVoice) -> tuple[str, str, float, float, tuple[str, ...]]:
    return part.character, part.voice or "", part.speed, part.gain_db, part.aliases
