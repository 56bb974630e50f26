"""Main's side of the playout process: the audio buffer, the output, and what becomes of them."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from .child import ChildProcess
from .clock import monotonic_s
from .errors import PlayoutError, SkaldcastError
from .playout.audio_buffer import AudioBuffer, BufferStatistics
from .playout.messages import (
    CloseOutput,
    KeepPace,
    OpeningOutput,
    OpenOutput,
    OutputClosed,
    OutputFailed,
    OutputReady,
    OutputWentAway,
    PausePlayout,
    ResumePlayout,
    RunEnded,
    RunStarted,
    SetGain,
    UnderflowsReported,
)
from .playout.outputs import OutputKind, parse_output
from .types import AudioFormat

_log = logging.getLogger(__name__)

BUFFER_S = 30.0
"""Seconds that the audio buffer holds: more than the sequencer makes ahead."""
OPEN_S = 30.0
"""An output that takes so long to open hangs; a Bluetooth speaker that must connect takes 10 s."""
HANG_S = 8.0
"""A process that plays nothing for so long hangs: longer than any device takes to wake up."""
_CLOSE_S = 20.0
"""The longest wait for an output to be finished; for FLAC, encoded then, more:"""
_SLOWEST_ENCODING = 50.0
"""Seconds of audio encoded in a second, at worst; 500 on an idle desktop's core."""


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """What the output has counted."""

    sample_rate: int
    underruns: int
    underrun_s: float
    device_underflows: int


@dataclass(frozen=True, slots=True)
class PlayoutListener:
    """Who is told what happens to the playout."""

    opened: Callable[[OutputReady], None]
    lost: Callable[[str], None]
    """The device went away; it is opened again by and by."""
    restarted: Callable[[], None]
    run_started: Callable[[float], None]
    run_ended: Callable[[float], None]
    failed: Callable[[SkaldcastError], None]
    anything: Callable[[], None]
    """Called after each of the others, and when there is room in the audio buffer again."""


