"""Builds the wheel, installs it into a fresh folder and proves that nothing is missing from it.

An editable install reads the source tree, so it works also where pyproject.toml forgets a package
or a data file. Usage: ``python tools/check_wheel.py FOLDER``; FOLDER is made anew.
"""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "bridge", "tui")

# Runs without site (-S), so that no editable install can lend the wheel a file it lacks.
PROBE = """
import sys
site, dependencies = sys.argv[1:]
sys.path[:0] = [site, dependencies]
from importlib.metadata import distribution
import skaldcast.bridge, skaldcast.core, skaldcast.tui
assert skaldcast.core.__file__.startswith(site), skaldcast.core.__file__
for entry in distribution("skaldcast").entry_points:
    entry.load()
"""


def build(folder: Path) -> Path:
    for stale in (ROOT / "build" / "lib", folder):  # setuptools keeps deleted files in build/lib
        shutil.rmtree(stale, ignore_errors=True)
    pip("wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("skaldcast-*.whl"))


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


def sources() -> set[str]:
    """Names in the wheel of all files under the packages."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return {
        f"skaldcast/{path.relative_to(ROOT).as_posix()}"
        for path in files
        if path.is_file() and path.parent.name != "__pycache__" and not path.name.startswith(".")
    }


def main(site: Path) -> int:
    wheel = build(site.with_name("wheel"))
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {name for name in names if ".dist-info/" not in name}
    faults = [f"missing: {name}" for name in sorted(sources() - shipped)]
    faults += [f"not in the tree: {name}" for name in sorted(shipped - sources())]
    if not any(name.endswith("/licenses/LICENSE") for name in names):
        faults.append("missing: LICENSE")
    if faults:
        print(*faults, f"check_wheel: {wheel.name} is not the source tree", sep="\n")
        return 1
    shutil.rmtree(site, ignore_errors=True)
    pip("install", "--no-deps", "--quiet", "--target", str(site), str(wheel))
    dependencies = sysconfig.get_path("purelib")
    probe = [sys.executable, "-I", "-S", "-c", PROBE, str(site), dependencies]
    if subprocess.run(probe, cwd=site).returncode:
        print(f"check_wheel: {wheel.name} does not work once installed")
        return 1
    print(f"check_wheel: {wheel.name} has all {len(shipped)} files and works once installed")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
