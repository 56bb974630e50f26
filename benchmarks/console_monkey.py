"""Random keys, 20 a second, while the console speaks: no exception and no underrun is promised.

    python benchmarks/console_monkey.py [--minutes 30] [--seed 1] [--speaking]

All keys of the console's table but those that end or stop it (F2 too, whose list has them), letters
and Enter, the same ones each time; in a real terminal, with the voice of tones. Where they have
made it silent, a line is typed and a pause ended; but a key that stops, skips or pauses comes every
second or so. With `--speaking` these are left out, and it speaks most of the time. Prints what came
of it, and the machine's load.
"""

import argparse
import json
import os
import random
import string
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import mean

from textual.keys import _character_to_key

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

EVERY_S = 0.05
LOOK_S = 2.0
"""Between two looks at whether it speaks."""
LINE = "This is said so that it is never silent for long, whatever keys were pressed before it."
CUES = 300
SILENCING = {"panic", "pause", "skip"}
LEFT_OUT = {"ctrl+q", "ctrl+z", "f2", ""}
NAMED = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "delete": "\x1b[3~",
    "tab": "\t",
    "enter": "\r",
    "escape": "\x1b",
    "space": " ",
    "slash": "/",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
}
"""What an xterm sends; F5 and more, letters and Ctrl are computed."""
FUNCTION = {5: 15, 6: 17, 7: 18, 8: 19, 9: 20, 10: 21, 11: 23, 12: 24}


def main() -> None:
    from benchmarks.terminal import Terminal

    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speaking", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, report = folder / "script.txt", folder / "report.json"
        script.write_text("\n\n".join(f"This is cue {k}. {LINE}" for k in range(CUES)))
        options = ("--voice", "tone", "--output", "null", "--no-bridge")
        with Terminal(
            folder, *options, "--script", str(script), "--report", str(report)
        ) as terminal:
            terminal.wait_for("tone:tone", 120.0)
            reports = Reports(report)
            monkey = Monkey(terminal, reports, arguments.seed, speaking=arguments.speaking)
            monkey.press_for(arguments.minutes * 60.0)
            end = time.monotonic() + 1.0
            while (left := end - time.monotonic()) > 0:  # behind an Escape it would be Alt+Ctrl+Q
                terminal.read(left)
            terminal.type("\x11")
            status = terminal.wait_ended(120.0)
        reports.take()
        log = "".join(path.read_text("utf-8", "replace") for path in folder.rglob("console.log"))
    print(
        f"{monkey.pressed} keys in {arguments.minutes:g} min, seed {arguments.seed}: exit status "
        f"{status}, {log.count('Traceback')} exceptions; {reports.told['audio_s'] / 60:.1f} min "
        f"spoken in {reports.told['cues']} cues, {reports.told['underruns']} underruns, "
        f"{reports.told['holds']} holds, {reports.told['restarts']} restarts of processes, "
        f"{reports.count} voices one after another; load {mean(monkey.loads):.1f} (at most "
        f"{max(monkey.loads):.1f}) on {os.cpu_count()} cores"
    )
    if log.strip():
        print(log[-4000:])


class Reports:
    """What all narrators told in the end: a key may have the voice started anew, whose report takes
    the place of the one before."""

    def __init__(self, path: Path) -> None:
        self.told: Counter[str] = Counter()
        self.count = 0
        self._path = path

    def take(self) -> None:
        """Add the report that is there, if any, and remove it."""
        if self._path.exists():
            report = json.loads(self._path.read_text("utf-8"))
            self._path.unlink()
            self.count += 1
            self.told["restarts"] += sum(report["restarts"].values())
            for name in ("audio_s", "cues", "underruns", "holds"):
                self.told[name] += report[name]


class Monkey:
    """Presses keys in `terminal`."""

    def __init__(self, terminal, reports: Reports, seed: int, *, speaking: bool) -> None:
        from skaldcast.tui.console.keys import GROUPS

        self._terminal, self._reports = terminal, reports
        self._random = random.Random(seed)
        table = [key for _, keys in GROUPS for key in keys]
        silencing = [key for key in table if key.action.removeprefix("app.") in SILENCING]
        left_out = LEFT_OUT | {n for k in silencing for n in k.keys.split(",") if speaking}
        names = [name for key in table for name in key.keys.split(",") if name not in left_out]
        letters = [letter for letter in "abcßж?!+ 123456789" if letter not in left_out]
        self._keys = [*map(sequence, names), *letters, *("\r" * 3), *("\x1b" * 3)]
        self._state = ""
        self.pressed = 0
        self.loads: list[float] = []

    def press_for(self, duration_s: float) -> None:
        now = time.monotonic()
        end, look = now + duration_s, now
        while (now := time.monotonic()) < end:
            if now >= look:
                look = now + LOOK_S
                self._speak()
                self._reports.take()
                self.loads.append(os.getloadavg()[0])
            self._terminal.type(self._random.choice(self._keys))
            self.pressed += 1
            due = now + EVERY_S
            while (left := due - time.monotonic()) > 0:
                self._terminal.read(left)
            if self._terminal.process.poll() is not None:
                self._terminal.read(1.0)
                shown = self._terminal.shown.decode("utf-8", "replace")
                status = self._terminal.process.returncode
                raise SystemExit(f"it ended with {status} after {self.pressed} keys: {shown}")

    def _speak(self) -> None:
        """Where it is silent, or about to be, type a line; where it pauses, go on."""
        shown = self._terminal.shown.decode("utf-8", "replace")
        places = {word: shown.rfind(f"| {word}") for word in ("PAUSED", "SPEAKING", "quiet")}
        word = max(places, key=places.__getitem__)
        if places[word] >= 0:
            self._state = word
        del self._terminal.shown[:-20_000]  # what it said in the end is kept
        if self._state == "PAUSED":
            self._terminal.type(sequence("f6"))
        elif self._state != "SPEAKING":
            for _ in range(3):  # out of whatever is open
                self._terminal.type("\x1b")
                self._terminal.read(0.15)
            self._terminal.type(f"\x15{LINE}\r")


def sequence(key: str) -> str:
    """What a terminal sends for a key by Textual's name."""
    if key in NAMED:
        return NAMED[key]
    if key.startswith("ctrl+"):
        return chr(ord(key[-1].upper()) - 64)
    if key[0] == "f" and key[1:].isdigit():
        return f"\x1b[{FUNCTION[int(key[1:])]}~"
    return next(character for character in string.printable if _character_to_key(character) == key)


if __name__ == "__main__":
    main()
