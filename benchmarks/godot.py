"""The demo in the real Godot, again and again: every line to its end, and its sound without a gap.

    python benchmarks/godot.py [RUNS]

Each of the 30 runs starts Godot anew and records what its mixer made of the tone voice, which never
pauses: any silence is ours. Told are the runs in which all lines finished, those whose sound was
whole, the longest silence, and the range of its pitch, which a lost or repeated frame would change.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.engine.godot.conftest import lay_out_project
from tests.engine.godot.heard import Heard, read_sound
from tests.engine.godot.running import Engine, choose, give_ear, run_godot
from tests.engine.godot.test_demo import HEARD
from tools.install_godot import find_godot

_WHOLE_S = 0.002


def _run_once(godot: Path, project: Path, ear: Path) -> tuple[bool, Heard]:
    told = run_godot(godot, project, "--", "--quit", f"--ear={ear}")
    finished = [row for row in told.splitlines() if row.startswith("demo:")] == HEARD
    return finished, read_sound(ear)


def main() -> None:
    runs = int((sys.argv[1:] or ["30"])[0])
    godot = find_godot()
    if godot is None:
        sys.exit("there is no Godot here: python3 tools/install_godot.py")
    work = Path(tempfile.mkdtemp(prefix="skaldcast-godot-"))
    try:
        project = lay_out_project(godot, work / "project")
        give_ear(project)
        with Engine("--speed", "2") as engine:
            choose(project, f'connection/url="{engine.url}"')
            results = [_run_once(godot, project, work / "ear") for _ in range(runs)]
    finally:
        shutil.rmtree(work)
    heard = [sound for _, sound in results]
    longest_s = max(sound.silence_s for sound in heard)
    lengths = [sound.speech_s for sound in heard]
    print(f"all lines finished in      {sum(done for done, _ in results)} of {runs} runs")
    print(f"no gap in                  {sum(s.silence_s < _WHOLE_S for s in heard)} of {runs} runs")
    print(f"longest silence            {1000 * longest_s:.2f} ms")
    print(f"length of the sound        {min(lengths):.4f} to {max(lengths):.4f} s")
    pitches = [sound.tone_hz for sound in heard]
    print(f"pitch of every wave        {min(p[0] for p in pitches):.1f} to", end=" ")
    print(f"{max(p[1] for p in pitches):.1f} Hz (440)")


if __name__ == "__main__":
    main()
