"""What `skaldcast doctor` looks at on the machine: each check is one row, none of them raises."""

import os
import platform
import socket
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from ..bridge.options import is_loopback
from ..bridge.password_store import password_path, read_password
from ..core.config import DEFAULT, LoadedSettings, config_path, load_settings
from ..core.config_values import split_address
from ..core.errors import ConfigError, SkaldcastError
from ..core.settings import Settings
from ..core.synthesis.registry import VoiceRegistry
from .options import overrides_of, settings_of

_MOST_NAMES = 5
"""Voices of a synthesizer that are named: XTTS has 58."""


class Verdict(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    """It speaks, but not as it could."""
    FAIL = "fail"
    """Speaking is impossible."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row."""

    name: str
    verdict: Verdict
    found: str
    to_do: str = ""


def failed(name: str, error: Exception, otherwise: str) -> Check:
    """A row from an error, whose message ends with what to do, or else `otherwise`."""
    found, _, to_do = str(error).rpartition("; ")
    return Check(name, Verdict.FAIL, found or to_do, to_do if found else otherwise)


def check_python() -> Check:
    """The interpreter; one that is too old does not get here."""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("Python", Verdict.OK, f"{found}, skaldcast {version('skaldcast')}")


def check_settings(arguments: Namespace) -> tuple[Check, LoadedSettings]:
    """The settings file, and the settings to go on with: without a broken file, and without the
    environment, all the rest can still be checked."""
    path: Path = getattr(arguments, "config", None) or config_path()
    try:
        loaded = settings_of(arguments)
    except ConfigError as error:
        loaded = load_settings(Path(os.devnull), {}, overrides_of(arguments))
        return failed("settings file", error, "mend it, then try `skaldcast config check`"), loaded
    count = sum(origin.startswith(f"{path}:") for origin in loaded.origins.values())
    found = f"{path}: {count} set" if path.exists() else f"none at {path}: the defaults are used"
    others = sum(origin != DEFAULT for origin in loaded.origins.values()) - count
    found += f", {others} set by environment or options" if others else ""
    if loaded.warnings:
        return Check("settings file", Verdict.WARN, found, "; ".join(loaded.warnings)), loaded
    return Check("settings file", Verdict.OK, found), loaded


def check_other_synthesizers(settings: Settings, narrator: str) -> Iterator[Check]:
    """The synthesizers besides the narrator's: nothing is loaded, only looked for."""
    rows = VoiceRegistry(settings=settings.synthesizers).list_voices()
    for name in dict.fromkeys(row.voice.synthesizer for row in rows):
        if name == narrator:
            continue
        of_this = [row for row in rows if row.voice.synthesizer == name]
        voices = ", ".join(row.voice.spec for row in of_this[:_MOST_NAMES])
        if len(of_this) > _MOST_NAMES:
            voices += f" and {len(of_this) - _MOST_NAMES} more"
        missing = next((row.missing for row in of_this if row.missing), "")
        found = f"not installed, not needed ({voices})" if missing else f"installed: {voices}"
        yield Check(
            f"synthesizer {name}", Verdict.OK, found, f"to have it: {missing}" * bool(missing)
        )


def check_ports(settings: Settings) -> Iterator[Check]:
    """The addresses where bridge and web will listen."""
    for key, address in (
        ("bridge.address", settings.bridge.address),
        ("web.address", settings.web.address),
    ):
        name = f"port {split_address(address)[1]}"
        try:
            _try_to_listen(*split_address(address))
        except OSError as error:
            to_do = f"end what uses it, or choose another: --set {key}=127.0.0.1:PORT"
            yield Check(
                name,
                Verdict.WARN,
                f"{key} {address} cannot be used: {error.strerror or error}",
                to_do,
            )
        else:
            if key == "bridge.address" and _is_open_to_all(settings):
                yield Check(
                    name,
                    Verdict.WARN,
                    f"{key} {address} can be reached from other machines, and there is no password",
                    "make one: skaldcast bridge password",
                )
                continue
            yield Check(name, Verdict.OK, f"{key} {address} is free")


def _is_open_to_all(settings: Settings) -> bool:
    """Whether the bridge would refuse to listen there."""
    try:
        if settings.bridge.password or read_password(password_path()) is not None:
            return False
        return not is_loopback(split_address(settings.bridge.address)[0])
    except SkaldcastError:
        return False


def _try_to_listen(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as listener:
        if sys.platform == "win32":
            # There SO_REUSEADDR would take a port from whoever has it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()


def check_cache(settings: Settings) -> Check:
    """Where learned voice speeds are kept."""
    folder = settings.cache.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        to_do = "make it writable, or choose another with --set cache.folder=PATH"
        found = f"{folder} cannot be written: {error.strerror or error}; nothing learned is kept"
        return Check("cache folder", Verdict.WARN, found, to_do)
    return Check("cache folder", Verdict.OK, f"{folder} is writable")
