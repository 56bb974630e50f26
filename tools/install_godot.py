"""Installs Godot 4 for the tests of the addon: ``python3 tools/install_godot.py [FOLDER]``.

Debian's packages and all that they need are unpacked beside each other and started through their
own loader: newer libraries than the system's are no trouble, and the system is left as it is. The
mirror is the one that this machine's apt uses already. About 160 MB come over the network, the
second call does nothing. Needs nothing but Python and Debian's apt and dpkg; where those are not,
name any Godot 4.3 or later in SKALDCAST_GODOT.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

VARIABLE = "SKALDCAST_GODOT"
"""An environment variable: a Godot to test with, instead of the one installed here."""
SUITES = ("forky", "sid")
"""Where Debian has Godot 4; the second where the first cannot be installed just then."""
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LEFT_OUT = ("./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./var", "./etc")
LAUNCHER = """#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
libraries=$root/usr/lib/x86_64-linux-gnu
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/pulseaudio" \\
    "$root/usr/bin/godot" "$@"
"""


def default_folder() -> Path:
    """In the user's cache, so that every checkout shares it."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "skaldcast-tools", "godot")


def find_godot() -> Path | None:
    """The Godot to test with, if there is one."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    installed = default_folder() / "godot4"
    return installed if installed.is_file() else None


def version(program: Path) -> str | None:
    """What it says about itself; None where it does not start."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.strip() if told.returncode == 0 else None


def install(folder: Path) -> Path:
    """Make sure that Godot is in `folder`; returns the program."""
    program = folder / "godot4"
    if version(program):
        return program
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that a call that is cut off leaves no half of it there.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="godot-") as work:
        made = Path(work, "made")
        unpack(download(Path(work, "apt")), made / "root")
        launcher = made / "godot4"
        launcher.write_text(LAUNCHER, "utf-8")
        launcher.chmod(0o755)
        if not version(launcher):
            sys.exit("install_godot: the Godot that was unpacked does not start")
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return program


def download(work: Path) -> list[Path]:
    """The packages of Godot and of all that it needs."""
    mirror = debian_mirror()
    for suite in SUITES:
        options = private_apt(work / suite, mirror, suite)
        apt = ("apt-get", *options, "--quiet", "--quiet")
        install_only = ("--assume-yes", "--download-only", "install", "godot")
        if all(_succeeds(*apt, *words) for words in (("update",), install_only)):
            return sorted((work / suite / "cache" / "archives").glob("*.deb"))
    sys.exit(f"install_godot: Godot cannot be had from {' or '.join(SUITES)}; set {VARIABLE}")


def debian_mirror() -> str:
    """The address from which this machine has its own Debian."""
    command = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)")
    try:
        rows = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"install_godot: there is no apt here; name a Godot 4.3 or later in {VARIABLE}")
    for row in rows.splitlines():
        uri, _, release = row.partition(" ")
        if "security" not in release and "debian" in uri:
            return uri
    sys.exit(f"install_godot: apt names no Debian mirror; name a Godot in {VARIABLE}")


def private_apt(folder: Path, mirror: str, suite: str) -> list[str]:
    """Options with which apt sees one suite, an empty system and no folder but this one."""
    for name in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    source = folder / "one.sources"
    rows = {"Types": "deb", "URIs": mirror, "Suites": suite, "Components": "main"}
    rows |= {"Architectures": "amd64", "Signed-By": KEYRING}
    source.write_text("".join(f"{name}: {value}\n" for name, value in rows.items()), "utf-8")
    options = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": folder / "parts",
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::State::extended_states": folder / "extended",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",  # apt's own user may not enter this folder
        "APT::Install-Recommends": "0",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "1",  # nothing of the system's is touched
    }
    return [word for name, value in options.items() for word in ("-o", f"{name}={value}")]


def unpack(packages: Sequence[Path], root: Path) -> None:
    """All packages into one tree, whose /lib is /usr/lib as Debian has it."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(Path("usr", name))
    excluded = [f"--exclude={name}" for name in LEFT_OUT]
    tar = ["tar", "-x", "-C", str(root), "--keep-directory-symlink", "--no-same-owner", *excluded]
    for package in packages:
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
        ) as out:
            subprocess.run(tar, stdin=out.stdout, check=True)


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def main(arguments: Sequence[str]) -> None:
    program = install(Path(arguments[0]) if arguments else default_folder())
    print(f"Godot {version(program)}: {program}")


if __name__ == "__main__":
    main(sys.argv[1:])
