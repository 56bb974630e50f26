"""Where the bridge's password is kept."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from skaldcast.bridge.password_store import make_password, read_password
from skaldcast.core.errors import BridgeError, ConfigError


class Keyring(ModuleType):
    """The package `keyring`, as far as it is used; one that `works` not raises."""

    def __init__(self, *, works: bool) -> None:
        super().__init__("keyring")
        self._works = works
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        self._look()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self._look()
        self.kept[service, name] = password

    def _look(self) -> None:
        if not self._works:
            raise RuntimeError("no backend")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # importing it fails


def test_without_a_keyring_it_is_in_a_file_of_the_users_own(tmp_path: Path):
    path = tmp_path / "skaldcast" / "bridge-password"
    assert read_password(path) is None
    made = make_password(path)
    assert len(made.password) == 24
    assert made.place == str(path)
    assert read_password(path) == made
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["bridge-password"]


def test_a_new_one_takes_the_place_of_the_old_one(tmp_path: Path):
    path = tmp_path / "p"
    first, second = make_password(path), make_password(path)
    assert first.password != second.password
    assert read_password(path) == second


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_that_others_can_read_is_refused_with_what_to_do(tmp_path: Path):
    path = tmp_path / "p"
    make_password(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match=f"chmod 600 {path}"):
        read_password(path)


def test_a_keyring_has_it_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "p"
    make_password(path)
    monkeypatch.setitem(sys.modules, "keyring", keyring := Keyring(works=True))
    made = make_password(path)
    assert made.place == "the keyring"
    assert list(keyring.kept.values()) == [made.password]
    assert not path.exists()
    assert read_password(path) == made


def test_a_keyring_that_does_not_work_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "keyring", Keyring(works=False))
    made = make_password(tmp_path / "p")
    assert made.place == str(tmp_path / "p")
    assert read_password(tmp_path / "p") == made


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BridgeError, match="cannot be kept"):
        make_password(tmp_path / "file" / "p")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BridgeError, match="cannot be read"):
        read_password(tmp_path / "folder")
