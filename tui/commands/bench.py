"""`skaldcast bench`: what this machine does, measured; docs/performance.md says what it means.

Each measurement runs the command line in a process of its own and reads its report, so nothing
here is warmer than it would be for a user; `bench_xtts` asks a child of its own. Nothing
is heard: the outputs are `null` and a file.
"""

import json
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...core.errors import ConfigError, ProcessError
from ...core.frozen import is_frozen
from ..options import UsageError, settings_of
from ..tables import print_table

_LINE = "The wind howled over the black stones of the keep."
_STORY = (
    "The bell rang once more over the frozen harbour, and nobody answered it. Far out on the ice a "
    "single lantern moved, slowly, the way a tired man walks. She counted its steps until it was "
    "gone; then she shut the door, put the bar across it, and sat down to wait for the morning.\n\n"
)
_TONE_PARAGRAPHS = 400
_STORY_PARAGRAPHS = 60

_XTTS = "xtts"
"""Only where it is named: it takes minutes without a graphics card."""

Row = tuple[str, str, str]


def bench(arguments: Namespace) -> int:
    """Measure, all or what is named, and print one row each."""
    names: list[str] = arguments.name or list(_MEASUREMENTS)
    known = [*_MEASUREMENTS, _XTTS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(f"no measurement {unknown[0]!r}; there are: {', '.join(known)}")
    if arguments.tune and _XTTS not in names:
        raise UsageError("--tune belongs to `bench xtts`")
    voice = settings_of(arguments).settings.voice
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="skaldcast-bench-") as folder:
        for name in names:
            print(f"measuring {name} ...", file=sys.stderr)
            rows += _xtts(arguments) if name == _XTTS else _MEASUREMENTS[name](voice, Path(folder))
    print_table(("measurement", "value", "what it is"), rows)
    return 0


def _import_time(voice: str, folder: Path) -> Iterator[Row]:
    if is_frozen():  # there is no Python that could import anything
        return
    code = "import time; t = time.perf_counter(); import skaldcast.core; "
    code += "skaldcast.core.Narrator; print(time.perf_counter() - t)"
    seconds = min(float(_run([sys.executable, "-c", code])) for _ in range(3))
    yield ("import", f"{seconds:.3f} s", "import of the engine, in a fresh process")


def _cold_start(voice: str, folder: Path) -> Iterator[Row]:
    started = time.monotonic()
    report = _speak(folder, ["say", _LINE], voice, "null")
    wall_s = time.monotonic() - started
    spoken_s = report["cue_list"][0]["finished_s"] - report["cue_list"][0]["started_s"]
    yield (
        "cold start",
        f"{wall_s - spoken_s:.2f} s",
        "process start and end around the speech itself: to first audio, plus closing down",
    )


def _first_audio(voice: str, folder: Path) -> Iterator[Row]:
    script = folder / "lines.txt"
    script.write_text(f"{_LINE}\n\n" * 2, "utf-8")
    report = _speak(folder, ["read", str(script)], voice, "null")
    parts = ", ".join(f"{k[:-2]} {v * 1000:.0f}" for k, v in report["first_audio"].items())
    seconds = report["time_to_first_audio_s"]
    yield ("time to first audio", f"{seconds * 1000:.0f} ms", f"10 words, voice loaded ({parts})")


def _throughput(voice: str, folder: Path) -> Iterator[Row]:
    script = folder / "story.txt"
    script.write_text(_STORY * _STORY_PARAGRAPHS, "utf-8")
    report = _speak(folder, ["read", str(script)], voice, f"wav:{folder / 'story.wav'}")
    cues = report["cue_list"]
    wall_s = cues[-1]["finished_s"] - cues[0]["queued_s"]
    yield (
        "throughput",
        f"{report['audio_s'] / wall_s:.0f} x real time",
        f"{report['audio_s']:.0f} s of speech written to a file",
    )
    share = report["synthesis_s"] / wall_s
    yield ("worker busy", f"{share:.2f}", "share of that time in which the synthesizer worked")


def _engine(voice: str, folder: Path) -> Iterator[Row]:
    script = folder / "tone.txt"
    script.write_text(_STORY * _TONE_PARAGRAPHS, "utf-8")
    before = _child_cpu_s()
    report = _speak(
        folder, ["read", str(script)], "tone?rtf=0&latency=0", f"wav:{folder / 'tone.wav'}"
    )
    cpu_s = _child_cpu_s() - before
    if cpu_s:
        value = f"{report['audio_s'] / cpu_s:.0f} x real time"
        yield ("engine alone", value, "tone voice to a file, by the CPU time of all processes")


def _xtts(arguments: Namespace) -> Iterator[Row]:
    from .bench_xtts import measure

    yield from measure(arguments)


_MEASUREMENTS: dict[str, Callable[[str, Path], Iterator[Row]]] = {
    "import": _import_time,
    "cold": _cold_start,
    "first-audio": _first_audio,
    "throughput": _throughput,
    "engine": _engine,
}


def _speak(folder: Path, command: list[str], voice: str, output: str) -> dict[str, Any]:
    report = folder / "report.json"
    _run(
        [
            *([sys.executable] if is_frozen() else [sys.executable, "-m", "skaldcast.tui"]),
            *command,
            *("--voice", voice, "--output", output, "--report", str(report)),
        ]
    )
    return json.loads(report.read_text("utf-8"))


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ProcessError(f"a measurement failed: {why}; `skaldcast doctor` may tell more")
    return done.stdout


def _child_cpu_s() -> float:
    """CPU seconds of all children that have ended, theirs included; 0 where nobody counts."""
    if sys.platform == "win32":
        return 0.0
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
