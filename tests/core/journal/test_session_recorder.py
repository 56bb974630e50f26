"""The recording of a session: what was heard, and nothing else."""

from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.journal.flac_chapters import read_comments
from skaldcast.core.journal.heard_frames import HeardFrames
from skaldcast.core.journal.session_recorder import SessionRecorder

RATE = 24_000


def ramp(first: int, last: int) -> np.ndarray:
    """Samples that tell their frame."""
    return np.arange(first, last, dtype=np.float32)


@given(st.lists(st.tuples(st.sampled_from("phc"), st.integers(0, 30)), max_size=40))
def test_each_frame_comes_out_once_and_in_order_if_it_was_heard(steps: list[tuple[str, int]]):
    frames = HeardFrames()
    written = position = 0
    wanted: list[int] = []
    out: list[float] = []
    for kind, count in steps:
        if kind == "p":
            frames.push(written, ramp(written, written + count))
            written += count
        elif kind == "h":
            heard = min(position + count, written)
            wanted += range(position, heard)
            position = heard
            out += frames.heard(heard).tolist()
        else:
            position = written
            frames.clear(written)
        assert frames.held == written - position
    assert out == wanted


def test_what_is_pushed_again_is_taken_once():
    frames = HeardFrames()
    frames.push(0, ramp(0, 10))
    frames.push(5, ramp(5, 15))
    assert frames.heard(15).tolist() == list(range(15))


def test_the_file_has_what_was_heard_and_a_chapter_for_each_cue(tmp_path: Path):
    path, told = tmp_path / "session.flac", list[str]()
    recorder = SessionRecorder(path, RATE, told.append)
    sound = np.sin(np.arange(4 * RATE) / 10).astype(np.float32)
    recorder.chapter("The gate", 0)
    for at in range(0, 2 * RATE, 4800):
        recorder.push(at, sound[at : at + 4800])
    recorder.heard(RATE)
    recorder.clear(2 * RATE)  # a skip: the second second is not heard
    recorder.chapter("The road", 2 * RATE)
    recorder.push(2 * RATE, sound[2 * RATE :])
    recorder.heard(3 * RATE)
    recorder.heard(4 * RATE)
    recorder.close()
    assert told == []
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == RATE
    wanted = np.concatenate((sound[:RATE], sound[2 * RATE :]))
    assert np.abs(samples - wanted).max() < 1 / 32_000
    assert read_comments(path)[-4:] == [
        "CHAPTER000=00:00:00.000",
        "CHAPTER000NAME=The gate",
        "CHAPTER001=00:00:01.000",
        "CHAPTER001NAME=The road",
    ]


def test_a_file_that_is_there_already_is_left_alone_and_that_is_told_once(tmp_path: Path):
    path, told = tmp_path / "session.flac", list[str]()
    path.write_text("mine")
    recorder = SessionRecorder(path, RATE, told.append)
    for at in range(0, 100, 10):
        recorder.push(at, ramp(at, at + 10))
        recorder.heard(at)
    recorder.close()
    assert path.read_text() == "mine"
    (line,) = told
    assert "cannot be recorded" in line
    assert line.endswith("the recording ends here, speaking goes on")
