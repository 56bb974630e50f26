"""The constants of the games: generated from the message classes."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
GODOT = Path("godot_addon", "addons", "skaldcast", "protocol.gd")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools" / "game_constants.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_files_are_what_the_classes_say():
    done = check(ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_file_that_is_not_is_named(tmp_path: Path):
    (tmp_path / "tools").mkdir()
    for name in ("game_constants.py", "protocol_docs.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools")
    (tmp_path / GODOT).parent.mkdir(parents=True)
    text = (ROOT / GODOT).read_text("utf-8")
    (tmp_path / GODOT).write_text(text.replace("4009", "4010"), "utf-8")
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(GODOT.as_posix())
