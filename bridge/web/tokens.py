"""The tokens that open the web address to others than this machine: each has a name, by which it
can be taken back. Only what is made of them is kept, so that the file gives nobody access."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ...core.errors import BridgeError, ConfigError

_BYTES = 24
"""So many cannot be guessed, and need no slow hash: 32 characters."""
_MOST = 1_000
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What is known of a token."""

    name: str
    sha256: str
    """Of the token, in hexadecimal."""
    made: str
    """When, in UTC as ISO 8601."""


class TokenTable:
    """The tokens in force. Plain."""

    def __init__(self, rows: tuple[KeptToken, ...] = ()) -> None:
        self.rows = rows

    def holder(self, token: str) -> str | None:
        """The name of a token that is in force, else None. All are compared, each in a time that
        does not depend on how much of it is right."""
        shown = digest(token)
        found = None
        for row in self.rows:
            if hmac.compare_digest(row.sha256, shown):
                found = row.name
        return found

    @property
    def digests(self) -> frozenset[str]:
        """What `digest` makes of those in force."""
        return frozenset(row.sha256 for row in self.rows)

    def with_new(self, name: str, token: str, made: str) -> "TokenTable":
        """The table with one more; raises `ConfigError` for a name that will not do."""
        if not name.isprintable() or not 0 < len(name.strip()) <= _LONGEST_NAME:
            raise ConfigError(f"a token's name has 1 to {_LONGEST_NAME} characters, not {name!r}")
        if any(row.name == name for row in self.rows):
            raise ConfigError(f"there is a token {name!r} already; take another name, or revoke it")
        if len(self.rows) >= _MOST:
            raise ConfigError(f"there are {_MOST} tokens already; revoke some")
        return TokenTable((*self.rows, KeptToken(name, digest(token), made)))

    def without(self, name: str) -> "TokenTable":
        """The table without one; raises `ConfigError` where there is none of this name."""
        if all(row.name != name for row in self.rows):
            names = ", ".join(row.name for row in self.rows) or "none"
            raise ConfigError(f"there is no token {name!r}; there are: {names}")
        return TokenTable(tuple(row for row in self.rows if row.name != name))


def tokens_path() -> Path:
    """The file that has them."""
    import platformdirs

    return platformdirs.user_config_path("skaldcast", appauthor=False) / "web-tokens.json"


class TokenStore:
    """The tokens in a file of the user's own. A running server sees at its next request what
    another program has added or revoked: a look at the file's times costs microseconds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._table = TokenTable()

    def add(self, name: str) -> str:
        """Make a token; returns it, for the only time. Raises `ConfigError` or `BridgeError`."""
        token = secrets.token_urlsafe(_BYTES)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        self._save(self.table().with_new(name, token, made))
        return token

    def revoke(self, name: str) -> None:
        """Take a token back. Raises `ConfigError` or `BridgeError`."""
        self._save(self.table().without(name))

    def table(self) -> TokenTable:
        """Those in force now; raises `BridgeError` where the file cannot be read."""
        try:
            status = self.path.stat()
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen != self._seen:
                rows = msgspec.json.decode(self.path.read_bytes(), type=tuple[KeptToken, ...])
                self._table, self._seen = TokenTable(rows), seen
        except FileNotFoundError:
            self._table, self._seen = TokenTable(), None
        except (OSError, msgspec.DecodeError) as error:
            raise BridgeError(
                f"the tokens in {self.path} cannot be read: {error}; mend the file, or remove it "
                "and make new ones"
            ) from error
        return self._table

    def _save(self, table: TokenTable) -> None:
        partial = self.path.with_name(self.path.name + ".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(table.rows)))
            partial.replace(self.path)
        except OSError as error:
            raise BridgeError(
                f"the tokens cannot be kept in {self.path}: {error.strerror}; make the folder "
                "writable"
            ) from error


def digest(token: str) -> str:
    """What is kept of a token: SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
