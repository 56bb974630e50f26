"""The program that `make dist` builds, as a player has it: without Python, nothing on the path,
somebody else's home, in a folder that cannot be written."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from tests.device_fixtures import SoundServer
from tests.program.conftest import PROGRAM
from tests.tui.command import WAIT_S

pytestmark = [pytest.mark.dist, pytest.mark.slow]

LINE = "The gate is open."
NOBODY = 65_534


class Player:
    """Somebody who has the program and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "program" / PROGRAM.name
        self.home = folder / "home"
        self.home.mkdir()
        shutil.copytree(PROGRAM.parent, self.program.parent)
        self._someone_else = NOBODY if os.geteuid() == 0 else None
        if self._someone_else is not None:  # who may do all would not notice a folder's rights
            os.chown(self.home, NOBODY, NOBODY)
            folder.chmod(0o755)
        for path in (self.program.parent, *self.program.parent.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            env={"PATH": "/nonexistent", "HOME": str(self.home)} | environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            user=self._someone_else,
            timeout=WAIT_S * 2,
        )

    def say(self, *voice: str) -> np.ndarray:
        wav = self.home / "said.wav"
        done = self.run("say", LINE, "--output", f"wav:{wav}", *voice)
        assert (done.returncode, done.stderr) == (0, "")
        return soundfile.read(wav, dtype="float32")[0]


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    folder = Path(tempfile.mkdtemp(prefix="skaldcast-player-"))
    yield Player(folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o700)
    shutil.rmtree(folder)


def test_it_speaks_with_hibari(player: Player):
    said = player.say()
    assert 0.8 < len(said) / 24_000 < 3.0
    assert np.sqrt(np.mean(said**2)) > 0.02


def test_it_speaks_with_the_voice_for_checks(player: Player):
    assert len(player.say("--voice", "tone")) == len(LINE) * 1560


def test_it_has_the_voices_that_were_built_in_and_tells_of_no_others(player: Player):
    rows = player.run("voices").stdout.splitlines()[1:]
    assert [row.split("\t")[0] for row in rows] == ["hibari:heart", "tone:tone"]


def test_its_doctor_finds_the_voice_well_and_asks_for_no_python_packages(player: Player):
    done = player.run("doctor")
    rows = {row.split("\t")[0]: row.split("\t")[1] for row in done.stdout.splitlines()}
    assert rows["narrator's voice"] == "ok"
    assert rows["cache folder"] == "ok"
    assert "pip install" not in done.stdout


def test_it_plays_through_the_system_s_own_sound_server(player: Player, sound_server: SoundServer):
    where = {"PULSE_SERVER": sound_server.environment["PULSE_SERVER"]}
    folder = Path(where["PULSE_SERVER"].removeprefix("unix:")).parents[1]
    for path in (folder, folder / "pulse"):
        path.chmod(0o755)  # the player is another user
    with sound_server.recording() as recording:
        done = player.run("say", LINE, "--voice", "tone", **where)
        assert (done.returncode, done.stderr) == (0, "")
        recording.wait_for_silence()
        heard = recording.sounding()
    assert len(heard) / 48_000 == pytest.approx(len(LINE) * 0.065, abs=0.05)


def test_it_ends_with_the_game_that_started_it(tmp_path: Path):
    path = tmp_path / "port.json"
    game = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.game", str(path), str(PROGRAM)], stdout=subprocess.PIPE
    )
    assert game.stdout is not None
    assert game.stdout.readline().strip() == b"it speaks"
    all_of_them = psutil.Process(game.pid).children(recursive=True)
    assert {process.name() for process in all_of_them} == {PROGRAM.name}
    assert len(all_of_them) >= 3  # the engine, the voice, the sound
    game.kill()
    _, left = psutil.wait_procs(all_of_them, timeout=WAIT_S)
    assert left == []
    assert list(tmp_path.iterdir()) == []
    game.communicate()


@pytest.mark.parametrize("name", ["libreadline*", "*gdbm*", "libpulse*", "*torch*", "*pytest*"])
def test_what_must_not_be_shipped_is_not_in_it(name: str):
    assert list(PROGRAM.parent.rglob(name)) == []


@pytest.mark.parametrize("name", ["num2words", "soxr", "certifi"])
def test_what_may_be_replaced_lies_there_in_files_with_its_licence(name: str):
    assert (PROGRAM.parent / "_internal" / name / "__init__.py").is_file()
    assert any((PROGRAM.parent / "licences" / name).iterdir())
