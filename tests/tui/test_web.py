"""The web address of `--no-tui`, and `skaldcast tokens`, as a monitor meets them."""

import json
import re
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.tui.command import TO_NOWHERE, WAIT_S, run, start

ANY_PORTS = ("--set", "bridge.address=127.0.0.1:0")
IS = re.compile(r"the web address is (\S+)")


def ask(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=WAIT_S
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Headless:
    """`skaldcast --no-tui`, once the web address answers."""

    def __init__(self, address: str = "127.0.0.1:0", **options: Any) -> None:
        web = ("--set", f"web.address={address}")
        self.process = start("--no-tui", *TO_NOWHERE, *ANY_PORTS, *web, **options)
        assert self.process.stderr is not None
        line = self.process.stderr.readline().decode()
        match = IS.search(line)
        assert match is not None, line
        self.url = match[1]

    def until_bridge(self) -> None:
        assert self.process.stderr is not None
        while b"the bridge listens" not in (line := self.process.stderr.readline()):
            assert line

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=WAIT_S)
        return self.process.returncode


def test_it_answers_while_the_voice_is_loaded_and_once_it_can_speak():
    headless = Headless()
    status, body = ask(f"{headless.url}/health")
    assert status in (200, 503)
    assert json.loads(body)["status"] == ("ok" if status == 200 else "unavailable")
    headless.until_bridge()
    status, body = ask(f"{headless.url}/health")
    assert (status, json.loads(body)["voice"].partition("?")[0]) == (200, "tone:tone")
    status, body = ask(f"{headless.url}/metrics")
    assert status == 200
    assert "skaldcast_ready 1.0" in body
    assert headless.end() == 0


def test_from_elsewhere_it_wants_a_token_that_was_made(tmp_path: Path):
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    made = run("tokens", "add", "table", env=env)
    assert "the token of 'table'" in made.only_line
    headless = Headless("0.0.0.0:0", env=env)
    url = headless.url.replace("0.0.0.0", "127.0.0.1")
    assert ask(f"{url}/health")[0] in (200, 503)
    assert ask(f"{url}/metrics")[0] == 401
    assert ask(f"{url}/metrics", Authorization=f"Bearer {made.out.strip()}")[0] == 200
    assert run("tokens", env=env).out.splitlines()[1].startswith("table\t")
    assert run("tokens", "revoke", "table", env=env).status == 0
    assert ask(f"{url}/metrics", Authorization=f"Bearer {made.out.strip()}")[0] == 401
    assert headless.end() == 0


def test_a_busy_address_that_was_chosen_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("--no-tui", *TO_NOWHERE, *ANY_PORTS, "--set", f"web.address={address}")
    assert done.status == 1
    assert f"the web address cannot listen on {address}: address already in use" in done.only_line


def test_a_busy_default_address_is_a_warning():
    try:
        taken = socket.create_server(("127.0.0.1", 7526))
    except OSError:
        taken = None  # another has it already, which is as well
    try:
        process = start("--no-tui", *TO_NOWHERE, *ANY_PORTS)
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        assert "warning: the web address cannot listen on 127.0.0.1:7526" in line
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)
        assert process.returncode == 0
    finally:
        if taken is not None:
            taken.close()


def test_tokens_without_a_name_is_wrong_usage(tmp_path: Path):
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert "needs the token's NAME" in run("tokens", "add", env=env).refusal(2)
    assert "there is no token 'x'" in run("tokens", "revoke", "x", env=env).refusal()
