"""A child process under supervision."""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from skaldcast.core.child import BACK_OFF_S, ChildProcess
from skaldcast.core.errors import ProcessError
from tests.processes import leaves_no_process

ROOT = Path(__file__).parents[2]
WAIT_S = 30.0
"""Only a broken one takes so long."""


class Watched:
    """A child and all that is told of it."""

    def __init__(self, module: str = "tests.core.child_program", **options: Any) -> None:
        self.messages: list[Any] = []
        self.deaths: list[int] = []
        self.lost: list[ProcessError] = []
        self.first: list[object] = []
        self.on_message: Callable[[Any], None] = self.messages.append
        self._changed = asyncio.Event()
        self.child = ChildProcess(
            "test",
            module,
            first_messages=lambda: self.first,
            on_message=self._on_message,
            on_death=self._told(self.deaths.append),
            on_lost=self._told(self.lost.append),
            **options,
        )

    def _on_message(self, message: Any) -> None:
        self._told(self.on_message)(message)

    def _told(self, note: Callable[[Any], None]) -> Callable[[Any], None]:
        def tell(what: Any) -> None:
            self._changed.set()
            note(what)

        return tell

    async def until(self, condition: Callable[[], object]) -> None:
        while not condition():
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), WAIT_S)

    async def ready(self, times: int = 1) -> None:
        def starts() -> int:
            return sum(message[0] == "ready" for message in self.messages)

        await self.until(lambda: starts() >= times)

    async def answer(self, *request: object) -> Any:
        count = len(self.messages)
        self.child.send(request)
        await self.until(lambda: len(self.messages) > count)
        return self.messages[-1]


def run(
    story: Callable[[Watched], Awaitable[None]], watched: Callable[[], Watched] = Watched
) -> None:
    """Run `story` with a child that is closed at its end."""

    async def whole() -> None:
        subject = watched()
        subject.child.start()
        try:
            await story(subject)
        finally:
            await subject.child.close()
        assert subject.child.pid is None or not psutil.pid_exists(subject.child.pid)

    asyncio.run(whole())


def test_a_child_is_told_its_first_messages_and_answers() -> None:
    def watched() -> Watched:
        watched = Watched()
        watched.first = [("say", "first")]
        return watched

    async def story(subject: Watched) -> None:
        await subject.until(lambda: len(subject.messages) == 2)
        assert "first" in subject.messages
        assert ("ready", subject.child.pid) in subject.messages
        assert await subject.answer("say", "more") == "more"
        assert await subject.answer("print", "noise") == "printed"

    run(story, watched)


def test_a_killed_child_is_started_again_and_told_the_same() -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        subject.first = [("say", "again")]
        subject.child.kill()
        await subject.until(lambda: "again" in subject.messages)
        assert len(subject.deaths) == 1
        assert subject.deaths[0] != 0
        assert subject.child.restarts == 1
        assert subject.lost == []

    run(story)


def test_what_is_sent_to_a_dead_child_is_dropped() -> None:
    async def story(subject: Watched) -> None:
        subject.child.send(("say", "too early"))
        await subject.ready()
        assert subject.child.pid is not None
        process = psutil.Process(subject.child.pid)
        process.kill()
        process.wait(WAIT_S)
        for _ in range(20):
            subject.child.send(("say", "lost"))
            subject.child.kill()
            await asyncio.sleep(0)
        await subject.ready(times=2)
        assert await subject.answer("say", "new") == "new"
        assert "lost" not in subject.messages
        assert "too early" not in subject.messages

    run(story)


def test_a_child_that_dies_over_and_over_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def story(subject: Watched) -> None:
        await subject.until(lambda: subject.lost)
        assert len(subject.deaths) == 4
        assert subject.child.restarts == 3
        (error,) = subject.lost
        assert "the test process ended 4 times in a row" in str(error)
        assert "skaldcast doctor" in str(error)

    with caplog.at_level(logging.CRITICAL):
        run(story, lambda: Watched("tests.core.no_such_program", back_off_s=(0.0, 0.0, 0.0)))


def test_the_waits_between_restarts_grow_from_none_to_seconds() -> None:
    assert BACK_OFF_S[0] == 0.0
    assert list(BACK_OFF_S) == sorted(BACK_OFF_S)
    assert 2.0 <= sum(BACK_OFF_S) <= 10.0


