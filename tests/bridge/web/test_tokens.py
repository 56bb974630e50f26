"""The tokens of the web address."""

import os
from pathlib import Path

import pytest

from skaldcast.bridge.web.tokens import TokenStore, TokenTable
from skaldcast.core.errors import BridgeError, ConfigError


def test_each_token_opens_until_it_is_revoked(tmp_path: Path):
    store = TokenStore(tmp_path / "skaldcast" / "tokens.json")
    assert store.table().rows == ()
    table, phone = store.add("table"), store.add("phone")
    assert store.table().holder(table) == "table"
    assert store.table().holder(phone) == "phone"
    store.revoke("table")
    assert store.table().holder(table) is None
    assert store.table().holder(phone) == "phone"


def test_another_program_sees_what_was_added_and_revoked(tmp_path: Path):
    path = tmp_path / "tokens.json"
    running, command = TokenStore(path), TokenStore(path)
    token = command.add("table")
    assert running.table().holder(token) == "table"
    command.revoke("table")
    assert running.table().holder(token) is None


def test_the_file_has_no_token_in_it_and_is_the_users_own(tmp_path: Path):
    path = tmp_path / "tokens.json"
    token = TokenStore(path).add("table")
    assert token not in path.read_text("utf-8")
    assert len(token) == 32
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["tokens.json"]


def test_a_name_is_there_once_and_is_one_line():
    table = TokenTable().with_new("table", "a", "now")
    with pytest.raises(ConfigError, match="there is a token 'table' already"):
        table.with_new("table", "b", "now")
    for name in ("", "  ", "a\nb", "x" * 61):
        with pytest.raises(ConfigError, match="1 to 60 characters"):
            table.with_new(name, "b", "now")
    with pytest.raises(ConfigError, match="there is no token 'phone'; there are: table"):
        table.without("phone")


def test_nothing_is_no_token():
    table = TokenTable().with_new("table", "a", "now")
    assert [table.holder(token) for token in ("", "A", "aa", "\udcff")] == [None] * 4


def test_a_file_that_is_broken_is_told_and_opens_nothing(tmp_path: Path):
    path = tmp_path / "tokens.json"
    path.write_text("{")
    with pytest.raises(BridgeError, match="cannot be read"):
        TokenStore(path).table()
    (tmp_path / "file").touch()
    with pytest.raises(BridgeError, match="cannot be"):
        TokenStore(tmp_path / "file" / "tokens.json").add("table")
