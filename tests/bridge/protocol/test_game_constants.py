"""The constants of the games: generated from the message classes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = (
    Path("godot_addon", "addons", "skaldcast", "protocol.gd"),
    Path("unity_package", "Runtime", "Core", "Protocol.g.cs"),
)


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools" / "game_constants.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_files_are_what_the_classes_say():
    done = check(ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("stale", FILES, ids=lambda path: path.name)
def test_a_file_that_is_not_is_named(tmp_path: Path, stale: Path):
    (tmp_path / "tools").mkdir()
    for name in (
        "csharp_protocol.py",
        "game_constants.py",
        "message_fields.py",
        "protocol_docs.py",
    ):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools")
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True)
        text = (ROOT / path).read_text("utf-8")
        (tmp_path / path).write_text(
            text.replace("4009", "4010" if path == stale else "4009"), "utf-8"
        )
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(stale.as_posix())
    assert done.stdout.count("\n") == 1