def test_a_child_that_gets_somewhere_each_time_is_never_given_up() -> None:
    async def story(subject: Watched) -> None:
        for times in range(1, 5):
            await subject.ready(times)
            subject.child.settled()
            subject.child.kill()
        await subject.ready(5)
        assert subject.lost == []

    run(story, lambda: Watched(back_off_s=(0.0,)))


def test_a_child_that_lasted_was_no_failed_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skaldcast.core.child._LASTING_S", 0.0)

    async def story(subject: Watched) -> None:
        for times in range(1, 4):
            await subject.ready(times)
            subject.child.kill()
        await subject.ready(4)
        assert subject.lost == []

    run(story, lambda: Watched(back_off_s=(0.0,)))


def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("executable", "_base_executable"):  # Windows takes the second
        monkeypatch.setattr(sys, name, "/no/such/python", raising=False)

    async def story(subject: Watched) -> None:
        await subject.until(lambda: subject.lost)
        assert "cannot be started" in str(subject.lost[0])

    run(story)


def test_a_message_that_cannot_be_dealt_with_is_told_and_not_swallowed() -> None:
    async def story(subject: Watched) -> None:
        def fail(message: object) -> None:
            raise ValueError("what is this")

        subject.on_message = fail
        await subject.until(lambda: subject.lost)
        assert "what is this" in str(subject.lost[0])

    run(story)


def test_a_retired_child_that_ends_in_good_order_stays_ended() -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        subject.child.retire()
        subject.child.send(("exit", 0))
        assert subject.child._task is not None
        await asyncio.wait_for(subject.child._task, WAIT_S)
        assert subject.deaths == []
        assert subject.lost == []

    run(story)


def test_a_retired_child_that_is_killed_is_started_again() -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        subject.child.retire()
        subject.child.kill()
        await subject.ready(times=2)

    run(story)


def test_closing_ends_a_child_that_hangs() -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        subject.child.send(("hang", None))

    run(story)


def test_closing_ends_a_child_that_says_more_than_anybody_reads() -> None:
    async def story(subject: Watched) -> None:
        def fail(_: object) -> None:
            raise ValueError("nobody listens from here on")

        await subject.ready()
        subject.on_message = fail
        subject.child.send(("flood", None))
        await subject.until(lambda: subject.lost)
        assert subject.child._process is not None
        assert subject.child._process.stdout is not None
        buffer = subject.child._process.stdout._buffer  # pyright: ignore
        while len(buffer) < 8_000_000:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        await asyncio.wait_for(subject.child.close(), WAIT_S)

    run(story)


def test_closing_ends_a_child_that_is_just_starting() -> None:
    async def story(subject: Watched) -> None:
        await asyncio.sleep(0)

    with leaves_no_process():
        run(story)


@pytest.mark.parametrize("turns", range(8))
def test_closing_ends_a_child_that_is_just_starting_again(turns: int) -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        subject.child.kill()
        await subject.until(lambda: subject.deaths)
        for _ in range(turns):  # of the event loop: the next child is there after five or so
            await asyncio.sleep(0)

    with leaves_no_process():
        run(story)


def test_closing_twice_is_the_same_as_once() -> None:
    async def story(subject: Watched) -> None:
        await subject.ready()
        await subject.child.close()

    run(story)


def test_closing_a_child_that_never_started_is_nothing() -> None:
    async def story() -> None:
        subject = Watched()
        assert subject.child.pid is None
        await subject.child.close()

    asyncio.run(story())


def test_modules_in_the_current_folder_do_not_get_into_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)

    async def story(subject: Watched) -> None:
        await subject.ready()
        assert subject.deaths == []

    run(story)


@pytest.mark.parametrize("how", ["kill", "terminate"])
def test_a_child_ends_with_its_main(how: str) -> None:
    main = subprocess.Popen(
        [sys.executable, "-m", "tests.core.main_program"],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ,
    )
    assert main.stdout is not None
    child = psutil.Process(int(main.stdout.readline()))
    getattr(main, how)()
    main.communicate()
    end_s = time.monotonic() + WAIT_S
    while runs(child):
        assert time.monotonic() < end_s
        time.sleep(0.005)


def runs(process: psutil.Process) -> bool:
    """An orphan that has ended may stay in the table until somebody asks for its status."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
