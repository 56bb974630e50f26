"""How a game has an engine of its own: the port file, and the end with the game
(docs/shipping.md)."""

import asyncio
import contextlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import pytest

from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.protocol.events import CueStarted
from skaldcast.core.errors import BridgeError
from skaldcast.core.types import Outcome
from skaldcast.tui.parent import ended_with, wait_for_end
from skaldcast.tui.port_file import PortFile
from tests.core.narrating import run as run_async
from tests.tui.command import TO_NOWHERE, WAIT_S, run, start, wait_until

ENGINE = (sys.executable, "-m", "skaldcast.tui")


class Hidden:
    """`skaldcast --no-tui` with a port file, once that is there."""

    def __init__(self, folder: Path, *arguments: str, **options: Any) -> None:
        self.path = folder / "port.json"
        self.process = start(
            *("--no-tui", *TO_NOWHERE, "--port-file", str(self.path), *arguments), **options
        )
        wait_until(self.path.exists, self.process)
        self.told = json.loads(self.path.read_text("utf-8"))

    def end(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=WAIT_S)
        return self.process.returncode


@contextlib.contextmanager
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits for its end."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_it_tells_a_game_all_that_it_needs_and_goes_with_the_engine(tmp_path: Path):
    hidden = Hidden(tmp_path)
    told = hidden.told
    assert told["pid"] == hidden.process.pid
    assert told["version"] == version("skaldcast")
    assert told["url"] == f"ws://{told['address']}"
    assert not told["address"].endswith(":7525")  # a port that is free, for games side by side

    async def work() -> None:
        async with BridgeClient(told["url"], password=told["password"]) as client:
            cue = await client.say("The gate is open.")
            assert await client.finished(cue.cue_id) is Outcome.FINISHED

    run_async(work)
    assert hidden.end() == 0
    assert list(tmp_path.iterdir()) == []


def test_nobody_speaks_without_the_password_in_it(tmp_path: Path):
    hidden = Hidden(tmp_path)

    async def work() -> None:
        with pytest.raises(BridgeError, match="challenge is wrong"):
            async with BridgeClient(hidden.told["url"], password="guessed"):
                pass

    run_async(work)
    assert hidden.end() == 0


def test_two_engines_have_each_its_own_port_and_password(tmp_path: Path):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    one, other = [Hidden(folder) for folder in folders]
    assert one.told["address"] != other.told["address"]
    assert one.told["password"] != other.told["password"]
    assert (one.end(), other.end()) == (0, 0)


def test_a_password_that_is_set_is_kept(tmp_path: Path):
    hidden = Hidden(tmp_path, env={"SKALDCAST_BRIDGE_PASSWORD": "hush"})
    assert hidden.told["password"] == "hush"
    assert hidden.end() == 0


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path):
    path = tmp_path / "none" / "port.json"
    done = run("--no-tui", *TO_NOWHERE, "--port-file", str(path), stdin=subprocess.DEVNULL)
    assert done.status == 1
    assert f"the port file {path} cannot be written" in done.told[-1]


@pytest.mark.parametrize("option", [("--port-file", "x"), ("--parent", "1")])
def test_without_the_bridge_they_are_wrong_usage(option: tuple[str, str]):
    assert "leave out --no-bridge" in run("--no-tui", "--no-bridge", *option).refusal(2)


@pytest.mark.skipif(sys.platform == "win32", reason="there the folder says who may read it")
def test_only_its_owner_may_read_it(tmp_path: Path):
    PortFile(tmp_path / "port.json").write("ws://127.0.0.1:1", "hush")
    assert stat.S_IMODE((tmp_path / "port.json").stat().st_mode) == 0o600


def test_what_another_engine_wrote_there_stays(tmp_path: Path):
    path = tmp_path / "port.json"
    file = PortFile(path)
    file.write("ws://127.0.0.1:1", "hush")
    path.write_text(json.dumps({"pid": os.getpid() + 1}), "utf-8")
    file.remove()
    assert path.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"pid": []}', "\xff"])
def test_what_is_no_port_file_stays_too(tmp_path: Path, text: str):
    path = tmp_path / "port.json"
    path.write_text(text, "latin-1")
    PortFile(path).remove()
    assert path.exists()


# the end with the game


def test_when_the_game_is_killed_the_engine_ends_and_leaves_nothing(tmp_path: Path):
    path = tmp_path / "port.json"
    game = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.game", str(path), *ENGINE], stdout=subprocess.PIPE
    )
    assert game.stdout is not None
    assert game.stdout.readline().strip() == b"it speaks"
    all_of_them = psutil.Process(game.pid).children(recursive=True)
    assert len(all_of_them) >= 3  # the engine, the voice, the sound
    game.kill()
    _, left = psutil.wait_procs(all_of_them, timeout=WAIT_S)
    assert left == []
    assert list(tmp_path.iterdir()) == []
    game.communicate()


def test_an_engine_that_comes_too_late_ends_at_once(tmp_path: Path):
    with sleeper() as process:
        pass
    done = run("--no-tui", *TO_NOWHERE, "--parent", str(process.pid), stdin=subprocess.DEVNULL)
    assert done.status == 0


def test_what_a_game_is_told_on_its_standard_input_is_not_spoken(tmp_path: Path):
    report = tmp_path / "r.json"
    parent = ("--parent", str(os.getpid()), "--report", str(report))
    hidden = Hidden(tmp_path, *parent, stdin=subprocess.PIPE)
    assert hidden.process.stdin is not None
    hidden.process.stdin.write(b"This is for the game.\n")
    hidden.process.stdin.close()
    hidden.process.stdin = None

    async def work() -> None:
        async with BridgeClient(hidden.told["url"], password=hidden.told["password"]) as client:
            events = client.events()
            await client.say("One.")
            while not isinstance(await anext(events), CueStarted):
                pass

    run_async(work)
    assert hidden.end() == 0
    assert [cue["text"] for cue in json.loads(report.read_text("utf-8"))["cue_list"]] == ["One."]


def test_a_process_that_ends_is_noticed():
    with sleeper() as process:
        waiting = threading.Thread(target=wait_for_end, args=(process.pid,), daemon=True)
        waiting.start()
        assert waiting.is_alive()
        process.kill()
        process.wait()
        waiting.join(WAIT_S)
        assert not waiting.is_alive()


def test_what_does_not_end_by_itself_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("skaldcast.tui.parent._END_S", 0.0)
    forced = threading.Event()

    async def work() -> None:
        told = asyncio.Event()
        on_ended: Callable[[], None] = told.set
        with sleeper() as process, ended_with(process.pid, on_ended, or_else=forced.set):
            process.kill()
            await told.wait()
            assert await asyncio.to_thread(forced.wait, WAIT_S)

    run_async(work)
