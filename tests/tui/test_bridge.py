"""`--no-tui` with the bridge, and `skaldcast bridge password`: the whole program as a game meets
it."""

import asyncio
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.password_store import read_password
from skaldcast.bridge.protocol.events import CueFinished
from skaldcast.core.types import Outcome
from tests.core.narrating import run as run_async
from tests.tui.command import TO_NOWHERE, WAIT_S, outcomes, read_report, run, start, texts

ANY_PORT = ("--set", "bridge.address=127.0.0.1:0", "--no-web")
LISTENS = re.compile(rb"the bridge listens on (\S+)")


class Game:
    """`skaldcast --no-tui`, once the bridge listens."""

    def __init__(self, *arguments: str, **options: object) -> None:
        self.process = start("--no-tui", *TO_NOWHERE, *ANY_PORT, *arguments, **options)
        assert self.process.stderr is not None
        self.told = [self.process.stderr.readline()]
        while (match := LISTENS.search(self.told[-1])) is None:
            assert self.told[-1], self.told
            self.told.append(self.process.stderr.readline())
        self.url = match[1].decode()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=WAIT_S)
        assert err == b"", err
        return self.process.returncode


def test_a_game_speaks_through_it_and_it_ends_with_a_signal(tmp_path: Path):
    report = tmp_path / "r.json"
    game = Game("--report", str(report))

    async def work() -> None:
        async with BridgeClient(game.url) as client:
            cue = await client.say("The gate is open.")
            assert await client.finished(cue.cue_id) is Outcome.FINISHED

    run_async(work)
    assert game.end() == 0
    assert texts(read_report(report)) == ["The gate is open."]


def test_lines_on_standard_input_are_spoken_too(tmp_path: Path):
    report = tmp_path / "r.json"
    game = Game("--report", str(report), stdin=subprocess.PIPE)
    assert game.process.stdin is not None
    game.process.stdin.write(b"One.\nTwo.\n")
    game.process.stdin.flush()

    async def work() -> None:
        async with BridgeClient(game.url) as client:
            ended = 0
            while ended < 2:
                state = await client.get_state()
                ended = state.cues - state.waiting
                await asyncio.sleep(0.01)  # more than 500 requests a second are refused

    run_async(work)
    assert game.end() == 0
    assert texts(read_report(report)) == ["One.", "Two."]


def test_what_is_being_spoken_at_the_end_is_told_to_its_end(tmp_path: Path):
    report = tmp_path / "r.json"
    game = Game("--report", str(report))

    async def work() -> None:
        async with BridgeClient(game.url) as client:
            await client.say("This is being spoken.", cue_id="a")
            await client.say("This waits.", cue_id="b")
            told = client.events()
            while (await anext(told)).__class__.__name__ != "CueStarted":
                pass
            game.process.send_signal(signal.SIGTERM)
            ended: dict[str, Outcome] = {}
            while len(ended) < 2:
                event = await anext(told)
                if isinstance(event, CueFinished):
                    ended[event.cue_id] = event.outcome
            assert ended == {"a": "finished", "b": "skipped"}

    run_async(work)
    assert game.process.wait(WAIT_S) == 0
    assert outcomes(read_report(report)) == ["finished", "skipped"]


def test_a_busy_address_that_was_chosen_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("--no-tui", *TO_NOWHERE, "--set", f"bridge.address={address}")
    assert done.status == 1
    assert f"cannot listen on {address}: address already in use" in done.only_line


def test_a_busy_default_address_is_a_warning(tmp_path: Path):
    try:
        taken = socket.create_server(("127.0.0.1", 7525))
    except OSError:
        taken = None  # another has it already, which is as well
    try:
        process = start("--no-tui", *TO_NOWHERE)
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        assert "warning: the bridge cannot listen on 127.0.0.1:7525" in line
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_S)
        assert process.returncode == 0
    finally:
        if taken is not None:
            taken.close()


def test_others_are_not_let_in_without_a_password():
    done = run("--no-tui", *TO_NOWHERE, "--set", "bridge.address=0.0.0.0:0")
    assert done.status == 1
    assert "needs a password" in done.only_line


def test_a_password_is_made_once_and_asked_for(tmp_path: Path):
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    made = run("bridge", "password", env=env)
    path = tmp_path / "skaldcast" / "bridge-password"
    assert made.status == 0
    assert made.only_line == f"made, and kept in {path}"
    kept = read_password(path)
    assert kept is not None
    assert made.out == kept.password + "\n"
    assert run("bridge", "password", env=env).out == made.out
    game = Game(env=env)

    async def work() -> None:
        async with BridgeClient(game.url, password=kept.password) as client:
            await client.pause()

    run_async(work)
    assert game.end() == 0
    assert run("bridge", "password", "--new", env=env).out != made.out


def test_a_password_that_is_set_wins_over_the_one_that_was_made(tmp_path: Path):
    env = {"XDG_CONFIG_HOME": str(tmp_path), "SKALDCAST_BRIDGE_PASSWORD": "hush"}
    made = run("bridge", "password", env=env)
    assert "SKALDCAST_BRIDGE_PASSWORD" in made.told[-1]
    game = Game(env=env)

    async def work() -> None:
        async with BridgeClient(game.url, password="hush") as client:
            await client.pause()

    run_async(work)
    assert game.end() == 0


@pytest.mark.parametrize("arguments", [("bridge",), ("bridge", "passwort")])
def test_a_word_that_is_none_is_wrong_usage(arguments: tuple[str, ...]):
    assert run(*arguments).status == 2
