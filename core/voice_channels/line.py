"""A channel's own line: cues, timeline, audio buffer and a clock without a device. Plain; the time
is an argument."""

from collections.abc import Callable
from typing import Any

from ..audio_tap import AudioTap
from ..clock import monotonic_s
from ..events import Event, UnderrunOccurred
from ..playout.audio_buffer import AudioBuffer
from ..playout.buffer_statistics import Heard
from ..playout.messages import (
    KeepPace,
    OpenOutput,
    PausePlayout,
    ResumePlayout,
    RunEnded,
    RunStarted,
)
from ..playout.null_device import NullDevice
from ..playout.outputs import OutputSpec
from ..playout.playout import Playout
from ..playout.prebuffer import Prebuffer
from ..playout_link import BUFFER_S, OutputFacts
from ..sequencer import Sequencer
from ..speech_options import Recalls, SpeechOptions
from ..synthesis.messages import BlockMade, JobFinished, JobStarted
from ..types import AudioFormat
from ..underrun_watch import UnderrunWatch
from .sharing import Made, Port

_LATENCY_S = 1.0
"""As deep as a device is fed: main may stand still for so long and the sound goes on."""


class ChannelLine:
    """The sequencer of a channel, and a playout that plays to nobody, in real time or at the pace
    of whoever does play the sound. Call `advance` after anything happened and when the time that
    it returned has come."""

    def __init__(
        self,
        audio_format: AudioFormat,
        port: Port,
        prebuffer: Prebuffer,
        options: SpeechOptions,
        emit: Callable[[Event], None],
        clock_0: float,
        *,
        pauses: bool,
        recalls: Recalls,
        clock: Callable[[], float] = monotonic_s,
    ) -> None:
        self.options = options
        self.port = port
        self.buffer = AudioBuffer(audio_format, BUFFER_S)
        self.sequencer = Sequencer(
            self.buffer,
            port.dispatcher,
            prebuffer,
            options,
            emit,
            clock_0,
            pauses=pauses,
            recalls=recalls,
        )
        self._emit = emit
        self._clock_0 = clock_0
        self._told: list[object] = []
        self._underruns = UnderrunWatch()

        def open_device(spec: OutputSpec, audio_format: AudioFormat, **_: Any) -> NullDevice:
            del spec
            return NullDevice(audio_format, _LATENCY_S, clock)

        opening = OpenOutput("", "null", _LATENCY_S)
        self._playout = Playout(opening, self.buffer, self._told.append, open_device=open_device)
        self._playout.begin(clock())

    def advance(self, now: float) -> float | None:
        """Do all that can be done; returns when to call again, if nothing happens before."""
        sequencer = self.sequencer
        sequencer.share(self.port.sharers())
        sequencer.dispatcher.hang_noticed(now)  # whether the worker hangs, the narration looks
        again = sequencer.advance(now)
        self.buffer.wait(0.0)
        wait_s = self._playout.step(now)
        if self._underruns.is_due(now):
            self._tell_underruns(now)
        if self._obey_playout():
            return now  # the sequencer may have more to do by that
        return now + wait_s if again is None else min(again, now + wait_s)

    def _obey_playout(self) -> bool:
        """Take what the playout told; true where it told something."""
        told = self._told[:]
        self._told.clear()
        for message in told:
            match message:
                case RunStarted(_, at_s):
                    self.sequencer.run_started(at_s)
                case RunEnded(_, at_s):
                    self.sequencer.run_ended(at_s)
                case _:
                    pass
        return bool(told)

    def _tell_underruns(self, now: float) -> None:
        if frames := self._underruns.new_frames(self.buffer.statistics()):
            duration_s = frames / self.buffer.sample_rate
            self._emit(UnderrunOccurred(now - self._clock_0, duration_s))

    def made(self, message: Made, *, timed: bool) -> None:
        """The worker told something of a chunk."""
        match message:
            case BlockMade():
                self.sequencer.block_made(message)
            case JobStarted():
                self.sequencer.job_started(message, timed=timed)
            case JobFinished():
                self.sequencer.job_finished(message)

    def pause(self, now: float) -> None:
        """Keep the place."""
        self._playout.obey(PausePlayout(), now)
        self.sequencer.pause(now)

    def resume(self, now: float) -> None:
        """Go on."""
        self._playout.obey(ResumePlayout(), now)
        self.sequencer.resume()

    def keep_pace(self, frame: int, at_s: float, now: float) -> None:
        """Whoever plays the sound was at `frame` at `at_s`."""
        self._playout.obey(KeepPace(frame, at_s), now)

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` what becomes of the sound."""
        self.sequencer.add_tap(tap)

    def close(self, now: float) -> None:
        """End all cues and give all back; nothing may be called afterwards but `close`."""
        self.sequencer.stop(now)
        self.port.close()

    def heard(self) -> Heard:
        """How far it is, and since when, on the clock of the events."""
        at = self.buffer.position()
        return Heard(at.frame, at.at_s - self._clock_0)

    def facts(self) -> OutputFacts:
        """What was counted so far."""
        statistics, rate = self.buffer.statistics(), self.buffer.sample_rate
        return OutputFacts(rate, statistics.underruns, statistics.underrun_frames / rate, 0)
