"""From a key to the terminal while the console speaks, with 10,000 cues listed, and what 20 random
keys a second do to the voice.

    python benchmarks/console_keys.py [MINUTES]

A letter is typed and the time taken until it is drawn, over and over; at the 95th percentile 50 ms
is what we promise. With MINUTES random keys follow, 20 a second. Prints the
underruns of the report.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if TYPE_CHECKING:
    from benchmarks.terminal import Terminal

CUES = 10_000
KEYS = 200
LETTERS = [chr(code) for code in range(0x0430, 0x0450)]
"""Cyrillic: nowhere on the screen but where they were typed."""
RANDOM = [
    "\x1b[A",
    "\x1b[B",
    "\t",
    "\r",
    "a",
    " ",
    "J",
    "K",
    "y",
    "n",
    "\x07",
    "\x1b[5~",
    "\x1b[6~",
]
"""Up, down, Tab, Enter, letters of the list, GO, pages."""


def main() -> None:
    from benchmarks.terminal import Terminal

    minutes = float((sys.argv[1:] or ["0"])[0])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, report = folder / "script.txt", folder / "report.json"
        line = "This is cue {}, and it is long enough to be heard for a while, word by word."
        script.write_text("\n\n".join(line.format(k) for k in range(CUES)))
        arguments = ("--voice", "tone", "--output", "null", "--no-bridge")
        with Terminal(
            folder, *arguments, "--script", str(script), "--report", str(report)
        ) as terminal:
            terminal.wait_for("tone:tone", 60.0)
            terminal.type("\x1b")
            time.sleep(0.5)
            terminal.type("\x1b[21~")  # F10
            terminal.wait_for("SPEAKING", 30.0)
            # Another letter each time: the same one in the same frame would draw nothing.
            times = sorted(letter_s(terminal, LETTERS[k % len(LETTERS)]) for k in range(KEYS))
            press_randomly(terminal, minutes * 60.0)
            terminal.type("\x11")
            status = terminal.wait_ended(60.0)
        told = json.loads(report.read_text("utf-8"))
    cut = quantiles(times, n=20)
    print(
        f"key to screen: median {1e3 * cut[9]:.0f} ms, 95th percentile {1e3 * cut[18]:.0f} ms, "
        f"worst {1e3 * times[-1]:.0f} ms of {KEYS}; {told['audio_s']:.0f} s spoken, "
        f"{told['underruns']} underruns, {told['holds']} holds; exit status {status}"
    )


def letter_s(terminal: "Terminal", letter: str) -> float:
    pause_until = time.monotonic() + random.uniform(0.03, 0.12)
    while (left := pause_until - time.monotonic()) > 0:
        terminal.read(left)
    terminal.type(letter)
    took = terminal.wait_for(letter, 10.0)
    terminal.type("\x7f")
    return took


def press_randomly(terminal: "Terminal", duration_s: float) -> None:
    chosen = random.Random(1)
    end = time.monotonic() + duration_s
    while time.monotonic() < end:
        terminal.type(chosen.choice(RANDOM))
        terminal.read(0.0)
        due = time.monotonic() + 0.05
        while (left := due - time.monotonic()) > 0:
            terminal.read(left)
        del terminal.shown[:]
        assert terminal.process.poll() is None, "it has ended"


if __name__ == "__main__":
    main()
