"""The command line's options, and the settings that they mean."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..core.config import LoadedSettings, load_settings
from ..core.errors import ConfigError
from ..core.narrator import NarratorOptions
from ..core.settings import Settings

_KEYS = {
    "voice": "voice",
    "speed": "speed",
    "output": "output",
    "latency": "playout.latency_s",
    "profile": "chunker.profile",
    "prebuffer": "prebuffer.policy",
    "seed": "seed",
    "log_level": "log.level",
}


def common_options() -> argparse.ArgumentParser:
    """The options that every command takes, before or after its name."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("options of every command")
    group.add_argument("--voice", metavar="NAME", help="the narrator's voice")
    group.add_argument("--speed", metavar="X", help="speaking rate, 1 is the voice's own")
    group.add_argument(
        "--output", metavar="SPEC", help="device, device:NAME-OR-INDEX, wav:PATH or null"
    )
    group.add_argument("--latency", metavar="S", help="depth of the device's buffer in seconds")
    group.add_argument("--profile", metavar="P", help="cinematic or longform")
    group.add_argument("--prebuffer", metavar="P", help="adaptive or fixed")
    group.add_argument("--seed", metavar="N", help="same seed, same speech")
    group.add_argument("--report", metavar="FILE", type=Path, help="write what was measured (JSON)")
    group.add_argument("--log-level", metavar="L", help="debug, info, warning or error")
    group.add_argument("--config", metavar="FILE", type=Path, help="the settings file to read")
    group.add_argument(
        "--set", metavar="KEY=VALUE", action="append", help="any setting, by its key in the file"
    )
    return parser


def settings_of(arguments: argparse.Namespace) -> LoadedSettings:
    """The settings in force; raises `ConfigError`."""
    given: dict[str, Any] = vars(arguments)
    overrides: dict[str, object] = {}
    pairs: list[str] = given.get("set") or []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(
                f"--set {pair}: write it as KEY=VALUE, as in --set playout.volume=0.5"
            )
        overrides[key.strip()] = value.strip()
    overrides |= {key: given[name] for name, key in _KEYS.items() if name in given}
    return load_settings(given.get("config"), _environment(), overrides)


def _environment() -> Mapping[str, str]:
    return os.environ


def narrator_options(settings: Settings) -> NarratorOptions:
    """What the narrator needs of the settings."""
    return NarratorOptions(
        voice=settings.voice,
        output=settings.output,
        speed=settings.speed,
        latency_s=settings.playout.latency_s,
        volume=settings.playout.volume,
        profile=settings.chunker.profile,
        prebuffer=settings.prebuffer.policy,
        prebuffer_start_s=settings.prebuffer.start_s,
        prebuffer_pause_s=settings.prebuffer.pause_s,
        seed=settings.seed,
        state_folder=settings.cache.folder / "voices",
    )
