"""Builds what is shipped: the wheel, and a program in a folder that needs no Python.

    python tools/dist.py [SYNTHESIZER...]

Into dist/. The program is for the system that it is built on, and has hibari and tone; more
synthesizers where they are named and installed (`kokoro`, or a plug-in's). docs/shipping.md says
what it needs where it runs, and how a game starts it.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import check_wheel
import licences

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PROGRAM = DIST / "skaldcast"
EXECUTABLE = PROGRAM / ("skaldcast.exe" if os.name == "nt" else "skaldcast")
WORK = ROOT / "build" / "program"
LINE = "The gate is open."


def main(*synthesizers: str) -> int:
    if check_wheel.main(ROOT / "build" / "site"):
        return 1
    DIST.mkdir(exist_ok=True)
    for old in DIST.glob("skaldcast-*.whl"):
        old.unlink()
    (wheel,) = (ROOT / "build" / "wheel").glob("skaldcast-*.whl")
    shutil.copy(wheel, DIST)
    build(*synthesizers)
    strip()
    names = licences.gather(sources(), PROGRAM / "licences")
    (PROGRAM / "licences" / "PARTS.txt").write_text("\n".join(names) + "\n", "utf-8")
    prove()
    size = sum(path.stat().st_size for path in PROGRAM.rglob("*") if path.is_file())
    print(f"dist: {DIST / wheel.name}")
    print(f"dist: {EXECUTABLE}, with its folder {size / 1e6:.0f} MB, and it speaks")
    return 0


def build(*synthesizers: str) -> None:
    """Make the folder."""
    spec = str(ROOT / "tools" / "skaldcast.spec")
    places = ("--distpath", str(DIST), "--workpath", str(WORK))
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    subprocess.run([*command, *places, spec, "--", *synthesizers], check=True, cwd=ROOT)


def strip() -> None:
    """Take the names for debuggers out of Python's own library: 17 of 23 MB where it was built by
    hand. The others come from wheels, where some break by it."""
    program = shutil.which("strip")
    for library in PROGRAM.rglob("libpython*.so*") if program else ():
        subprocess.run([str(program), "--strip-unneeded", library], check=True)


def sources() -> Iterator[Path]:
    """The files that went into the program."""
    for name in ("PYZ-00.toc", "COLLECT-00.toc"):
        toc = ast.literal_eval((WORK / "skaldcast" / name).read_text("utf-8"))
        rows = next(part for part in toc if isinstance(part, list))
        yield from (Path(source) for _, source, *_ in rows if source and source != "-")


def prove() -> None:
    """Let it speak into a file, with nothing of this environment to help it."""
    with tempfile.TemporaryDirectory() as folder:
        bare = {"PATH": folder, "HOME": folder, "USERPROFILE": folder, "APPDATA": folder}
        bare |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
        wav = Path(folder, "said.wav")
        command = [EXECUTABLE, "say", LINE, "--output", f"wav:{wav}"]
        subprocess.run(command, check=True, cwd=folder, env=bare)
        assert wav.stat().st_size > 20_000, "nothing was said"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
