"""What main and the ambience process say to each other. Levels are in dB, 0 as in the file."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StartAmbience:
    """Request, first and once: loop `file` on `output`."""

    output: str
    """As `--output` takes it; no file."""
    file: Path | None
    level_db: float
    duck_db: float
    """How much quieter while the voice sounds."""
    voice_sounds: bool
    output_there: bool
    """As `OutputThere` tells it."""


@dataclass(frozen=True, slots=True)
class ChangeScene:
    """Request: cross-fade to another file; None fades out."""

    file: Path | None


@dataclass(frozen=True, slots=True)
class SetLevel:
    """Request: the level from now on, ramped."""

    level_db: float


@dataclass(frozen=True, slots=True)
class VoiceSounds:
    """Request: the voice began to sound, or ended."""

    sounds: bool


@dataclass(frozen=True, slots=True)
class OutputThere:
    """Request: the voice's output is open, or lost. While it is lost the ambience has none either:
    where nothing mixes, it would keep the device from the voice."""

    there: bool


@dataclass(frozen=True, slots=True)
class EndAmbience:
    """Request: fade out soon and end."""


@dataclass(frozen=True, slots=True)
class SceneStarted:
    """A file can be heard, or will be once there is an output."""

    file: Path


@dataclass(frozen=True, slots=True)
class SceneFailed:
    """A file cannot be looped, or no longer."""

    file: Path
    reason: str
    instead: Path | None
    """What goes on in its place: what was heard before."""


@dataclass(frozen=True, slots=True)
class OutputRefused:
    """The output that the voice has cannot be had a second time; it is tried again, ever less
    often. Told once."""

    reason: str


@dataclass(frozen=True, slots=True)
class SceneSilent:
    """The last file has faded out, and nothing shall follow."""


@dataclass(frozen=True, slots=True)
class StillThere:
    """Once a second: the process does not hang."""
