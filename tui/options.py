"""The command line's options, and the settings that they mean."""

import argparse
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.config import LoadedSettings, check_override, load_settings
from ..core.errors import ConfigError, SkaldcastError
from ..core.settings import Settings
from ..core.user_path import user_path

if TYPE_CHECKING:
    from ..core.narrator import NarratorOptions

_KEYS = {
    "voice": "voice",
    "language": "language",
    "speed": "speed",
    "output": "output",
    "latency": "playout.latency_s",
    "profile": "chunker.profile",
    "prebuffer": "prebuffer.policy",
    "seed": "seed",
    "ambience": "ambience.file",
    "log_level": "log.level",
    "log_format": "log.format",
}


class UsageError(SkaldcastError):
    """The command line asks for something that makes no sense: exit status 2."""


def common_options(*, before_command: bool = False) -> argparse.ArgumentParser:
    """The options that every command takes, before or after its name."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("options of every command, before or after its name")

    def add(option: str, metavar: str, text: str) -> None:
        key = _KEYS[option.removeprefix("--").replace("-", "_")]
        group.add_argument(option, metavar=metavar, type=_value_of(key), help=text)

    add("--voice", "NAME", "the narrator's voice; `skaldcast voices` lists them")
    add(
        "--language", "L", "what the text is written in, as de, or auto; the voice's own by default"
    )
    add("--speed", "X", "speaking rate, 0.5 to 2; 1 is the voice's own")
    add("--output", "SPEC", "device, device:NAME-OR-INDEX, wav:PATH (.flac: FLAC), webrtc or null")
    add("--latency", "S", "depth of the device's buffer in seconds; it delays nothing")
    add("--ambience", "FILE", "a sound file that is looped under the voice")
    add("--profile", "P", "chunk sizes: cinematic or longform")
    add("--prebuffer", "P", "when playout starts: adaptive or fixed")
    add("--seed", "N", "same seed, same speech, where the voice can")
    group.add_argument("--report", metavar="FILE", type=path, help="write what was measured, JSON")
    group.add_argument(
        "--record",
        metavar="FILE",
        type=path,
        help="keep what is heard as FLAC, a chapter for each cue; the file must not be there yet",
    )
    add("--log-level", "L", "debug, info, warning or error")
    add("--log-format", "F", "text, or json: an object a line on standard error")
    group.add_argument("--config", metavar="FILE", type=path, help="the settings file to read")
    group.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        type=_pair,
        # A list of its own: the command's would replace what stood before its name.
        dest="set_before" if before_command else "set",
        help="any setting, by its key in the file",
    )
    return parser


def seconds(text: str) -> float:
    """A number of seconds, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number of seconds, not {text!r}")
    return value


def weight(text: str) -> tuple[str, float]:
    """A name and its weight, for argparse."""
    name, _, number = (part.strip() for part in text.rpartition("="))
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not name or not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be NAME=WEIGHT, as in anna=0.6, not {text!r}")
    return name, value


def _value_of(key: str) -> Callable[[str], str]:
    """What argparse calls to check the text given for a setting."""

    def check(text: str) -> str:
        try:
            check_override(key, text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
        return text

    return check


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise argparse.ArgumentTypeError(
            f"write it as KEY=VALUE, as in --set playout.volume=0.5, not {text!r}"
        )
    return key, _value_of(key)(value)


def path(text: str) -> Path:
    """A path, for argparse."""
    if not text:
        raise argparse.ArgumentTypeError("must be a path, not empty")
    return user_path(text)


def settings_of(arguments: argparse.Namespace) -> LoadedSettings:
    """The settings in force; raises `ConfigError`."""
    given: dict[str, Any] = vars(arguments)
    return load_settings(given.get("config"), os.environ, overrides_of(arguments))


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """The settings that the command line itself gives, by key."""
    given: dict[str, Any] = vars(arguments)
    overrides: dict[str, object] = {}
    overrides.update(given.get("set_before") or ())
    overrides.update(given.get("set") or ())
    return overrides | {key: given[name] for name, key in _KEYS.items() if name in given}


def narrator_options(settings: Settings) -> "NarratorOptions":
    """What the narrator needs of the settings."""
    from ..core.broadcast_link import BroadcastOptions
    from ..core.config_values import split_ice_servers
    from ..core.narrator import NarratorOptions

    return NarratorOptions(
        voice=settings.voice,
        output=settings.output,
        speed=settings.speed,
        latency_s=settings.playout.latency_s,
        exclusive=settings.playout.exclusive,
        volume=settings.playout.volume,
        profile=settings.chunker.profile,
        prebuffer=settings.prebuffer.policy,
        prebuffer_start_s=settings.prebuffer.start_s,
        prebuffer_pause_s=settings.prebuffer.pause_s,
        loudness_lufs=settings.loudness.target_lufs,
        seed=settings.seed,
        language=settings.language or None,
        ambience=settings.ambience.file,
        ambience_level_db=settings.ambience.level_db,
        ambience_duck_db=settings.ambience.duck_db,
        state_folder=settings.cache.folder / "voices",
        speech_folder=settings.cache.folder / "speech",
        cache_mb=settings.cache.size_mb,
        broadcast=BroadcastOptions(
            ice_servers=split_ice_servers(settings.web.ice_servers),
            most_listeners=settings.web.listeners,
        ),
        synthesizers=settings.synthesizers,
    )
