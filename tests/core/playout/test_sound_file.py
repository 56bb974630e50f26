"""Files as outputs: right at every moment, and continued after a kill."""

import shutil
import subprocess
import sys
import tempfile
import wave
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import OutputError
from skaldcast.core.playout.sound_file import FlacFile, WavFile, wav_header
from skaldcast.core.types import AudioFormat

FORMAT = AudioFormat(sample_rate=24_000, channels=1)


def counted(start: int, count: int, channels: int = 1) -> np.ndarray:
    """Frames whose 16-bit value is their number, modulo 30,000."""
    numbers = np.arange(start, start + count) % 30_000
    return np.repeat((numbers / 32767).astype(np.float32)[:, None], channels, axis=1)


def read_wav(path: Path) -> list[int]:
    with wave.open(str(path)) as file:
        assert (file.getsampwidth(), file.getframerate()) == (2, FORMAT.sample_rate)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").tolist()


def test_the_file_is_complete_after_each_write(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = WavFile(path, FORMAT)
    assert read_wav(path) == []
    for start in (0, 100, 200):
        file.write(counted(start, 100))
        assert read_wav(path) == list(range(start + 100))
    file.close()
    assert soundfile.info(path).frames == 300


def test_samples_beyond_the_range_are_clipped(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = WavFile(path, FORMAT)
    file.write(np.array([[2.0], [-2.0], [1.0], [-1.0], [0.0]], np.float32))
    assert read_wav(path) == [32767, -32767, 32767, -32767, 0]


def test_channels_are_interleaved(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    file = WavFile(path, AudioFormat(24_000, 2))
    file.write(np.array([[0.0, 1.0], [-1.0, 0.0]], np.float32))
    assert soundfile.read(path, dtype="int16")[0].tolist() == [[0, 32767], [-32767, 0]]


def test_a_file_takes_all_at_once_and_gives_nothing_back(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", FORMAT)
    assert file.writable() > 0
    file.write(counted(0, 10))
    assert (file.pending(), file.rewind(5), file.underflows) == (0, 0, 0)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=6), st.data())
def test_continued_at_any_frame_it_holds_each_frame_once(
    sizes: list[int], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.wav"
        first = WavFile(path, FORMAT)
        for start, size in zip([0, *accumulate(sizes)], sizes, strict=False):
            first.write(counted(start, size))
        first.close()
        at = data.draw(st.integers(0, sum(sizes)))
        second = WavFile(path, FORMAT, resume_at_frame=at)
        second.write(counted(at, 50))
        second.close()
        assert read_wav(path) == list(range(at + 50))


WRITER = """
import sys
from pathlib import Path
import numpy as np
from skaldcast.core.playout.sound_file import FlacFile, WavFile
from skaldcast.core.types import AudioFormat

kind = FlacFile if sys.argv[1].endswith("flac") else WavFile
file = kind(Path(sys.argv[1]), AudioFormat(24_000, 1))
written = 0
while True:
    numbers = np.arange(written, written + 997) % 30_000
    file.write((numbers / 32767).astype(np.float32)[:, None])
    written += 997
    print(written, flush=True)
"""


def killed_while_writing(path: Path) -> int:
    """How many frames a process said it had written when it was killed, anywhere in its work."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(200):
        assert writer.stdout.readline()
    writer.kill()
    said = writer.stdout.read().splitlines()  # what it wrote before the signal came
    writer.wait()
    return int(said[-1]) if said else 200 * 997


def test_a_killed_process_leaves_all_it_wrote_and_another_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    written = killed_while_writing(path)
    there = read_wav(path)
    assert len(there) >= written
    assert there == [n % 30_000 for n in range(len(there))]
    file = WavFile(path, FORMAT, resume_at_frame=written)
    file.write(counted(written, 500))
    file.close()
    assert read_wav(path) == [n % 30_000 for n in range(written + 500)]


def test_flac_is_continued_after_a_kill_and_encoded_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    written = killed_while_writing(path)
    file = FlacFile(path, FORMAT, resume_at_frame=written)
    file.write(counted(written, 500))
    file.close()
    file.close()
    samples, rate = soundfile.read(path, dtype="int16")
    assert samples.tolist() == [n % 30_000 for n in range(written + 500)]
    assert (rate, soundfile.info(path).format) == (24_000, "FLAC")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.flac"]


def test_flac_is_done_though_what_is_left_over_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "another program has it open")

    monkeypatch.setattr(Path, "unlink", in_use)
    path = tmp_path / "a.flac"
    file = FlacFile(path, FORMAT)
    file.write(counted(0, 300))
    file.close()
    assert soundfile.info(path).frames == 300


def test_flac_that_cannot_be_encoded_keeps_what_was_spoken(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    file = FlacFile(path, FORMAT)
    file.write(counted(0, 300))
    path.mkdir()  # nothing can be put in its place
    with pytest.raises(OutputError, match=r"a\.flac\.part\.wav"):
        file.close()
    assert read_wav(tmp_path / "a.flac.part.wav") == list(range(300))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory") as raised:
        WavFile(tmp_path / "none" / "a.wav", FORMAT)
    assert "--output wav:PATH" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_in_the_file_s_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot open"):
        WavFile(tmp_path, FORMAT)


def test_a_file_shorter_than_what_was_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    WavFile(path, FORMAT).write(counted(0, 10))
    with pytest.raises(OutputError, match="holds 10 frames where 11 were written"):
        WavFile(path, FORMAT, resume_at_frame=11)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files in their place")
def test_a_vanished_folder_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    file = WavFile(folder / "a.wav", FORMAT)
    shutil.rmtree(folder)
    with pytest.raises(OutputError, match="No such file or directory"):
        file.write(counted(0, 10))
    file.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(OutputError, match="No space left on device"):
        WavFile(Path("/dev/full"), FORMAT)


LIMITED = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from skaldcast.core.errors import OutputError
from skaldcast.core.playout.sound_file import WavFile
from skaldcast.core.types import AudioFormat

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
file = WavFile(Path(sys.argv[1]), AudioFormat(24_000, 1))
try:
    for start in range(0, 30_000, 997):
        file.write((np.arange(start, start + 997) / 32767).astype(np.float32)[:, None])
except OutputError as error:
    print(start, error)
file.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of a file")
def test_where_room_runs_out_the_file_holds_every_whole_write(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    command = [sys.executable, "-c", LIMITED, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    written = 4 * 997  # the fifth does not fit into 10,000 bytes
    assert said.startswith(f"{written} cannot write")
    assert read_wav(path) == list(range(written))
    file = WavFile(path, FORMAT, resume_at_frame=written)
    file.write(counted(written, 10))
    assert read_wav(path) == list(range(written + 10))


@pytest.mark.parametrize("frames", [0, 2**31 - 37, 2**31 - 36, 2**31 - 35, 2**33])
def test_the_header_holds_beyond_four_gibibytes(tmp_path: Path, frames: int) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.write(wav_header(FORMAT, frames))
        file.truncate(80 + 2 * frames)  # a hole: takes no room
    info = soundfile.info(path)
    assert (info.frames, info.samplerate, info.channels) == (frames, 24_000, 1)
    assert info.format == ("WAV" if frames < 2**31 - 36 else "RF64")
