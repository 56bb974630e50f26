"""A game in C# without Unity, on .NET and on Mono, that does what a test says."""

import json
import queue
import subprocess
import threading
from collections.abc import Callable
from typing import IO, Any, Self

from tests.engine.unity.building import Build, environment
from tests.tui.command import WAIT_S

OF_THE_ENGINE = "skaldcast: "
"""An engine of the game's own tells on the game's standard error."""


class Game:
    """Runs game/Program.cs."""

    def __init__(self, built: Build, runtime: str, url: str, password: str = "") -> None:
        self.process = subprocess.Popen(
            [*built.command(runtime, "Game"), url, password],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(),
        )
        self.told: list[tuple[str, list[Any]]] = []
        """All that was read so far."""
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._errors: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            _read(self.process.stdout, self._lines.put, lambda: self._lines.put(None)),
            _read(self.process.stderr, self._errors.append, lambda: None),
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        if failure:
            self.process.kill()
        self._wait()
        if not failure:
            assert self.process.returncode == 0, self._errors
            assert not [line for line in self._errors if not line.startswith(OF_THE_ENGINE)]

    def kill(self) -> None:
        """It crashes."""
        self.process.kill()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(timeout=WAIT_S)
        for reader in self._readers:
            reader.join()

    def do(self, what: str, *arguments: Any) -> Any:
        """Let the client do something; returns what that returned."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, *arguments]) + "\n")
        self.process.stdin.flush()
        return self.until("result")[0]

    def wait(self, name: str, *begin: Any) -> list[Any]:
        """What was told, or will be: tasks and events have no order between them."""
        found = self.heard(name, *begin)
        return found[0] if found else self.until(name, *begin)

    def until(self, name: str, *begin: Any) -> list[Any]:
        """Read on until this is told, with these first arguments; returns all of them."""
        while True:
            line = self._lines.get(timeout=WAIT_S)
            assert line is not None, (self.told, self._errors)
            told, _, values = line.partition(" ")
            self.told.append((told, json.loads(values)))
            if told == name and self.told[-1][1][: len(begin)] == list(begin):
                return self.told[-1][1]

    def heard(self, name: str, *begin: Any) -> list[list[Any]]:
        """The arguments of all of this name that were read."""
        count = len(begin)
        return [values for told, values in self.told if (told, values[:count]) == (name, [*begin])]

    def words(self, cue_id: str) -> list[str]:
        """The words that were heard of a cue, in their order."""
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
