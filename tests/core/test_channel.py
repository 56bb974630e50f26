"""Messages between main and a child process, and what each end does when the other is gone."""

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.channel import GREETING, HEADER_BYTES, body_length, decode, encode

ROOT = Path(__file__).parents[2]
WAIT_S = 30.0
"""Only a broken one takes so long."""


class Child:
    """A child with its pipes held by hand."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.child_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests, self.replies = self.process.stdin, self.process.stdout
        self.printed = b""
        while not self.printed.endswith(GREETING):
            byte = self.replies.read(1)
            assert byte, "it has ended"
            self.printed += byte
        assert self.receive()[0] == "ready"

    def give(self, data: bytes) -> None:
        self.requests.write(data)
        self.requests.flush()

    def ask(self, *request: object) -> Any:
        self.give(encode(request))
        return self.receive()

    def receive(self) -> Any:
        return decode(self.replies.read(body_length(self.replies.read(HEADER_BYTES))))


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    child.process.kill()
    child.process.wait()
    child.replies.close()
    with contextlib.suppress(BrokenPipeError):
        child.requests.close()


@given(st.recursive(st.none() | st.integers() | st.text() | st.binary(), st.lists))
def test_a_message_comes_out_as_it_went_in(message: object) -> None:
    frame = encode(message)
    header, body = frame[:HEADER_BYTES], frame[HEADER_BYTES:]
    assert body_length(header) == len(body)
    assert decode(body) == message


def test_what_a_library_prints_breaks_no_message(child: Child) -> None:
    assert b"hello" in child.printed
    assert child.ask("print", "progress: 100 %") == "printed"
    assert child.ask("say", "on") == "on"


def test_standard_input_is_empty_for_everybody_else(child: Child) -> None:
    assert child.ask("read", None) == ""


def test_a_message_larger_than_the_pipe_arrives_whole(child: Child) -> None:
    samples = np.arange(500_000, dtype=np.float32)
    child.give(encode(("say", samples)))
    np.testing.assert_array_equal(child.receive(), samples)


@pytest.mark.parametrize("half", [b"", b"\x10", b"\x10\0\0\0", b"\x10\0\0\0abc"])
def test_a_child_ends_when_main_is_gone_even_in_the_middle_of_a_message(
    child: Child, half: bytes
) -> None:
    child.give(half)
    child.requests.close()
    assert child.process.wait(WAIT_S) == 0


def test_a_child_ends_when_nobody_listens_any_more(child: Child) -> None:
    child.replies.close()
    child.give(encode(("say", "hello?")))
    assert child.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("body", [b"no pickle", pickle.dumps("no such request")])
def test_a_child_that_cannot_take_a_request_ends_rather_than_being_deaf(
    child: Child, body: bytes
) -> None:
    child.give(len(body).to_bytes(4, "little") + body)
    assert child.process.wait(WAIT_S) == 1


def test_the_keyboard_s_interrupts_are_main_s_affair() -> None:
    program = """
import signal
from skaldcast.core.channel import prepare_child
prepare_child()
for name in ("SIGINT", "SIGBREAK"):
    if hasattr(signal, name):
        signal.raise_signal(getattr(signal, name))
print("alive")
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert said.strip() == b"alive"
