"""The cast as it is being edited: who speaks with which voice, speed and gain. Plain."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ...core.errors import ConfigError, StateError
from ...core.script.cast import GAIN_DB, SPEED, Cast, CharacterVoice
from ...core.script.names import is_narrator
from ...core.script.parser import ScriptParser

SPEED_STEP = 0.05
GAIN_STEP_DB = 1.0
NARRATOR = "Narrator"
_KEPT = 200
_NO_NAME = set("[]:\n\r\t")


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who speaks."""

    name: str
    part: CharacterVoice
    """As the cast has it, or would have."""
    voice: str
    """What it speaks with, as ``--voice`` takes it."""
    is_cast: bool
    """The cast names it; else it was met in the list of cues, or is the narrator as it is."""

    @property
    def narrates(self) -> bool:
        return not self.part.character

    @property
    def is_given(self) -> bool:
        """The voice is one that nobody chose: the narrator's, or given by its name."""
        return not self.narrates and (not self.is_cast or self.part.voice is None)


class Casting:
    """The characters of a cast file, in their order, and those met elsewhere behind them.

    `make` makes a cast of characters; it raises `ConfigError` where two have a name in common.
    Methods that change somebody adopt one that was only met. Each raises what it cannot do as
    `ConfigError` or `StateError`, and changes nothing then.
    """

    def __init__(
        self,
        parts: Iterable[CharacterVoice],
        narrator: str,
        make: Callable[[Iterable[CharacterVoice]], Cast] = Cast,
    ) -> None:
        self.parts = tuple(parts)
        self.narrator = narrator
        self._make = make
        self._met: tuple[str, ...] = ()
        self._before: list[tuple[CharacterVoice, ...]] = []

    def cast(self) -> Cast:
        """A new one, as things stand."""
        return self._make(self.parts)

    def meet(self, names: Iterable[str]) -> None:
        """These speak in the list of cues."""
        self._met = tuple(names)

    def roles(self) -> list[Role]:
        """The narrator, the cast, and those who were met and are not of it."""
        cast = self.cast()
        own = next((p for p in self.parts if not p.character), None)
        narrator = Role(NARRATOR, own or CharacterVoice(""), self.narrator, own is not None)
        named = [
            Role(p.character, p, cast.part(p.character).voice or self.narrator, True)
            for p in self.parts
            if p.character
        ]
        met = [n for n in self._met if cast.canonical(n) is None]
        others = [
            Role(n, CharacterVoice(n), cast.part(n).voice or self.narrator, False) for n in met
        ]
        return [narrator, *named, *others]

    # changes

    def set_voice(self, role: Role, voice: str | None) -> None:
        """Give it a voice; None: the one it gets by itself."""
        if role.narrates:
            raise StateError(
                "the narrator's voice is a setting: press 3, choose a voice there and press Enter"
            )
        self._put(replace(role.part, voice=voice))

    def nudge_speed(self, role: Role, by: float) -> float:
        """So much faster, within what a cast allows; the new speed."""
        low, high = SPEED
        speed = round(min(max(role.part.speed + by, low), high), 2)
        self._put(replace(role.part, speed=speed))
        return speed

    def nudge_gain(self, role: Role, by_db: float) -> float:
        """So much louder, within what a cast allows; the new gain in dB."""
        low, high = GAIN_DB
        gain_db = round(min(max(role.part.gain_db + by_db, low), high), 1)
        self._put(replace(role.part, gain_db=gain_db))
        return gain_db

    def reset(self, role: Role) -> None:
        """The voice's own speed and loudness."""
        self._put(replace(role.part, speed=1.0, gain_db=0.0))

    def add(self, written: str) -> str:
        """Somebody new, written as ``Name, alias, alias``; the name."""
        name, aliases = _names(written)
        if self.cast().canonical(name) is not None:
            raise ConfigError(f'"{name}" is in the cast already')
        self._put(CharacterVoice(name, aliases=aliases))
        return name

    def rename(self, role: Role, written: str) -> str:
        """Other names, written as ``Name, alias, alias``; the name."""
        if role.narrates:
            raise StateError("the narrator has no other names")
        name, aliases = _names(written)
        self._put(replace(role.part, character=name, aliases=aliases), at=role.part.character)
        return name

    def remove(self, role: Role) -> None:
        """Take it out of the cast."""
        if not role.is_cast:
            raise StateError(f"{role.name} is not in the cast file: there is nothing to remove")
        self._change(tuple(p for p in self.parts if p.character != role.part.character))

    def undo(self) -> None:
        """As it was before the last change."""
        if not self._before:
            raise StateError("nothing was changed")
        self.parts = self._before.pop()

    def _put(self, part: CharacterVoice, *, at: str | None = None) -> None:
        """In the place of the one that is called `at`, else at the end."""
        at = part.character if at is None else at
        if any(p.character == at for p in self.parts):
            self._change(tuple(part if p.character == at else p for p in self.parts))
        else:
            self._change((*self.parts, part))

    def _change(self, parts: tuple[CharacterVoice, ...]) -> None:
        names = [part.character for part in parts]
        if len(set(names)) < len(names):
            raise ConfigError("the cast has somebody of that name already")
        self._make(parts)
        if parts != self.parts:
            self._before.append(self.parts)
            del self._before[:-_KEPT]
            self.parts = parts


def as_written(role: Role) -> str:
    """Its names, as `Casting.rename` takes them."""
    return ", ".join((role.name, *role.part.aliases))


def find(roles: list[Role], wanted: str, at: int) -> int | None:
    """The place of the next role behind `at` that has it in its names or its voice."""
    wanted = wanted.casefold()
    order = [*range(at + 1, len(roles)), *range(min(at + 1, len(roles)))]
    for place in order:
        role = roles[place]
        if any(wanted in t.casefold() for t in (role.name, role.voice, *role.part.aliases)):
            return place
    return None


def characters_in(
    cues: Iterable[tuple[str | None, str]], canonical: Callable[[str], str | None]
) -> list[str]:
    """Who speaks in cues (whose it is, text), in the order in which they are met; those whom
    `canonical` knows are left out."""
    met: dict[str, str] = {}
    for character, text in cues:
        parser = ScriptParser(characters=canonical, speaker=character)
        for piece in (*parser.push(text), *parser.finish()):
            name = piece.character
            if name and piece.text.strip() and canonical(name) is None:
                met.setdefault(name.casefold(), name)
    return list(met.values())


def _names(written: str) -> tuple[str, tuple[str, ...]]:
    names = [" ".join(name.split()) for name in written.split(",")]
    name, *aliases = [name for name in names if name] or [""]
    if not name:
        raise ConfigError("a character must have a name")
    for each in (name, *aliases):
        if is_narrator(each):
            raise ConfigError(f'"{each}" is the narrator, who is in the list already')
        if found := _NO_NAME.intersection(each):
            raise ConfigError(f'"{each}" cannot be a name: it has {found.pop()!r} in it')
    return name, tuple(dict.fromkeys(aliases))
