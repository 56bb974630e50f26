"""What is refused before any process is started. The sound file itself is opened by none but the
ambience process."""

from pathlib import Path

from ..errors import ConfigError
from ..playout.outputs import parse_output

LEVELS_DB = (-60.0, 12.0)
DUCKS_DB = (0.0, 60.0)
MUTE_DB = -100.0
"""At or below it is silence: a 16-bit sample ends at -96 dB."""


def check_ambience(file: Path, output: str, *, exclusive: bool = False) -> None:
    """Raise `ConfigError` where `file` is no file, or `output` has no place for a second sound."""
    if parse_output(output).is_file:
        raise ConfigError(
            f"ambience needs a device, and the output is {output}: use --output device, or leave "
            "the ambience out and mix it with the file later"
        )
    if exclusive:
        raise ConfigError(
            "ambience needs the system's mixer, which playout.exclusive goes past: turn one of "
            "the two off"
        )
    try:
        there = file.is_file()
    except (OSError, ValueError) as error:  # a name that no disk takes
        raise ConfigError(f"the ambience {file} cannot be looked for: {error}") from error
    if not there:
        raise ConfigError(f"the ambience {file} is no file that is there; look at its path")


def check_level(level_db: float) -> None:
    """Raise `ConfigError` for a level out of range, or none at all."""
    _check_range("the ambience's level", level_db, *LEVELS_DB)


def check_duck(duck_db: float) -> None:
    """Raise `ConfigError` where the ambience cannot be ducked by so much."""
    _check_range("the ambience's duck", duck_db, *DUCKS_DB)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"{name} {value} is not from {low:g} to {high:g} dB")
