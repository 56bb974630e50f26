"""`skaldcast attach` in a real terminal, on a real engine in another process."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from skaldcast.tui.commands.attach import url_of
from skaldcast.tui.console.keeping import Keeper
from skaldcast.tui.options import UsageError, settings_of
from skaldcast.tui.parser import make_parser
from tests.tui.command import WAIT_S, read_report, run, start
from tests.tui.console.test_terminal import Tmux

TEXT = (
    "The gate stood open, and beyond it the road ran down to the sea, where nobody waited for them "
    "and the lamps had gone out long before the ship came in, and nobody looked at the tower again "
    "until the bells began to ring and the whole of the town was on its feet, down at the water."
)


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[tuple[Tmux, Tmux]]:
    """Two: one whose program was killed stays raw."""
    made = Tmux(tmp_path, 100, 28), Tmux(tmp_path, 100, 28)
    yield made
    for terminal in made:
        terminal.close()


def headless(report: Path, **env: str) -> tuple[subprocess.Popen[bytes], str]:
    """An engine with a voice that speaks in its own time, and where its bridge listens."""
    process = start(
        *("--no-tui", "--no-web", "--voice", "tone", "--output", "null", "--report", str(report)),
        *("--set", "bridge.address=127.0.0.1:0"),
        env=env,
    )
    assert process.stderr is not None
    while (match := re.search(rb"listens on ws://(\S+)", process.stderr.readline())) is None:
        assert process.poll() is None
    return process, match[1].decode()


def console_of(address: str) -> psutil.Process:
    (found,) = (
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[-2:] == ["attach", address]
    )
    return found


def kept(folder: Path) -> tuple[list[str], int | None] | None:
    """The list that was written down, and which cue stands by."""
    draft = Keeper(folder / "xdg_state_home" / "skaldcast" / "attached").draft()
    return None if draft is None else ([cue.text for cue in draft.cues], draft.standby)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux, the terminal it runs in")
def test_a_console_that_is_killed_costs_the_voice_nothing(
    terminals: tuple[Tmux, Tmux], tmp_path: Path
):
    report = tmp_path / "r.json"
    engine, address = headless(report)
    terminal, another = terminals
    terminal.start("attach", address)
    terminal.shows("The voice is there")
    terminal.press("Escape")
    terminal.until(lambda screen: "First steps" not in screen)
    terminal.line(f"+{TEXT}")
    terminal.line("+Nobody moved.")
    terminal.shows("2 · waiting")
    terminal.press("F5")
    terminal.shows("1 » SPEAKING")
    # The list is kept once a second: what was written in the last one a kill may cost.
    terminal.until(lambda _: kept(tmp_path) == ([TEXT, "Nobody moved."], 1))
    console_of(address).kill()
    terminal.shows("status=137")
    another.start("attach", address)
    another.shows("1 » SPEAKING")  # the one that the first console gave
    another.shows("1 = spoken")
    another.press("F5")
    another.shows("2 = spoken")
    another.press("C-q")
    another.shows("status=0")
    engine.send_signal(signal.SIGTERM)
    assert engine.communicate(timeout=WAIT_S)[1] == b""
    told = read_report(report)
    assert told["underruns"] == 0
    assert [(cue["text"], cue["outcome"]) for cue in told["cue_list"]] == [
        (TEXT, "finished"),
        ("Nobody moved.", "finished"),
    ]


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux, the terminal it runs in")
def test_a_password_that_is_not_known_is_asked_for(terminals: tuple[Tmux, Tmux], tmp_path: Path):
    engine, address = headless(tmp_path / "r.json", SKALDCAST_BRIDGE_PASSWORD="hush")
    terminal, another = terminals
    terminal.start("attach", address)
    another.start("attach", address)
    terminal.shows(f"Password of ws://{address}:")
    terminal.line("hush")
    terminal.shows("The voice is there")
    terminal.press("C-q")
    another.shows("Password of")
    another.line("wrong")
    another.shows("status=1")
    engine.send_signal(signal.SIGTERM)
    engine.communicate(timeout=WAIT_S)


def test_an_engine_that_is_not_there_is_told_before_the_screens():
    pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX's")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "skaldcast.tui", "attach", "127.0.0.1:1"],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        check=False,
        timeout=WAIT_S,
    )
    os.close(theirs)
    told = os.read(ours, 65_536).decode()
    os.close(ours)
    assert (done.returncode, done.stdout) == (1, b"")
    assert "no bridge answers at ws://127.0.0.1:1" in told


def test_without_a_terminal_it_is_refused():
    assert "needs a terminal" in run("attach", "127.0.0.1:1").refusal()


@pytest.mark.parametrize(
    ("given", "options", "url"),
    [
        (None, (), "ws://127.0.0.1:7525"),
        (None, ("--set", "bridge.address=0.0.0.0:7000"), "ws://127.0.0.1:7000"),
        (None, ("--set", "bridge.address=[::1]:7000"), "ws://[::1]:7000"),
        ("gamebox:7525", (), "ws://gamebox:7525"),
        ("wss://voice.example", (), "wss://voice.example"),
    ],
)
def test_the_address_is_the_one_given_or_the_settings(
    given: str | None, options: tuple[str, ...], url: str
):
    arguments = make_parser().parse_args(["attach", *options])
    assert url_of(given, settings_of(arguments)) == url


def test_what_is_no_address_is_wrong_usage():
    with pytest.raises(UsageError, match="the address of the engine must be host:port"):
        url_of("gamebox", settings_of(make_parser().parse_args(["attach"])))
