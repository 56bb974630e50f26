"""The narration and channels beside it, on a virtual clock and with one simulated worker."""

import re

import numpy as np

from skaldcast.core.audio_tap import AudioTap
from skaldcast.core.cue import Cue
from skaldcast.core.dispatcher import InTurn
from skaldcast.core.events import ChunkFailed, CueFinished, Event
from skaldcast.core.playout.frame_ring import Samples
from skaldcast.core.playout.prebuffer import Prebuffer
from skaldcast.core.script.cast import Cast
from skaldcast.core.speech_options import SpeechOptions, recalls_nothing
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.messages import BlockMade, JobFinished, JobStarted
from skaldcast.core.types import AudioFormat
from skaldcast.core.voice_channels.line import ChannelLine
from skaldcast.core.voice_channels.sharing import Channels, Made
from tests.core.simulated import RATE, START_S, Voice
from tests.core.simulation import Simulation, words_of


class Choir(Simulation):
    """A simulation in which singers have the worker when the narration has no need of it."""

    def __init__(self, voice: Voice | None = None, singers: int = 2) -> None:
        self.channels = Channels()
        self.singers: list[Singer] = []
        super().__init__(voice)
        self.sequencer.dispatcher.later = InTurn(self.channels)
        self.channels.narration = self.sequencer.dispatcher
        self.singers = [Singer(self, number) for number in range(singers)]

    def worker_told(self, message: object) -> None:
        assert isinstance(message, JobStarted | BlockMade | JobFinished)
        self.channels.made(message)
        super().worker_told(message)

    def worker_died(self) -> None:
        self.channels.worker_died()
        super().worker_died()

    def worker_ready(self) -> None:
        self.channels.worker_ready(self.voice.capacity)
        super().worker_ready()

    def finish_all(self) -> None:
        """Let time pass until all cues of all have ended."""
        end = self.clock.now + 900.0
        while not (self.sequencer.idle and all(s.line.sequencer.idle for s in self.singers)):
            assert self.clock.step(end), "it never ends"
        self.run(1.0)


class Singer(AudioTap):
    """Owns a channel's line, as `VoiceChannel` does, and keeps what is heard of it."""

    def __init__(self, choir: Choir, number: int) -> None:
        self.choir = choir
        self.events: list[Event] = []
        self.cues: list[Cue] = []
        self.said: list[str] = []
        self.sound = np.zeros(0, np.float32)
        self.heard_frames: list[float] = []
        self._number = number
        self._timer: int | None = None
        self.closed = False
        profile = choir.profile
        port = choir.channels.open(self._wake)
        self.line = ChannelLine(
            AudioFormat(RATE),
            port,
            Prebuffer("adaptive", profile.pace()),
            SpeechOptions(Staging(choir.sequencer.narrator)),
            self.events.append,
            START_S,
            pauses=True,
            recalls=recalls_nothing,
            clock=lambda: choir.clock.now,
        )
        port.owner = self
        self.line.add_tap(self)

    def _wake(self) -> None:
        self.choir.clock.call_at(self.choir.clock.now, self.choir.advance)

    # the tap

    def pushed(self, frame: int, samples: Samples) -> None:
        assert frame == self.sound.size
        self.sound = np.concatenate((self.sound, samples))

    def heard(self, begin: int, end: int) -> None:
        self.heard_frames += self.sound[begin:end].tolist()

    # the owner

    @property
    def speaks(self) -> bool:
        return not self.line.sequencer.idle

    @property
    def ready_s(self) -> float:
        return self.line.buffer.buffered_s

    def made(self, message: Made, *, timed: bool) -> None:
        self.line.made(message, timed=timed)
        self.advance_soon()

    def worker_died(self) -> None:
        self.line.sequencer.worker_died(self.choir.clock.now)
        self.advance_soon()

    def recast(self) -> None:
        self.line.sequencer.recast()

    def change_cast(self, cast: Cast) -> None:
        self.line.options.staging.set_cast(cast)

    def end(self, failure: str | None) -> None:
        self.line.sequencer.fail(failure or "", self.choir.clock.now)

    def advance_soon(self) -> None:
        self.choir.clock.call_at(self.choir.clock.now, self._advance)

    def _advance(self) -> None:
        if self._timer is not None:
            self.choir.clock.cancel(self._timer)
            self._timer = None
        if self.closed:
            return
        now = self.choir.clock.now
        again = self.line.advance(now)
        if again is not None:
            self._timer = self.choir.clock.call_at(max(again, now + 0.001), self._advance)

    # what its client does

    def say(self, text: str) -> Cue:
        """Speak a cue."""
        cue = Cue(f"{self._number}-{len(self.cues)}")
        self.cues.append(cue)
        self.said += words_of(text)
        self.line.sequencer.add(cue, self.choir.clock.now, text)
        self.line.sequencer.finish_text(cue)
        self.advance_soon()
        return cue

    def skip(self) -> None:
        self.line.sequencer.skip(self.choir.clock.now)
        self.advance_soon()

    def stop(self) -> None:
        self.line.sequencer.stop(self.choir.clock.now)
        self.resume()

    def pause(self) -> None:
        self.line.pause(self.choir.clock.now)
        self.advance_soon()

    def resume(self) -> None:
        self.line.resume(self.choir.clock.now)
        self.advance_soon()

    def close(self) -> None:
        self.closed = True
        self.line.close(self.choir.clock.now)

    # what became of it

    @property
    def underrun_frames(self) -> int:
        return self.line.buffer.statistics().underrun_frames

    @property
    def lost_a_chunk(self) -> bool:
        """The worker died twice on one."""
        return any(isinstance(event, ChunkFailed) for event in self.events)

    def outcomes(self) -> list[str]:
        return [event.outcome.value for event in self.events if isinstance(event, CueFinished)]

    def heard_characters(self) -> list[tuple[str, int, int]]:
        """(chunk's text, character, frames) of all that was heard, in order: a chunk that was made
        twice, under two numbers, is one here."""
        worker = self.choir.worker
        jobs = sorted((value, job) for job, value in worker.values.items())
        starts = [value for value, _ in jobs]
        runs: list[tuple[str, int, int]] = []
        for value in filter(None, self.heard_frames):
            index = int(np.searchsorted(starts, value, side="right")) - 1
            text, character = worker.texts[jobs[index][1]], int(value) - starts[index]
            if runs and runs[-1][:2] == (text, character):
                runs[-1] = (text, character, runs[-1][2] + 1)
            else:
                runs.append((text, character, 1))
        return runs

    def heard_words(self) -> list[str]:
        """The words that were heard, each character of them whole."""
        whole = self.choir.voice.frames_per_character
        pieces: list[str] = []
        before = ""
        for text, character, frames in self.heard_characters():
            pieces += [" "] if text != before else []
            pieces += [text[character]] if frames == whole else ["#"]
            before = text
        return [w for w in re.findall(r"[\w#]+", "".join(pieces)) if "#" not in w]
