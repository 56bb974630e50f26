"""Who may use the web address."""

import pytest

from skaldcast.bridge.web.access import Access, Visit

HERE = "127.0.0.1:7526"
OURS = Access(is_ours=True, holder={"good": "table"}.get)
OPEN = Access(is_ours=False, holder={"good": "table"}.get)


def status(access: Access, host: str = HERE, path: str = "/metrics", **rest: object) -> int:
    refusal = access.refuse(Visit(path=path, host=host, **rest))  # pyright: ignore
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize("host", ["127.0.0.1:7526", "localhost:7526", "LOCALHOST", "[::1]:7526"])
def test_this_machine_needs_no_token(host: str):
    assert status(OURS, host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example:7526", "192.0.2.1", "localhost.evil.example", "", "[::1", "127.0.0.1.nip"],
)
def test_a_name_that_was_made_to_lead_here_opens_nothing(host: str):
    assert status(OURS, host) == 401
    assert status(OURS, host, "/health") == 401
    assert status(OURS, host, origin=f"http://{host}") in (401, 403)


def test_a_token_is_what_lets_in_only_where_it_is_needed():
    assert not OURS.needs_token(Visit(path="/metrics", host=HERE, token="good"))
    assert OURS.needs_token(Visit(path="/metrics", host=HERE, forwarded=True))
    assert OPEN.needs_token(Visit(path="/metrics", host=HERE))
    assert not OPEN.needs_token(Visit(path="/health", host=HERE))


def test_what_comes_through_a_proxy_needs_a_token():
    assert status(OURS, forwarded=True) == 401
    assert status(OURS, forwarded=True, token="good") == 200


def test_from_other_machines_all_but_health_needs_a_token():
    assert status(OPEN, path="/health") == 200
    assert status(OPEN) == 401
    assert status(OPEN, token="bad") == 401
    assert status(OPEN, token="good") == 200
    assert status(OPEN, path="/health/../metrics") == 401


def test_a_web_page_of_others_is_refused_unless_it_is_named():
    named = Access(is_ours=True, origins=("https://game.example",))
    assert status(OURS, origin="https://game.example") == 403
    assert status(OURS, origin="null") == 403
    assert status(OURS, origin="http://[") == 403
    assert status(named, origin="https://game.example") == 200
    assert status(named, origin="https://other.example") == 403


def test_a_page_of_ours_is_let_in():
    assert status(OURS, origin=f"http://{HERE}") == 200
    assert status(OURS, origin="http://127.0.0.1:8080") == 403
    assert status(OPEN, "voice.example", origin="https://voice.example", token="good") == 200


def test_a_token_does_not_help_a_page_of_others():
    assert status(OPEN, origin="https://evil.example", token="good") == 403
