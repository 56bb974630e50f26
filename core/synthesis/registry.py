"""Finds synthesizers (entry-point group ``skaldcast.synthesizers``) and voices by name."""

import difflib
import logging
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast, runtime_checkable
from urllib.parse import quote, unquote

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
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Options that hold where `options` says nothing; they do not tell voices apart."""

    @property
    def spec(self) -> str:
        """What selects exactly this voice, options included."""
        options = "&".join(f"{key}={quote(text)}" for key, text in self.options.items())
        return self.voice.spec + ("?" + options if options else "")

    def create(self) -> Synthesizer:
        """Make the synthesizer, not loaded yet; raises `SynthesizerError`."""
        return _create(self.synthesizer, self.factory, {**self.settings, **self.options})


class VoiceRegistry:
    """The voices there are. `entries` defaults to what is installed; `settings` are options of
    synthesizers by their names, which a voice name's own options go before.

    A synthesizer is made (not loaded) only once its voices are asked for; one that is broken is
    left out with a logged warning.
    """

    def __init__(
        self,
        entries: Iterable[EntryPoint] | None = None,
        *,
        settings: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        found = entry_points(group=GROUP) if entries is None else entries
        self._settings = settings or {}
        self._factories: dict[str, str] = {}
        self._rows: dict[str, Sequence[VoiceRow]] = {}
        self._left_out: set[str] = set()  # those that were warned of
        # Ours first, so that a plug-in cannot take the place of a voice that checks rely on.
        for entry in sorted(found, key=lambda e: not e.value.startswith("skaldcast.")):
            if self._factories.setdefault(entry.name, entry.value) != entry.value:
                _log.warning("synthesizer %r is there twice: not %s", entry.name, entry.value)

    def list_voices(self) -> list[VoiceRow]:
        """All voices, by synthesizer, each one's default first."""
        return [row for synthesizer in self._factories for row in self._voices(synthesizer)]

    def look_again(self) -> None:
        """Ask each synthesizer for its voices again: some may have been added or removed."""
        self._rows.clear()
        self._left_out.clear()

    def resolve(self, spec: str) -> ResolvedVoice:
        """Find the voice that `spec` means: ``NAME``, ``SYNTHESIZER:NAME`` or ``SYNTHESIZER``, each
        with ``?key=value&key=value`` behind it.

        Raises `UnknownVoiceError`, which names the nearest voices, and `SynthesizerError` where
        an option is wrong or an extra is not installed.
        """
        name, _, query = spec.strip().partition("?")
        row = self._find(name.strip())
        synthesizer = row.voice.synthesizer
        options = _parse_options(spec, query)
        resolved = ResolvedVoice(
            synthesizer,
            row.voice,
            self._factories[synthesizer],
            options,
            self._settings.get(synthesizer, {}),
        )
        if options:
            resolved.create()  # it knows which options are right
        if row.missing:
            raise SynthesizerError(
                f"voice {row.voice.spec!r} is not installed; install it with: {row.missing}"
            )
        return resolved

    def _find(self, name: str) -> VoiceRow:
        synthesizer, _, voice = name.partition(":")
        # What names its synthesizer needs no other one; where that is broken it says why.
        rows = self._listed(synthesizer) if synthesizer in self._factories else ()
        matches = [row for row in rows if not voice or row.voice.name == voice][:1]
        if not matches:
            rows = self.list_voices()
            matches = [row for row in rows if row.voice.name == name]
        if len(matches) == 1:
            return matches[0]
        if matches:
            specs = " or ".join(row.voice.spec for row in matches)
            raise UnknownVoiceError(f"several voices are called {name!r}: write {specs}")
        raise UnknownVoiceError(_unknown(name, rows))

    def _voices(self, name: str) -> Sequence[VoiceRow]:
        """A synthesizer's voices; none, with a logged warning, where it is broken."""
        if name in self._left_out:
            return ()
        try:
            return self._listed(name)
        except (Exception, SystemExit) as error:  # a plug-in may do anything; others stay usable
            _log.warning("synthesizer %r is left out: %s", name, error)
            self._left_out.add(name)
            return ()

    def _listed(self, name: str) -> Sequence[VoiceRow]:
        """A synthesizer's voices, asked for once; raises what it raises."""
        if name not in self._rows:
            synthesizer = _create(name, self._factories[name], self._settings.get(name, {}))
            missing = synthesizer.missing() if isinstance(synthesizer, Installable) else ""
            self._rows[name] = [
                VoiceRow(replace(voice, synthesizer=name), index == 0, missing)
                for index, voice in enumerate(synthesizer.voices())
            ]
        return self._rows[name]


def _create(name: str, factory: str, options: Mapping[str, str]) -> Synthesizer:
    try:
        make = cast("SynthesizerFactory", pkgutil.resolve_name(factory))
        return make(options)
    except SynthesizerError:
        raise
    except (Exception, SystemExit) as error:
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
