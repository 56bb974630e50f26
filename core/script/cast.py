"""The cast: which voice each character has. Plain."""

import difflib
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, cast

from ..errors import ConfigError
from .names import is_narrator

SPEED: Final = (0.5, 2.0)
GAIN_DB: Final = (-40.0, 12.0)
KEYS: Final = ("voice", "speed", "gain_db", "aliases")
_MOST_UNKNOWN: Final = 1000
"""Unknown characters that are told of; a text with more has no cast."""

Where = Callable[[tuple[str, ...]], str]
"""Where a character, or a key of it, stands: ``cast.toml:3``, for an error."""


@dataclass(frozen=True, slots=True)
class CharacterVoice:
    """How a character speaks."""

    character: str
    """The name that the cast uses; empty is the narrator."""
    voice: str | None = None
    """As ``--voice`` takes it; None is the narrator's."""
    speed: float = 1.0
    """Factor on the speaking rate."""
    gain_db: float = 0.0
    """On top of the loudness that all voices are brought to."""
    aliases: tuple[str, ...] = ()
    """Other names, in any case."""


class Cast:
    """Characters by name or alias, and voices for those that it does not know.

    The voice of an unknown character depends on its name and the voices offered, on nothing else:
    it is the same in every session, and a voice more changes few of the others (rendezvous
    hashing; Thaler and Ravishankar 1998).
    """

    def __init__(
        self,
        parts: Iterable[CharacterVoice] = (),
        *,
        auto: bool = False,
        voices: Sequence[str] = (),
        narrator: str | None = None,
    ) -> None:
        """`auto`: give unknown characters, and those without a voice, one of `voices`. `narrator`:
        the narrator's voice, which none of them gets where there is another. Raises `ConfigError`
        where two characters have a name in common."""
        self._auto, self._voices, self._narrating = auto, tuple(voices), narrator
        self._parts: dict[str, CharacterVoice] = {}
        self._names: dict[str, str] = {}
        self._narrator = CharacterVoice("")
        for part in parts:
            self._add(part)
        free = [voice for voice in dict.fromkeys(voices) if voice != narrator]
        taken = {part.voice for part in self._parts.values()}
        self._offered = [voice for voice in free if voice not in taken] or free if auto else []
        self._told: set[str] = set()
        self._notices: list[str] = []

    @classmethod
    def from_mapping(
        cls,
        values: Mapping[str, object],
        *,
        auto: bool = False,
        voices: Sequence[str] = (),
        narrator: str | None = None,
        where: Where | None = None,
    ) -> "Cast":
        """Of tables by name, as in a cast file. Raises `ConfigError`, which begins with what
        `where` says."""
        parts = parts_of(values, where)
        return cls(parts, auto=auto, voices=voices, narrator=narrator)

    def with_voices(self, voices: Mapping[str, str]) -> "Cast":
        """The same cast, in which these characters have these voices."""
        parts = {part.character: part for part in self.parts}
        for name, voice in voices.items():
            character = self.canonical(name) or name
            known = parts.get(character) or CharacterVoice(character)
            parts[character] = replace(known, voice=voice)
        made = Cast(parts.values(), auto=self._auto, voices=self._voices, narrator=self._narrating)
        made.follow(self)
        return made

    def follow(self, before: "Cast") -> None:
        """Take the place of the cast `before`: whom it told of is not told of again."""
        self._told, self._notices = before._told, before._notices

    @property
    def parts(self) -> tuple[CharacterVoice, ...]:
        """All characters, in the order in which they were given; the narrator where it is there."""
        narrator = () if self._narrator == CharacterVoice("") else (self._narrator,)
        return (*narrator, *self._parts.values())

    @property
    def needs_voices(self) -> bool:
        """A character may speak with a voice that is not the narrator's."""
        return bool(self._offered) or any(part.voice for part in self._parts.values())

    def canonical(self, name: str) -> str | None:
        """The cast's name for a name or alias, None where it has none."""
        return self._names.get(_folded(name))

    def part(self, character: str | None) -> CharacterVoice:
        """How `character` speaks; None is the narrator. One that is not known gets a notice."""
        if not character:
            return self._narrator
        known = self._parts.get(self.canonical(character) or "")
        if known is not None:
            if known.voice is not None or not self._offered:
                return known
            voice = self._chosen(known.character)
            return CharacterVoice(known.character, voice, known.speed, known.gain_db, known.aliases)
        part = CharacterVoice(character, self._chosen(character) if self._offered else None)
        self._notice(part)
        return part

    def take_notices(self) -> list[str]:
        """What is to be told since the last call: one line for each unknown character, once."""
        notices = self._notices.copy()
        self._notices.clear()  # a cast that follows this one shares it
        return notices

    def _add(self, part: CharacterVoice) -> None:
        if not part.character:
            self._narrator = part
            return
        self._parts[part.character] = part
        for name in (part.character, *part.aliases):
            other = self._names.setdefault(_folded(name), part.character)
            if other != part.character:
                raise ConfigError(f'the cast gives "{name}" to {other} and to {part.character}')

    def _chosen(self, character: str) -> str:
        name = _folded(character)
        return max(self._offered, key=lambda voice: _hash(f"{name}\0{voice}"))

    def _notice(self, part: CharacterVoice) -> None:
        name = _folded(part.character)
        if name in self._told or len(self._told) >= _MOST_UNKNOWN:
            return
        self._told.add(name)
        given = f"speaks as {part.voice}" if part.voice else "speaks with the narrator's voice"
        self._notices.append(
            f'"{part.character}" is not in the cast and {given}; '
            "give it a voice of your choice in the cast file (cast.file)"
        )


