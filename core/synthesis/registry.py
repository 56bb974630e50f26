"""Finds synthesizers (entry-point group ``skaldcast.synthesizers``) and voices by name."""

import difflib
import logging
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast, runtime_checkable
from urllib.parse import unquote

from ..errors import SynthesizerError, UnknownVoiceError
from ..types import Voice
from .synthesizer import Synthesizer, SynthesizerFactory

GROUP = "skaldcast.synthesizers"
_log = logging.getLogger(__name__)


@runtime_checkable
class Installable(Protocol):
    """What a synthesizer may add whose weights or libraries come with an extra."""

    def missing(self) -> str:
        """The command that installs what is missing, empty where nothing is. Cheap."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """One line of `skaldcast voices`."""

    voice: Voice
    is_default: bool
    """What the synthesizer's name alone selects."""
    missing: str = ""
    """The command that installs what the voice needs; empty where it can speak."""


@dataclass(frozen=True, slots=True)
class ResolvedVoice:
    """A voice and all that a worker process needs to make its synthesizer. Can be pickled."""

    synthesizer: str
    voice: Voice
    factory: str
    """Where the factory is, as ``module:name``."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def spec(self) -> str:
        """What selects exactly this voice, options included."""
        options = "&".join(f"{key}={value}" for key, value in self.options.items())
        return self.voice.spec + ("?" + options if options else "")

    def create(self) -> Synthesizer:
        """Make the synthesizer, not loaded yet; raises `SynthesizerError`."""
        return _create(self.synthesizer, self.factory, self.options)


class VoiceRegistry:
    """The voices there are. `entries` defaults to what is installed; nothing is loaded twice."""

    def __init__(self, entries: Iterable[EntryPoint] | None = None) -> None:
        found = entry_points(group=GROUP) if entries is None else entries
        self._factories: dict[str, str] = {}
        # Ours first, so that a plug-in cannot take the place of a voice that checks rely on.
        for entry in sorted(found, key=lambda e: not e.value.startswith("skaldcast.")):
            if entry.name in self._factories:
                _log.warning(
                    "synthesizer %r is there twice; %s is not used", entry.name, entry.value
                )
                continue
            self._factories[entry.name] = entry.value
        self._rows: dict[str, Sequence[VoiceRow]] | None = None

    def list_voices(self) -> list[VoiceRow]:
        """All voices, by synthesizer, each one's default first."""
        return [row for rows in self._voices().values() for row in rows]

    def resolve(self, spec: str) -> ResolvedVoice:
        """Find the voice that `spec` means: ``NAME``, ``SYNTHESIZER:NAME`` or ``SYNTHESIZER``, each
        with ``?key=value&key=value`` behind it.

        Raises `UnknownVoiceError`, which names the nearest voices, and `SynthesizerError` where
        an option is wrong or an extra is not installed.
        """
        name, _, query = spec.strip().partition("?")
        row = self._find(name.strip())
        synthesizer = row.voice.synthesizer
        resolved = ResolvedVoice(
            synthesizer, row.voice, self._factories[synthesizer], _parse_options(spec, query)
        )
        resolved.create()
        if row.missing:
            raise SynthesizerError(
                f"voice {row.voice.spec!r} is not installed; install it with: {row.missing}"
            )
        return resolved

    def _find(self, name: str) -> VoiceRow:
        voices = self._voices()
        if voices.get(name):
            return voices[name][0]
        rows = [row for rows in voices.values() for row in rows]
        matches = [row for row in rows if name in (row.voice.spec, row.voice.name)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            specs = " or ".join(row.voice.spec for row in matches)
            raise UnknownVoiceError(f"several voices are called {name!r}: write {specs}")
        raise UnknownVoiceError(_unknown(name, rows))

    def _voices(self) -> dict[str, Sequence[VoiceRow]]:
        if self._rows is None:
            self._rows = {name: _rows(name, value) for name, value in self._factories.items()}
        return self._rows


def _rows(name: str, factory: str) -> Sequence[VoiceRow]:
    """A synthesizer's voices; none, with a logged warning, where it is broken."""
    try:
        synthesizer = _create(name, factory, {})
        missing = synthesizer.missing() if isinstance(synthesizer, Installable) else ""
        voices = list(synthesizer.voices())
    except Exception as error:  # a plug-in may raise anything; the other voices must stay usable
        _log.warning("synthesizer %r is left out: %s", name, error)
        return ()
    return [VoiceRow(voice, index == 0, missing) for index, voice in enumerate(voices)]


def _create(name: str, factory: str, options: Mapping[str, str]) -> Synthesizer:
    try:
        make = cast("SynthesizerFactory", pkgutil.resolve_name(factory))
        return make(options)
    except SynthesizerError:
        raise
    except Exception as error:
        raise SynthesizerError(
            f"synthesizer {name!r} ({factory}) could not be made: {error}; reinstall or remove it"
        ) from error


def _parse_options(spec: str, query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        key, equals, value = pair.partition("=")
        if not key or not equals or key in options:
            raise SynthesizerError(
                f"voice {spec!r}: {pair!r} is not an option; write NAME?key=value&key=value"
            )
        options[key] = unquote(value)
    return options


def _unknown(name: str, rows: Sequence[VoiceRow]) -> str:
    names = {text.lower(): text for row in rows for text in (row.voice.spec, row.voice.name)}
    near = [names[match] for match in difflib.get_close_matches(name.lower(), names, 3, 0.5)]
    # Nothing near: the defaults are the best hint.
    near = near or [row.voice.spec for row in rows if row.is_default]
    listed = ", ".join(near) or "none is installed"
    return f"there is no voice {name!r}; the nearest: {listed} (`skaldcast voices` lists all)"


def resolve(spec: str) -> ResolvedVoice:
    """`VoiceRegistry.resolve` among what is installed."""
    return VoiceRegistry().resolve(spec)


def list_voices() -> list[VoiceRow]:
    """`VoiceRegistry.list_voices` of what is installed."""
    return VoiceRegistry().list_voices()
