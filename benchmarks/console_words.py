"""From a word at the device to its mark on the screen, in a real terminal.

    python benchmarks/console_words.py [WORDS]

The console speaks a cue of tones into nowhere, whose clock is that of a device. Prints how long
after the first frame of a word the terminal has it marked; at most 80 ms is what we promise.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

WORDS = 200
_REVERSED = rb"\x1b\[(?:\d+;)*7(?:;\d+)*m"


def main() -> None:
    from benchmarks.terminal import Terminal

    count = int((sys.argv[1:] or [str(WORDS)])[0])
    words = [f"word{number}" for number in range(1000, 1000 + count)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, heard = folder / "script.txt", folder / "heard.txt"
        script.write_text(" ".join(words) + ".")
        arguments = (str(folder), str(script), str(heard))
        with Terminal(folder, *arguments, program=(__file__, "--console")) as terminal:
            terminal.wait_for("tone:tone", 120.0)
            terminal.type("\x1b")
            terminal.read(0.5)
            terminal.type("\x1b[15~")  # F5
            drawn = watch(terminal, words)
            terminal.type("\x11")
            terminal.wait_ended(60.0)
        rows = [line.split() for line in heard.read_text().splitlines()]
    device = {word.rstrip("."): float(at_s) for word, at_s in rows}
    late = sorted(drawn[word] - device[word] for word in words if word in drawn and word in device)
    cut = quantiles(late, n=20)
    print(
        f"{len(late)} of {count} words marked: {1e3 * cut[9]:.0f} ms after the device at the "
        f"median, {1e3 * cut[18]:.0f} ms at the 95th percentile, {1e3 * late[0]:.0f} to "
        f"{1e3 * late[-1]:.0f} ms, {sum(1e3 * one <= 80 for one in late)} within 80 ms; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


def watch(terminal, words: list[str]) -> dict[str, float]:
    """When each word came to stand reversed, on the system's monotonic clock."""
    drawn: dict[str, float] = {}
    pattern = re.compile(_REVERSED + rb"(word\d+)")
    end = time.monotonic() + 60.0 + len(words)
    while words[-1] not in drawn and time.monotonic() < end:
        del terminal.shown[:]
        data = terminal.read(0.5)
        now = time.monotonic()
        for word in pattern.findall(data):
            drawn.setdefault(word.decode(), now)
    return drawn


def console(folder: Path, script: Path, heard: Path) -> None:
    """The console, with a listener beside the screens that writes down what is heard when."""
    from argparse import Namespace

    from skaldcast.core.clock import monotonic_s
    from skaldcast.core.events import WordStarted
    from skaldcast.core.narrator import Narrator
    from skaldcast.tui.console.app import ConsoleApp
    from skaldcast.tui.console.setup import Setup

    async def write_down(narrator: Narrator) -> None:
        began_s = monotonic_s() - narrator.time_s
        with heard.open("w", buffering=1) as file:
            async for event in narrator.events(capacity=10_000):
                if isinstance(event, WordStarted):
                    print(event.word, began_s + event.time_s, file=file)

    class Watched(Setup):
        @asynccontextmanager
        async def around(self, narrator: Narrator) -> AsyncGenerator[None]:
            writing = asyncio.create_task(write_down(narrator))
            yield
            writing.cancel()

    arguments = Namespace(voice="tone", output="null", no_bridge=True)
    asyncio.run(ConsoleApp(Watched(arguments), folder, script=script).run_async())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--console"]:
        console(*map(Path, sys.argv[2:5]))
    else:
        main()
