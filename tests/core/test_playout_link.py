"""Main's side of the playout, with the real process: whatever happens to it, no frame is lost."""

import asyncio
import contextlib
import functools
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile

from skaldcast.core import playout_link
from skaldcast.core.child import ChildProcess
from skaldcast.core.errors import ConfigError, PlayoutError, ProcessError, SkaldcastError
from skaldcast.core.playout.messages import (
    OpeningOutput,
    OpenOutput,
    OutputReady,
    OutputWentAway,
    SetGain,
    UnderflowsReported,
)
from skaldcast.core.playout_link import HANG_S, OPEN_S, PlayoutLink, PlayoutListener
from skaldcast.core.synthesis.synthesizer import Samples
from skaldcast.core.types import AudioFormat
from tests.processes import leaves_no_process

RATE = 24_000
WAIT_S = 30.0
"""Only a broken one takes so long."""


def numbered(start: int, count: int) -> Samples:
    """Samples that say which ones they are, also in 16 bits."""
    return (np.arange(start, start + count) % 30_000 / 32_767).astype(np.float32)


class Linked:
    """A link, and all that it tells."""

    def __init__(self, output: str, **options: Any) -> None:
        self.told: list[tuple[str, object]] = []
        self._changed = asyncio.Event()
        listener = PlayoutListener(
            opened=self._teller("opened"),
            lost=self._teller("lost"),
            restarted=lambda: self._tell("restarted", None),
            run_started=self._teller("run_started"),
            run_ended=self._teller("run_ended"),
            failed=self._teller("failed"),
            anything=self._changed.set,
        )
        options = {"latency_s": 0.5, "gain": 1.0, **options}
        self.link = PlayoutLink(AudioFormat(RATE), output, listener=listener, **options)
        self.buffer = self.link.buffer

    def _teller(self, name: str) -> Callable[[Any], None]:
        return lambda what: self._tell(name, what)

    def _tell(self, name: str, what: object) -> None:
        self.told.append((name, what))
        self._changed.set()

    def count(self, name: str) -> int:
        return sum(told == name for told, _ in self.told)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition, which is looked at when something is told and every few
        milliseconds: the position in the shared memory tells nobody."""
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), 0.005)
                except TimeoutError:
                    continue

    async def push(self, count: int) -> None:
        samples = numbered(self.buffer.written, count)
        while samples.size:
            samples = self.buffer.push(samples)
            if samples.size:
                await self.until(lambda: self.buffer.room)

    def kill(self) -> None:
        assert self.link.pid is not None
        with contextlib.suppress(psutil.NoSuchProcess):  # it may just have ended by itself
            psutil.Process(self.link.pid).kill()


Story = Callable[[Linked], Awaitable[None]]


def run(output: str, story: Story, **options: Any) -> Linked:
    """Run `story` with an open output, then close the link."""

    async def whole() -> Linked:
        linked = Linked(output, **options)
        try:
            await linked.link.wait_ready()
            await story(linked)
        finally:
            await linked.link.close()
        return linked

    with leaves_no_process():
        return asyncio.run(whole())


def test_what_is_pushed_is_played_and_its_beginning_and_end_are_told() -> None:
    async def story(linked: Linked) -> None:
        linked.buffer.set_gate(4800)
        await linked.push(24_000)
        await linked.until(lambda: linked.count("run_ended"))
        assert linked.buffer.heard == 4800
        await linked.link.finish()

    linked = run("null", story)
    assert [name for name, _ in linked.told] == ["opened", "run_started", "run_ended"]
    started, ended = linked.told[1][1], linked.told[2][1]
    assert isinstance(started, float)
    assert isinstance(ended, float)
    assert ended - started > 0.19
    assert linked.link.statistics().heard == 4800
    assert linked.link.statistics().underruns == 0


def test_pause_and_resume_reach_the_process() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(480_000)
        await linked.until(lambda: linked.count("run_started"))
        linked.link.pause()
        await linked.until(lambda: linked.count("run_ended"))
        paused_at = linked.buffer.heard
        linked.link.set_gain(0.5)
        linked.link.resume()
        await linked.until(lambda: linked.count("run_started") == 2)
        await linked.until(lambda: linked.buffer.heard > paused_at)

    run("null", story)


def test_a_killed_process_is_started_again_and_goes_on_with_the_frame_heard_last() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(36_000)
        linked.buffer.finish()
        for times in range(1, 4):
            heard = linked.buffer.heard
            await linked.until(lambda heard=heard: linked.buffer.heard > heard)
            linked.kill()
            await linked.until(lambda times=times: linked.count("opened") > times)
            assert linked.buffer.heard > heard
        await linked.until(lambda: linked.buffer.heard == 36_000)

    linked = run("null", story)
    assert linked.count("restarted") == linked.link.restarts == 3
    assert linked.count("failed") == 0


@pytest.mark.parametrize("name", ["story.wav", "story.flac"])
def test_a_file_has_every_frame_once_though_the_process_was_killed(
    tmp_path: Path, name: str
) -> None:
    async def story(linked: Linked) -> None:
        for times in range(1, 6):
            # Killed while it writes what is pushed just then, at some place or other.
            await linked.push(100_000 * times)
            linked.kill()
            await linked.push(7)
            await linked.until(lambda times=times: linked.count("opened") > times)
        linked.kill()
        await linked.push(50_000)
        await linked.link.finish()

    linked = run(f"wav:{tmp_path / name}", story)
    written, rate = soundfile.read(tmp_path / name, dtype="int16")
    assert rate == RATE
    assert linked.link.statistics().heard == written.size == 1_550_035
    np.testing.assert_array_equal(written, np.arange(written.size) % 30_000)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_has_every_frame_once_though_the_process_was_killed_while_it_was_finished(
    tmp_path: Path,
) -> None:
    async def story(linked: Linked) -> None:
        await linked.push(600_000)
        finishing = asyncio.create_task(linked.link.finish())
        await asyncio.sleep(0)
        linked.kill()
        await finishing
        assert linked.count("failed") == 0

    run(f"wav:{tmp_path / 'story.flac'}", story)
    written, _ = soundfile.read(tmp_path / "story.flac", dtype="int16")
    np.testing.assert_array_equal(written, np.arange(600_000) % 30_000)


def test_a_new_process_is_told_what_holds_by_now() -> None:
    async def story(linked: Linked) -> None:
        (opening,) = linked.link._first_messages()
        assert isinstance(opening, OpenOutput)
        assert (opening.gain, opening.paused, opening.waits) == (0.7, False, True)
        linked.link.set_gain(0.3)
        linked.link.pause()
        (opening,) = linked.link._first_messages()
        assert isinstance(opening, OpenOutput)
        assert (opening.gain, opening.paused) == (0.3, True)

    run("null", story, gain=0.7)


def test_a_file_is_not_waited_for(tmp_path: Path) -> None:
    async def story(linked: Linked) -> None:
        (opening,) = linked.link._first_messages()
        assert isinstance(opening, OpenOutput)
        assert not opening.waits

    run(f"wav:{tmp_path / 'x.wav'}", story)


@pytest.mark.parametrize(
    ("output", "reason"),
    [("wav:/no/such/folder/x.wav", "/no/such/folder"), ("wav:/", "cannot open")],
)
def test_an_output_that_cannot_be_had_is_told_once(output: str, reason: str) -> None:
    async def story() -> None:
        linked = Linked(output)
        with pytest.raises(PlayoutError, match=reason):
            await linked.link.wait_ready()
        assert linked.link._child._task is not None
        await asyncio.wait_for(linked.link._child._task, WAIT_S)
        assert linked.count("failed") == 1
        assert linked.link.restarts == 0
        await linked.link.finish()
        await linked.link.close()

    asyncio.run(story())


def test_a_process_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    async def story() -> None:
        linked = Linked("null")
        with pytest.raises(ProcessError, match="cannot be started"):
            await linked.link.wait_ready()
        await linked.link.close()

    asyncio.run(story())


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    child = functools.partial(ChildProcess, back_off_s=(0.0, 0.0))
    monkeypatch.setattr(playout_link, "ChildProcess", child)


def test_a_process_that_dies_over_and_over_at_one_place_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    impatient(monkeypatch)

    async def story(linked: Linked) -> None:
        linked.link.pause()
        await linked.push(24_000)
        for times in range(1, 4):
            await linked.until(lambda times=times: linked.count("opened") == times)
            linked.kill()
        await linked.until(lambda: linked.count("failed"))
        assert "3 times in a row" in str(dict(linked.told)["failed"])

    with caplog.at_level(logging.CRITICAL):
        run("null", story)


def test_a_process_that_plays_on_before_it_dies_is_never_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    impatient(monkeypatch)

    async def story(linked: Linked) -> None:
        await linked.push(480_000)
        for times in range(1, 6):
            heard = linked.buffer.heard
            await linked.until(lambda heard=heard: linked.buffer.heard > heard)
            linked.kill()
            await linked.until(lambda times=times: linked.count("opened") > times)
        assert linked.count("failed") == 0

    run("null", story)


def test_a_process_that_plays_nothing_though_it_could_is_ended_and_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(linked: Linked) -> None:
        killed: list[bool] = []
        link, child = linked.link, linked.link._child
        monkeypatch.setattr(child, "kill", lambda: killed.append(True))
        assert link.end_if_hung(0.0) is None, "there is nothing to play"
        link.pause()
        await linked.push(24_000)
        assert link.end_if_hung(0.0) is None, "it is paused"
        monkeypatch.setattr(link, "_paused", False)
        assert link.end_if_hung(1.0) == 1.0 + HANG_S
        assert link.end_if_hung(HANG_S) == 1.0 + HANG_S
        assert killed == []
        assert link.end_if_hung(1.0 + HANG_S) == 1.0 + 2 * HANG_S
        assert killed == [True]
        assert link.end_if_hung(2.0 + HANG_S) == 1.0 + 2 * HANG_S, "the next one gets its time"
        link._on_message(OutputWentAway("unplugged"))
        assert link.end_if_hung(100.0) is None, "it waits for its device"
        assert killed == [True]

    run("null", story)


def test_only_the_process_after_one_that_hung_is_told_that_the_device_sounded_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(linked: Linked) -> None:
        link = linked.link
        monkeypatch.setattr(link._child, "kill", lambda: None)
        await linked.push(24_000)
        told: list[bool] = []
        for now in (0.0, HANG_S, HANG_S):
            monkeypatch.setattr(link, "_stood_still", (linked.buffer.heard, 0.0))
            link.end_if_hung(now)
            (opening,) = link._first_messages()
            assert isinstance(opening, OpenOutput)
            told.append(opening.sounded_on)
            link._opening_since = None
        (opening,) = link._first_messages()
        assert isinstance(opening, OpenOutput)
        assert [*told, opening.sounded_on] == [False, True, True, False]

    run("null", story)


def test_the_silence_until_the_next_process_plays_is_counted() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(480_000)
        await linked.until(lambda: linked.buffer.heard > 2400)
        assert linked.link.statistics().underruns == 0
        linked.kill()
        await linked.until(lambda: linked.count("run_started") == 2)
        heard_until = linked.buffer.heard
        await linked.until(lambda: linked.buffer.heard > heard_until)

    linked = run("null", story)
    statistics = linked.link.statistics()
    assert statistics.underruns == 1
    assert statistics.underrun_frames > 0.02 * RATE


def test_a_process_that_plays_on_does_not_hang() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(480_000)
        asked_again: list[float | None] = []
        for now in (0.0, 6.0, 12.0):
            heard = linked.buffer.heard
            await linked.until(lambda heard=heard: linked.buffer.heard > heard)
            asked_again.append(linked.link.end_if_hung(now))
        assert asked_again == [HANG_S, 6.0 + HANG_S, 12.0 + HANG_S]
        assert linked.link.restarts == 0

    run("null", story)


def test_one_that_has_nothing_left_to_play_because_it_was_cleared_does_not_hang() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(24_000)
        linked.buffer.clear()
        assert linked.buffer.heard < linked.buffer.written
        assert linked.link.end_if_hung(0.0) is None

    run("null", story)


def test_an_output_that_never_gets_open_ends_the_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playout_link, "OPEN_S", 0.5)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # opening it waits for a reader that never comes

    async def story() -> None:
        linked = Linked(f"wav:{pipe}")
        with pytest.raises(PlayoutError, match="did not open within"):
            await linked.link.wait_ready()
        await linked.link.close()

    with leaves_no_process():
        asyncio.run(story())


def test_a_process_that_hangs_while_it_opens_a_device_again_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(linked: Linked) -> None:
        killed: list[bool] = []
        link = linked.link
        monkeypatch.setattr(link._child, "kill", lambda: killed.append(True))
        monkeypatch.setattr(playout_link, "monotonic_s", lambda: 5.0)
        link._on_message(OutputWentAway("unplugged"))
        link._on_message(OpeningOutput())
        assert link.end_if_hung(4.0 + OPEN_S) == 5.0 + OPEN_S
        assert killed == []
        assert link.end_if_hung(5.0 + OPEN_S) is None
        assert killed == [True]
        assert linked.count("failed") == 0

    run("null", story)


def test_a_file_that_hangs_while_it_is_opened_again_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(linked: Linked) -> None:
        monkeypatch.setattr(playout_link, "monotonic_s", lambda: 5.0)
        linked.link._on_message(OpeningOutput())
        assert linked.link.end_if_hung(5.0 + OPEN_S) is None
        assert linked.count("failed") == 1

    assert run(f"wav:{tmp_path / 'x.wav'}", story).link.restarts == 0


def test_what_the_devices_counted_adds_up_and_their_loss_is_told() -> None:
    async def story(linked: Linked) -> None:
        for message in (UnderflowsReported(2), UnderflowsReported(3), OutputWentAway("unplugged")):
            linked.link._on_message(message)
        assert linked.link.device_underflows == 5
        assert ("lost", "unplugged") in linked.told

    run("null", story)


@pytest.mark.parametrize("output", ["null", "wav"])
def test_a_process_that_does_not_finish_in_time_fails_a_file_and_no_device(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playout_link, "_CLOSE_S", 0.01)
    spec = output if output == "null" else f"wav:{tmp_path / 'x.wav'}"

    async def story(linked: Linked) -> None:
        monkeypatch.setattr(linked.link._child, "send", lambda message: None)
        await linked.link.finish()

    failures = [what for name, what in run(spec, story).told if name == "failed"]
    if output == "null":
        assert failures == []
    else:
        (error,) = failures
        assert isinstance(error, SkaldcastError)
        assert "was not finished within" in str(error)


def test_the_volume_and_the_output_s_name_are_those_given() -> None:
    sent: list[object] = []

    async def story(linked: Linked) -> None:
        linked.link._child.send = sent.append  # type: ignore[method-assign]
        linked.link.set_gain(0.25)
        ready = linked.link.output
        assert isinstance(ready, OutputReady)
        assert (ready.output, ready.sample_rate, ready.paced) == ("null", RATE, True)

    run("null", story)
    assert sent == [SetGain(0.25)]


def test_another_output_is_opened_and_goes_on_with_the_frame_heard_last() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(36_000)
        linked.buffer.finish()
        for times in range(1, 8):  # more often than a process that fails is started again
            linked.link.move_to("null")
            await linked.until(lambda times=times: linked.count("opened") > times)
        await linked.until(lambda: linked.buffer.heard == 36_000)

    assert run("null", story).count("failed") == 0


def test_another_output_that_is_not_there_is_told_and_waited_for_and_nothing_is_lost() -> None:
    async def story(linked: Linked) -> None:
        await linked.push(24_000)
        linked.buffer.finish()
        linked.link.move_to("device:nowhere at all")
        await linked.until(lambda: linked.count("lost"))
        linked.link.move_to("null")
        await linked.until(lambda: linked.buffer.heard == 24_000)

    assert run("null", story).count("failed") == 0


def test_no_file_is_gone_to_or_left(tmp_path: Path) -> None:
    async def to_file(linked: Linked) -> None:
        with pytest.raises(ConfigError, match="start the voice again"):
            linked.link.move_to(f"wav:{tmp_path / 'b.wav'}")
        with pytest.raises(ConfigError, match="unknown output"):
            linked.link.move_to("nonsense")
        assert linked.link.restarts == 0

    async def from_file(linked: Linked) -> None:
        with pytest.raises(ConfigError, match="start the voice again"):
            linked.link.move_to("null")

    run("null", to_file)
    run(f"wav:{tmp_path / 'a.wav'}", from_file)
