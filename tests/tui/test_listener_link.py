"""The link for those who listen elsewhere."""

from pathlib import Path

import pytest
import segno

from skaldcast.bridge.web.tokens import TokenStore, tokens_path
from skaldcast.core.settings import WebSettings
from skaldcast.tui.listener_link import make_link, qr_code
from tests.tui.command import run


@pytest.fixture(autouse=True)
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_on_loopback_there_is_no_token_and_it_says_who_can_listen():
    made = make_link(WebSettings("127.0.0.1:7526"))
    assert made.link == "http://127.0.0.1:7526/"
    assert "0.0.0.0" in made.note
    assert not TokenStore(tokens_path()).table().rows


def test_off_loopback_each_link_opens_and_can_be_revoked_by_its_name():
    first, second = (make_link(WebSettings("0.0.0.0:7526")) for _ in "ab")
    table = TokenStore(tokens_path()).table()
    tokens = [made.link.partition("?token=")[2] for made in (first, second)]
    assert [table.holder(token) for token in tokens] == ["listeners", "listeners-2"]
    assert "0.0.0.0" not in first.link
    assert second.note.endswith("`skaldcast tokens revoke listeners-2`")


def test_where_this_machine_needs_a_token_its_link_has_one():
    made = make_link(WebSettings("127.0.0.1:7526", require_token=True))
    link, _, token = made.link.partition("?token=")
    assert link == "http://127.0.0.1:7526/"
    assert TokenStore(tokens_path()).table().holder(token) == "listeners"


def test_the_code_has_the_modules_of_the_link():
    code = qr_code("http://127.0.0.1:7526/")
    dark: list[list[int]] = []
    for line in code.split("\n"):
        dark.append([int(letter in "▄ ") for letter in line])
        dark.append([int(letter in "▀ ") for letter in line])
    rows = [list(r) for r in segno.make("http://127.0.0.1:7526/", error="l").matrix_iter(border=2)]
    assert dark[: len(rows)] == rows


def test_the_command_prints_the_link_alone_where_nobody_looks_on(tmp_path: Path):
    done = run("listen", env={"XDG_CONFIG_HOME": str(tmp_path)})
    assert done.out == "http://127.0.0.1:7526/\n"