def parts_of(values: Mapping[str, object], where: Where | None = None) -> list[CharacterVoice]:
    """The characters of tables by name, checked; raises `ConfigError`."""
    reader = _Reader(where or (lambda path: ".".join(path)))
    return [reader.part(name, table) for name, table in values.items()]


class _Reader:
    """Checks the tables of a cast."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._names: dict[str, str] = {}

    def part(self, name: str, table: object) -> CharacterVoice:
        if not isinstance(table, dict):
            raise self._error((name,), f'must be a table like [{name}] with voice = "NAME"')
        if not _folded(name):
            raise self._error((name,), "must have a name")
        values = cast("dict[str, object]", table)
        for key in values:
            if key not in KEYS:
                near = difflib.get_close_matches(key, KEYS, n=1)
                meant = f"did you mean {near[0]}?" if near else f"known: {', '.join(KEYS)}"
                raise self._error((name, key), f"is no key of a character; {meant}")
        narrates = is_narrator(name)
        for key in ("voice", "aliases") if narrates else ():
            if key in values:
                raise self._error((name, key), "cannot be set here: the setting voice says it")
        return CharacterVoice(
            "" if narrates else name,
            self._text(name, values),
            self._number(name, values, "speed", SPEED, 1.0),
            self._number(name, values, "gain_db", GAIN_DB, 0.0),
            self._aliases(name, values),
        )

    def _text(self, name: str, values: Mapping[str, object]) -> str | None:
        voice = values.get("voice")
        if voice is not None and not (isinstance(voice, str) and voice.strip()):
            raise self._error((name, "voice"), f"must be the name of a voice, not {voice!r}")
        return voice

    def _number(
        self,
        name: str,
        values: Mapping[str, object],
        key: str,
        limits: tuple[float, float],
        default: float,
    ) -> float:
        low, high = limits
        value = values.get(key, default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            wanted = f"must be a number from {low:g} to {high:g}"
            raise self._error((name, key), f"{wanted}, not {value!r}")
        return float(value)

    def _aliases(self, name: str, values: Mapping[str, object]) -> tuple[str, ...]:
        aliases = values.get("aliases", [])
        items = cast("list[object]", aliases) if isinstance(aliases, list) else [None]
        if not all(isinstance(item, str) and item.strip() for item in items):
            raise self._error(
                (name, "aliases"), f'must be a list like ["the Count"], not {aliases!r}'
            )
        for index, alias in enumerate([name, *cast("list[str]", items)]):
            other = self._names.setdefault(_folded(alias), name)
            if other != name:
                path = (name, "aliases") if index else (name,)
                raise self._error(path, f'is a name of {other} too: "{alias}"')
        return tuple(cast("list[str]", items))

    def _error(self, path: tuple[str, ...], what: str) -> ConfigError:
        place = self._where(path)
        name = ".".join(path)
        return ConfigError(f"{name} {what}" if place == name else f"{place}: {name} {what}")


@lru_cache(4096)  # the same few are asked for at each quotation
def _folded(name: str) -> str:
    """What names are compared by: no case, no spare spaces, no article in front."""
    words = unicodedata.normalize("NFC", name).replace("’", "'").casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def _hash(text: str) -> bytes:
    """The same in every session and on every machine, as Python's own is not."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