class PlayoutLink:
    """Owns the audio buffer and the playout process."""

    def __init__(
        self,
        audio_format: AudioFormat,
        output: str,
        latency_s: float,
        gain: float,
        listener: PlayoutListener,
        *,
        exclusive: bool = False,
    ) -> None:
        self.buffer = AudioBuffer.shared(audio_format, BUFFER_S)
        self.output: OutputReady | None = None
        self.device_underflows = 0
        self._spec = output
        self._latency_s = latency_s
        self._exclusive = exclusive
        self.gain = gain
        self._paused = False
        self._listener = listener
        self._ready: asyncio.Future[OutputReady] = asyncio.get_running_loop().create_future()
        self._closed: asyncio.Future[None] | None = None
        self._final: BufferStatistics | None = None
        self._heard_at_death = 0
        self._hung = False  # the process that is ended now stood still
        self._away = False  # the device was lost: its process waits for it, it does not hang
        self._opening_since: float | None = None
        self._stood_still: tuple[int, float] | None = None  # where the sound is, and since when
        self._child = ChildProcess(
            "playout",
            f"{__package__}.playout.process",
            first_messages=self._first_messages,
            on_message=self._on_message,
            on_death=self._on_death,
            on_lost=self._fail,
            inherited_fds=self.buffer.inherited_fds(),
        )
        self._child.start()

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def restarts(self) -> int:
        return self._child.restarts

    async def wait_ready(self) -> OutputReady:
        """Wait until the output is open; raises `PlayoutError` or `ProcessError`."""
        try:
            return await asyncio.wait_for(self._ready, OPEN_S)
        except TimeoutError:
            raise self._open_hangs() from None

    def end_if_hung(self, now: float) -> float | None:
        """End a process that hangs while it opens the output, or plays nothing though it could:
        it is started again. Returns when to look again, None while nothing can hang."""
        if self._opening_since is not None:
            return self._end_if_opening_hangs(self._opening_since, now)
        # What was cleared is not to be heard, and `heard` does not pass it before more is.
        heard = max(self.buffer.heard, self.buffer.cleared)
        could_play = min(self.buffer.gate, self.buffer.written) > heard
        if not could_play or self._paused or self._away or self.output is None:
            self._stood_still = None
            return None
        if self._stood_still is None or self._stood_still[0] != heard:
            self._stood_still = (heard, now)
        elif now >= self._stood_still[1] + HANG_S:
            _log.warning("the playout process hangs; it is ended and started again")
            self._stood_still = (heard, now)
            self._hung = True
            self._child.kill()
        return self._stood_still[1] + HANG_S

    def _end_if_opening_hangs(self, since: float, now: float) -> float | None:
        if now < since + OPEN_S:
            return since + OPEN_S
        self._opening_since = None  # the next process begins anew
        if self.output is not None and not self.output.paced:
            self._child.abandon()
            self._fail(self._open_hangs())
            return None
        _log.warning("the playout process hangs while it opens the output; it is started again")
        self._child.kill()
        return None

    def pause(self) -> None:
        """Idempotent, and without a message then: each wakes the process."""
        if not self._paused:
            self._paused = True
            self._child.send(PausePlayout())

    def resume(self) -> None:
        """Idempotent, like `pause`."""
        if self._paused:
            self._paused = False
            self._child.send(ResumePlayout())

    def keep_pace(self, frame: int, at_s: float) -> None:
        """Whoever plays the sound was at `frame` at `at_s`: an output without a device keeps pace
        with that."""
        if parse_output(self._spec).kind is OutputKind.NULL:  # others keep their own time
            self._child.send(KeepPace(frame, at_s))

    def set_gain(self, gain: float) -> None:
        self.gain = gain
        self._child.send(SetGain(gain))

    def statistics(self) -> BufferStatistics:
        """The audio buffer's counters; after `close` the last ones."""
        return self._final or self.buffer.statistics()

    def facts(self) -> OutputFacts:
        """What the output has counted so far, or in all."""
        statistics, rate = self.statistics(), self.buffer.sample_rate
        return OutputFacts(
            sample_rate=self.output.sample_rate if self.output else rate,
            underruns=statistics.underruns,
            underrun_s=statistics.underrun_frames / rate,
            device_underflows=self.device_underflows,
        )

    async def finish(self) -> None:
        """Have the output finish what lies in the audio buffer and give it back."""
        if self.output is None:
            return
        self._closed = asyncio.get_running_loop().create_future()
        self.buffer.finish()
        self._child.retire()
        self._child.send(CloseOutput())
        audio_s = self.buffer.written / self.buffer.sample_rate
        timeout_s = _CLOSE_S + (0.0 if self.output.paced else audio_s / _SLOWEST_ENCODING)
        try:
            await asyncio.wait_for(self._closed, timeout_s)
        except TimeoutError:
            if not self.output.paced:  # a device has played all there was
                self._fail(
                    PlayoutError(
                        f"{self._spec} was not finished within {timeout_s:.0f} s; "
                        "look whether its disk still answers"
                    )
                )

    async def close(self) -> None:
        """End the process and let go of the audio buffer."""
        self._ready.cancel()
        await self._child.close()
        self._final = self.buffer.statistics()
        self.buffer.close()

    def _open_hangs(self) -> PlayoutError:
        return PlayoutError(
            f"the output {self._spec} did not open within {OPEN_S:.0f} s: look whether it still "
            "answers, or choose another with --output"
        )

    def _first_messages(self) -> list[object]:
        self._opening_since = monotonic_s()
        opening = OpenOutput(
            self.buffer.handle,
            self._spec,
            self._latency_s,
            gain=self.gain,
            paused=self._paused,
            exclusive=self._exclusive,
            sounded_on=self._hung,
            waits=self.output is not None and self.output.paced,
        )
        self._hung = False
        return [opening] if self._closed is None else [opening, CloseOutput()]

    def _on_message(self, message: object) -> None:
        match message:
            case RunStarted():
                self._listener.run_started(message.at_s)
            case RunEnded():
                self._listener.run_ended(message.at_s)
            case UnderflowsReported():
                self.device_underflows += message.count
            case OpeningOutput():
                self._opening_since = monotonic_s()
            case OutputReady():
                self.output = message
                self._away = False
                self._opening_since = None
                if not self._ready.done():
                    self._ready.set_result(message)
                self._listener.opened(message)
            case OutputWentAway():
                self._away = True
                self._opening_since = None
                self._listener.lost(message.reason)
            case OutputFailed():
                self._opening_since = None
                self._child.retire()
                self._fail(PlayoutError(message.reason))
            case OutputClosed():
                self._give_up_waiting()
            case _:  # RoomMade
                pass
        self._listener.anything()

    def _on_death(self, status: int) -> None:
        heard = self.buffer.heard
        if heard > self._heard_at_death:  # what dies over and over at one place gets nowhere
            self._child.settled()
        self._heard_at_death = heard
        self._away = True  # until the next one has opened the output
        self._opening_since = monotonic_s()
        self._listener.restarted()
        self._listener.anything()

    def _fail(self, error: SkaldcastError) -> None:
        self._give_up_waiting()
        self.output = None
        if not self._ready.done():
            self._ready.set_exception(error)
        self._listener.failed(error)

    def _give_up_waiting(self) -> None:
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)
