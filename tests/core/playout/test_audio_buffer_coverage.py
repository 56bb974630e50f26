"""Every branch of the audio buffer is tested, by its own tests."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULES = "core/playout/audio_buffer.py,core/playout/buffer_*.py,core/playout/frame_ring.py"
TESTS = (
    *("test_audio_buffer.py", "test_audio_buffer_model.py", "test_audio_buffer_processes.py"),
    *("test_buffer_ledger.py", "test_frame_ring.py"),
)


def test_every_line_and_branch_of_the_audio_buffer_is_run(tmp_path: Path) -> None:
    data, report = tmp_path / "coverage", tmp_path / "coverage.json"
    coverage = (sys.executable, "-m", "coverage")
    subprocess.run(
        [
            *(*coverage, "run", "--branch", f"--include={MODULES}", f"--data-file={data}"),
            *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not hundred_million"),
            *(str(HERE / name) for name in TESTS),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    subprocess.run(
        [*coverage, "json", f"--data-file={data}", "-o", str(report)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    files = json.loads(report.read_text("utf-8"))["files"]
    assert len(files) == 5
    missing = {
        name: file["missing_lines"] + file["missing_branches"]
        for name, file in files.items()
        if file["missing_lines"] or file["missing_branches"]
    }
    assert missing == {}
