"""The lexicon's file (TOML): read so that a broken line costs no other, and changed so that a
user's comments stay."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ..config_edit import replace_file
from ..config_file import key_lines
from ..errors import ConfigError
from ..synthesis.pronunciation import in_alphabet, unknown_symbols
from .lexicon import MOST_WORDS, Entry, Lexicon

LARGEST = 4_000_000
"""Bytes: some 100,000 entries."""
_FIELDS = ("say", "ipa", "case")


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """What a file held."""

    lexicon: Lexicon
    problems: tuple[str, ...] = ()
    """What is wrong with it, each with file, line and what to do; all else of it is in force."""


def read_lexicon(path: Path) -> LexiconFile:
    """The lexicon at `path`, empty where there is no such file. Raises `ConfigError` where it
    cannot be read at all."""
    text, problem = _text(path)
    problems = [problem] if problem else []
    try:
        values: Mapping[str, object] = tomllib.loads(text)
    except (ValueError, RecursionError):
        values, broken = _line_by_line(path, text)
        problems += broken
    entries: list[Entry] = []
    lines: dict[tuple[str, ...], int] | None = None
    for word, value in values.items():
        entry, wrong = _entry(word, value)
        if entry is not None:
            entries.append(entry)
        if wrong:
            lines = key_lines(text) if lines is None and not problems else lines or {}
            line = lines.get((word,)) or _line_of(text, word)
            problems.append(f"{path}:{line}: {wrong}")
    return LexiconFile(Lexicon(entries), tuple(problems))


def add_entry(path: Path, entry: Entry) -> None:
    """Write `entry` into the file, which is made where there is none, in place of one for the
    same word. Raises `ConfigError`, also for an entry that could not be read back."""
    wrong = _entry(entry.word, _value(entry))[1]
    if wrong:
        raise ConfigError(wrong)

    def change(document: Any) -> None:
        import tomlkit

        value: Any = _value(entry)
        if isinstance(value, dict):  # in one line: a section would swallow what follows it
            table: Any = tomlkit.inline_table()
            table.update(value)
            value = table
        document[entry.word] = value

    _change(path, change)


def remove_entry(path: Path, word: str) -> None:
    """Raises `ConfigError`, also where there is no such entry."""

    def change(document: Any) -> None:
        if word not in document:
            raise ConfigError(f"{path}: there is no entry {word!r}: `skaldcast lexicon list`")
        del document[word]

    _change(path, change)


def _text(path: Path) -> tuple[str, str]:
    """The file's text, and what is wrong with its encoding."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return "", ""
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigError(f"{path}: the lexicon cannot be read: {reason}") from error
    if len(data) > LARGEST:
        raise ConfigError(f"{path}: is over {LARGEST:,} bytes: not a lexicon")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n"), ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        return text, f"{path}:{line}: not UTF-8 text; save the file as UTF-8"


def _line_by_line(path: Path, text: str) -> tuple[dict[str, object], list[str]]:
    """Entries of a file that is no TOML as a whole: each is one line, or a section of lines."""
    values: dict[str, object] = {}
    problems: list[str] = []
    section: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        try:
            parsed: dict[str, object] = tomllib.loads(line)
        except (ValueError, RecursionError):
            section = None if line.lstrip().startswith("[") else section
            problems.append(
                f"{path}:{number}: cannot be understood: {line.strip()[:60]!r}; write "
                '"The Word" = "how it is said"'
            )
            continue
        if line.lstrip().startswith("["):
            section = next(iter(parsed), None)
        target = values if section is None else values.setdefault(section, {})
        for word, value in parsed.items() if not line.lstrip().startswith("[") else ():
            if isinstance(target, dict):
                if word in target:
                    problems.append(f"{path}:{number}: {word!r} is there twice; remove one")
                target[word] = value
    return values, problems


def _line_of(text: str, word: str) -> int:
    starts = (word, f'"{word}"', f"'{word}'", f"[{word}]", f'["{word}"]')
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if line.lstrip().startswith(starts)), 1)


def _entry(word: str, value: object) -> tuple[Entry | None, str]:
    """An entry as far as it is in order, and what is wrong with it."""
    if not word[:1].isalnum() or not word.isprintable() or len(word.split()) > MOST_WORDS:
        return None, f"{word[:60]!r} is no word, or more than {MOST_WORDS}; begin with a letter"
    if isinstance(value, str):
        value = {"say": value}
    if not isinstance(value, dict):
        return None, f'{word!r} has to be text: {word} = "how it is said"'
    fields = cast("dict[str, object]", value)
    for name, given in fields.items():
        if name not in _FIELDS:
            return None, f"{word!r} has an unknown {name!r}; there are {', '.join(_FIELDS)}"
        if not isinstance(given, bool if name == "case" else str):
            return None, f"{word!r}: {name} has to be {'true' if name == 'case' else 'text'}"
    text: dict[str, Any] = {k: v.strip() if isinstance(v, str) else v for k, v in fields.items()}
    entry = Entry(word, **text)
    wrong = _wrong_ipa(entry)
    if wrong:
        entry = Entry(word, entry.say, "", entry.case)
    if not entry.say.isprintable():
        return None, f"{word!r}: say has characters that cannot be printed; type it anew"
    if not (entry.say or entry.ipa):
        return None, wrong or f'{word!r} does not tell how it is said: {word} = "how it is said"'
    return entry, wrong


def _wrong_ipa(entry: Entry) -> str:
    unknown = unknown_symbols(entry.ipa)
    if unknown:
        return (
            f"{entry.word!r}: no voice can say {', '.join(map(repr, unknown))} in its ipa; "
            "use the symbols in docs/lexicon.md"
        )
    if entry.ipa and not in_alphabet(entry.ipa).strip("ˈˌː "):
        return f"{entry.word!r}: its ipa has no sound in it"
    return ""


def _value(entry: Entry) -> str | dict[str, object]:
    if entry.say and not entry.ipa and not entry.case:
        return entry.say
    fields = {"say": entry.say, "ipa": entry.ipa, "case": entry.case}
    return {name: value for name, value in fields.items() if value}


def _change(path: Path, change: Callable[[Any], None]) -> None:
    import tomlkit  # here: only those that write need it

    text, problem = _text(path)
    if problem:
        raise ConfigError(problem)
    try:
        document: Any = tomlkit.parse(text)
        change(document)
        made = tomlkit.dumps(document)
        path = path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, made.encode())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(
            f"{path}: is broken TOML, so that it cannot be changed safely: {error}; "
            "`skaldcast lexicon list` tells the lines"
        ) from error
