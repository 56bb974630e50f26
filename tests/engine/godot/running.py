"""The two programs of these tests: the real engine, and a real game in Godot."""

import json
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Self

from tests.tui.command import TO_NOWHERE, WAIT_S, start

LISTENS = re.compile(rb"the bridge listens on ws://127\.0\.0\.1:(\d+)")
FAULT = re.compile(r"SCRIPT ERROR|ERROR:|Parse Error|leaked")
"""Godot goes on after an error in a script and exits with 0."""
MOST_FRAMES = "60000"
"""A game that nobody ends does so by itself, after some minutes."""

Told = tuple[str, list[Any]]


class Engine:
    """`skaldcast --no-tui`, once its bridge listens."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        address = f"bridge.address=127.0.0.1:{port}"
        self.process = start("--no-tui", "--no-web", *TO_NOWHERE, "--set", address, *arguments)
        assert self.process.stderr is not None
        told = [self.process.stderr.readline()]
        while (match := LISTENS.search(told[-1])) is None:
            assert told[-1], told
            told.append(self.process.stderr.readline())
        self.port = int(match[1])
        self.url = f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate(timeout=WAIT_S)

    def kill(self) -> None:
        """It has no time to say goodbye."""
        self.process.kill()
        self.process.communicate(timeout=WAIT_S)


def choose(project: Path, *settings: str) -> None:
    """Set some of the addon's settings over those of the project."""
    rows = ["[skaldcast]", *settings, ""]
    (project / "override.cfg").write_text("\n".join(rows), "utf-8")


def give_ear(project: Path) -> None:
    """Let the project's game hear itself (ear.gd)."""
    settings = (project / "project.godot").read_text("utf-8")
    ear = '[autoload]\n\nEar="*res://driver/ear.gd"'
    (project / "project.godot").write_text(settings.replace("[autoload]", ear), "utf-8")


def run_godot(godot: Path, project: Path, *arguments: str) -> str:
    """Run Godot to its end; returns what it told. Fails where it told of an error."""
    done = subprocess.run(
        [godot, "--headless", "--path", project, "--quit-after", MOST_FRAMES, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S * 2,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not FAULT.search(done.stderr), done.stderr
    return done.stdout


def check_script(godot: Path, project: Path, script: str) -> str:
    """What Godot says against a script; nothing where it compiles."""
    done = subprocess.run(
        [godot, "--headless", "--path", project, "--check-only", "--script", f"res://{script}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    return done.stderr or f"status {done.returncode}" * bool(done.returncode)


class Game:
    """A game whose script does what the test says and tells all signals (driver.gd)."""

    def __init__(self, godot: Path, project: Path, url: str = "", password: str = "") -> None:
        command = [godot, "--headless", "--path", project, "--quit-after", MOST_FRAMES]
        self.process = subprocess.Popen(
            [*command, "res://driver/driver.tscn"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.told: list[Told] = []
        """All that was read so far."""
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            _read(self.process.stdout, self._lines.put, lambda: self._lines.put(None)),
            _read(self.process.stderr, self._errors.append, lambda: None),
        ]
        self.until("started")
        if url:
            self.do(f"connect_to_engine({json.dumps(url)}, {json.dumps(password)})")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        if failure:
            self.kill()
        self._wait()
        if not failure:
            assert self.process.returncode == 0
            assert not [line for line in self._errors if FAULT.search(line)], self._errors

    def kill(self) -> None:
        """It crashes."""
        self.process.kill()
        self._wait()

    def _wait(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=WAIT_S)
        for reader in self._readers:
            reader.join()

    def do(self, expression: str) -> Any:
        """Let the autoload do something; returns what that returned."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{expression}\n")
        self.process.stdin.flush()
        return self.until("result")[0]

    def say(self, text: str) -> str:
        """Returns the line's id."""
        return self.do(f"say({json.dumps(text, ensure_ascii=False)})")

    def until(self, name: str, *begin: Any) -> list[Any]:
        """Read on until this signal comes, with these first arguments; returns all of them."""
        while True:
            line = self._lines.get(timeout=WAIT_S)
            assert line is not None, (self.told, self._errors)
            told, _, values = line.partition(" ")
            if not values.startswith("["):
                continue  # Godot's own
            self.told.append((told, json.loads(values)))
            if told == name and self.told[-1][1][: len(begin)] == list(begin):
                return self.told[-1][1]

    def heard(self, name: str, *begin: Any) -> list[list[Any]]:
        """The arguments of every such signal that was read."""
        count = len(begin)
        return [values for told, values in self.told if (told, values[:count]) == (name, [*begin])]

    def words(self, cue_id: str) -> list[str]:
        """The words that were heard of a line, without their marks, in their order."""
        return [values[1] for values in self.heard("word_started", cue_id)]


def _read(
    stream: IO[str], take: Callable[[str], None], end: Callable[[], None]
) -> threading.Thread:
    def work() -> None:
        for line in stream:
            take(line.rstrip("\n"))
        end()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def of_cue(told: Sequence[Told], cue_id: str) -> list[str]:
    """The names of a line's signals, in their order."""
    return [name for name, values in told if values[:1] == [cue_id] and name != "result"]
