"""Where the bridge's password is kept that `skaldcast bridge password` makes: the system's keyring,
where the package `keyring` and a service behind it are there, else a file of the user's own."""

import contextlib
import importlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import BridgeError, ConfigError
from .private_file import write_private

_SERVICE, _NAME = "skaldcast", "bridge"
_BYTES = 18
"""As many characters as can be copied by hand: 24."""


@dataclass(frozen=True, slots=True)
class KeptPassword:
    """A password, and where it is kept."""

    password: str
    place: str


def password_path() -> Path:
    """The file, where there is no keyring."""
    import platformdirs

    return platformdirs.user_config_path("skaldcast", appauthor=False) / "bridge-password"


def read_password(path: Path) -> KeptPassword | None:
    """The password that was made, if one was; raises `ConfigError` where others can read the
    file, and `BridgeError` where nobody can."""
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):  # a locked or broken keyring: as if there were none
            if password := keyring.get_password(_SERVICE, _NAME):
                return KeptPassword(password, "the keyring")
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            password = file.readline().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise BridgeError(f"the bridge's password in {path} cannot be read: {error}") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"others can read the bridge's password: chmod 600 {path}")
    return KeptPassword(password, str(path)) if password else None


def new_password() -> str:
    """One that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


def make_password(path: Path) -> KeptPassword:
    """Make a new password and keep it; raises `BridgeError`."""
    password = new_password()
    keyring = _keyring()
    if keyring is not None:
        with contextlib.suppress(Exception):
            keyring.set_password(_SERVICE, _NAME, password)
            path.unlink(missing_ok=True)
            return KeptPassword(password, "the keyring")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, password + "\n")
    except OSError as error:
        raise BridgeError(
            f"the password cannot be kept in {path}: {error.strerror}; set bridge.password yourself"
        ) from error
    return KeptPassword(password, str(path))


def _keyring() -> Any | None:
    """The package, where it is installed; it is no dependency of ours."""
    try:
        return importlib.import_module("keyring")
    except Exception:  # a broken one must not keep the bridge from starting
        return None
