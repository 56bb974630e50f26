"""The words by which the grammar tells names from other words, as data in `words.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Words:
    """All in lower case."""

    narrators: frozenset[str]
    particles: frozenset[str]
    articles: frozenset[str]
    pronouns: frozenset[str]
    persons: frozenset[str]
    labels: frozenset[str]
    label_ends: tuple[str, ...]
    sounds: frozenset[str]
    speech_verbs: frozenset[str]


@cache
def words() -> Words:
    """The words of all languages together: names stand between languages anyway."""
    path = Path(__file__).with_name("words.toml")
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    verbs: dict[str, str] = table["speech_verbs"]
    return Words(
        narrators=frozenset(table["narrators"]),
        particles=frozenset(table["particles"].split()),
        articles=frozenset(table["articles"].split()),
        pronouns=frozenset(table["pronouns"].split()),
        persons=frozenset(table["persons"].split()),
        labels=frozenset(table["labels"].split()),
        label_ends=tuple(table["label_ends"].split()),
        sounds=frozenset(table["sounds"].split()),
        speech_verbs=frozenset(" ".join(verbs.values()).split()),
    )
