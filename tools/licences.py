"""The licences of what a program is made of, gathered from where each part came from."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

WORDS = ("licen", "copying", "notice", "authors")
PYTHON = "Python"


def gather(sources: Iterable[Path], folder: Path) -> list[str]:
    """Copy the licences of all that `sources` belong to into `folder`, a folder each; returns
    their names, with versions and licences where those are told."""
    owners = _owners()
    told: set[str] = set()
    for source in {path.resolve() for path in sources}:
        owner = owners.get(source)
        if owner is not None:
            told.add(_copy_of(owner, folder))
        elif source.is_relative_to(Path(sys.base_prefix).resolve()):
            told.add(_copy_of_python(folder))
        elif source.name.startswith("lib") and (package := _debian_package(source)):
            target = folder / package
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path("/usr/share/doc", package, "copyright"), target)
            told.add(f"{package} (of the system it was built on)")
    return sorted(told, key=str.lower)


def _owners() -> dict[Path, Distribution]:
    """Which distribution each installed file belongs to."""
    return {
        Path(str(found.locate_file(file))).resolve(): found
        for found in distributions(path=[sysconfig.get_path("purelib")])
        for file in found.files or ()
    }


def _copy_of(owner: Distribution, folder: Path) -> str:
    name = f"{owner.name} {owner.version}"
    for file in owner.files or ():
        if any(word in part.lower() for part in file.parts for word in WORDS):
            source = Path(str(file.locate()))
            if source.is_file() and source.suffix not in (".py", ".pyc"):
                target = folder / owner.name / "_".join(file.parts[1:] or file.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
    licence = owner.metadata.get("License-Expression") or owner.metadata.get("License") or ""
    return f"{name}: {licence.splitlines()[0]}" if licence else name


def _copy_of_python(folder: Path) -> str:
    for text in Path(sysconfig.get_path("stdlib")).glob("LICENSE*"):
        (folder / PYTHON).mkdir(parents=True, exist_ok=True)
        shutil.copy(text, folder / PYTHON)
    return f"{PYTHON} {sys.version.split()[0]}: PSF-2.0"


def _debian_package(library: Path) -> str | None:
    """The package that a library of the system is from, where dpkg knows."""
    dpkg = shutil.which("dpkg-query")
    if dpkg is None:
        return None
    for path in (library, Path("/", *library.parts[2:])):  # /usr/lib was /lib once
        asked = subprocess.run([dpkg, "--search", path], capture_output=True, text=True)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0]
    return None
