"""Interrupts, and what is left of the processes (POSIX)."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.chat_server import hanging, serving
from tests.tui.command import QUICK, WAIT_S, outcomes, read_report, start, wait_until

SPOKEN_BYTES = 20_000
TEXT = b"The gate stood open, and beyond it the road ran down to the sea. "


class Speaking:
    """A command that is in the middle of a cue, whose end its input keeps back."""

    def __init__(self, folder: Path, *arguments: str, voice: str = QUICK[1]) -> None:
        self._report = folder / "r.json"
        sound = folder / "a.wav"
        output = ("--voice", voice, "--output", f"wav:{sound}", "--report", str(self._report))
        options = {"stdin": subprocess.PIPE, "start_new_session": True}
        self.process = start(*arguments, *output, **options)
        assert self.process.stdin is not None
        self.process.stdin.write(TEXT)
        self.process.stdin.flush()
        wait_until(lambda: sound.exists() and sound.stat().st_size > SPOKEN_BYTES, self.process)
        self.children = psutil.Process(self.process.pid).children()

    def ended(self) -> int:
        """The exit status, once it has ended and its children too."""
        status = self.process.wait(WAIT_S)
        assert self.process.stdin is not None
        self.process.stdin.close()
        left = psutil.wait_procs(self.children, timeout=2)[1]
        assert not left
        return status

    @property
    def outcomes(self) -> list[str]:
        return outcomes(read_report(self._report))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_it_with_130_and_the_report_is_written(
    number: signal.Signals, tmp_path: Path
):
    speaking = Speaking(tmp_path, "read", "-")
    speaking.process.send_signal(number)
    assert speaking.ended() == 130
    assert speaking.outcomes == ["interrupted"]
    assert speaking.process.stderr is not None
    assert speaking.process.stderr.read() == b""


def test_ctrl_c_reaches_the_whole_group_and_only_the_command_decides(tmp_path: Path):
    speaking = Speaking(tmp_path, "read", "-")
    os.killpg(speaking.process.pid, signal.SIGINT)
    assert speaking.ended() == 130
    assert speaking.outcomes == ["interrupted"]


def test_the_children_end_when_it_is_killed(tmp_path: Path):
    speaking = Speaking(tmp_path, "read", "-")
    assert len(speaking.children) == 2
    speaking.process.kill()
    assert speaking.ended() == -signal.SIGKILL


def test_headless_drains_what_is_being_spoken_and_ends_well(tmp_path: Path):
    speaking = Speaking(tmp_path, "--no-tui")
    speaking.process.send_signal(signal.SIGTERM)
    assert speaking.ended() == 0
    assert speaking.outcomes == ["finished"]


@pytest.mark.parametrize(
    ("command", "status"), [(("config", "check"), 130), (("--no-tui", *QUICK), 0)]
)
def test_an_interrupt_before_anything_runs_ends_it_too(
    command: tuple[str, ...], status: int, tmp_path: Path
):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start(*command, "--config", str(pipe))
    with pipe.open("wb"):  # waits for the command to open it, which then waits for us to write
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=WAIT_S) == (b"", b"")
    assert process.returncode == status


def test_an_interrupt_while_it_starts_ends_it_too(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # opening it for writing waits for a reader, so the output never gets ready
    process = start("say", "hi", *QUICK, "--output", f"wav:{pipe}")
    itself = psutil.Process(process.pid)
    wait_until(lambda: len(itself.children()) == 2, process)
    children = itself.children()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=WAIT_S) == (b"", b"")
    assert process.returncode == 130
    assert not psutil.wait_procs(children, timeout=2)[1]


def test_a_second_signal_ends_it_at_once(tmp_path: Path):
    """Drained, the cue would have finished: at this voice's pace, seconds later."""
    speaking = Speaking(tmp_path, "--no-tui", voice="tone?rtf=1&latency=0")
    speaking.process.send_signal(signal.SIGTERM)
    speaking.process.send_signal(signal.SIGINT)
    assert speaking.ended() == 0
    assert speaking.outcomes == ["interrupted"]


def test_what_is_still_spoken_when_the_grace_is_over_ends_there(tmp_path: Path):
    speaking = Speaking(tmp_path, "--no-tui", "--grace", "0", voice="tone?rtf=1&latency=0")
    speaking.process.send_signal(signal.SIGTERM)
    assert speaking.ended() == 0
    assert speaking.outcomes == ["interrupted"]


def test_an_interrupt_ends_the_request_to_a_language_model_too(tmp_path: Path):
    report, sound = tmp_path / "r.json", tmp_path / "a.wav"
    with serving(hanging("The gate is open, and nobody is there. ")) as server:
        output = ("--output", f"wav:{sound}", "--report", str(report))
        options = (*QUICK, *output, "--set", f"llm.endpoint={server.endpoint}")
        process = start("ask", "I look.", *options)
        wait_until(lambda: sound.exists() and sound.stat().st_size > 20_000, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (130, b"")
        assert out == b"The gate is open, and nobody is there. \n"
        assert server.gone == 1
    assert outcomes(read_report(report)) == ["interrupted"]
