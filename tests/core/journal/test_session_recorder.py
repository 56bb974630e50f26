"""The recording of a session: what was heard, and nothing else."""

from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.journal.flac_chapters import read_comments
from skaldcast.core.journal.held_frames import HeldFrames
from skaldcast.core.journal.session_recorder import SessionRecorder

RATE = 24_000


def ramp(first: int, last: int) -> np.ndarray:
    """Samples that tell their frame."""
    return np.arange(first, last, dtype=np.float32)


@given(
    st.lists(st.integers(1, 30), max_size=8),
    st.lists(
        st.tuples(st.sampled_from("td"), st.integers(0, 200), st.integers(0, 200)), max_size=9
    ),
)
def test_what_was_neither_dropped_nor_passed_is_held(
    sizes: list[int], steps: list[tuple[str, int, int]]
):
    frames, wanted = HeldFrames(), set[int]()
    written = 0
    for size in sizes:
        frames.push(written, ramp(written, written + size))
        wanted |= set(range(written, written + size))
        written += size
    for kind, begin, end in steps:
        span = set(range(begin, end))
        if kind == "d":
            frames.drop(begin, end)
            wanted -= span
        else:
            taken = frames.take(begin, end).tolist()
            assert taken == sorted(wanted & span)
            wanted -= set(range(end))
        assert len(frames) == len(wanted)


def test_the_file_has_what_was_heard_and_a_chapter_for_each_cue(tmp_path: Path):
    path, told = tmp_path / "session.flac", list[str]()
    recorder = SessionRecorder(path, RATE, told.append)
    sound = np.sin(np.arange(4 * RATE) / 10).astype(np.float32)
    for at in range(0, 2 * RATE, 4800):
        recorder.pushed(at, sound[at : at + 4800])
    recorder.cue_begun("The gate stood open.", 0)
    recorder.heard(0, RATE)
    recorder.cleared(0, 2 * RATE)  # a skip
    recorder.pushed(2 * RATE, sound[2 * RATE :])
    recorder.heard(RATE, RATE + 100)  # the device had these already
    recorder.heard(2 * RATE, 3 * RATE)
    recorder.cue_begun("The road ran down to the sea, and " + "then " * 20, RATE + 100)
    recorder.heard(3 * RATE, 4 * RATE)
    recorder.close()
    assert told == []
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    wanted = np.concatenate((sound[: RATE + 100], sound[2 * RATE :]))
    assert samples.tolist() == np.rint(wanted * 32767).astype(np.int16).tolist()
    assert read_comments(path)[-4:] == [
        "CHAPTER000=00:00:00.000",
        "CHAPTER000NAME=The gate stood open.",
        "CHAPTER001=00:00:01.004",
        "CHAPTER001NAME=The road ran down to the sea, and then then then then then…",
    ]


def test_what_is_cleared_while_nothing_is_heard_does_not_pile_up(tmp_path: Path):
    recorder = SessionRecorder(tmp_path / "session.flac", RATE, lambda _: None)
    for second in range(0, 600, 20):  # skips while the user pauses
        recorder.pushed(second * RATE, np.zeros(20 * RATE, np.float32))
        recorder.cleared(0, (second + 20) * RATE)
        assert recorder.held <= 11 * RATE
    recorder.close()
    assert not (tmp_path / "session.flac").exists()


def test_a_file_that_is_there_already_is_left_alone_and_that_is_told_once(tmp_path: Path):
    path, told = tmp_path / "session.flac", list[str]()
    path.write_text("mine")
    recorder = SessionRecorder(path, RATE, told.append)
    for at in range(0, 100, 10):
        recorder.pushed(at, ramp(at, at + 10))
        recorder.heard(at, at + 10)
    recorder.close()
    assert path.read_text() == "mine"
    (line,) = told
    assert "cannot be recorded" in line
    assert line.endswith("the recording ends here, speaking goes on")
