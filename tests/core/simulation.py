"""A narration on a virtual clock: the real sequencer between a worker and a playout that are not.

`Simulation` does what the engine's event loop does; nothing waits and nothing runs beside it. The
voice gives every character of every chunk a sample value of its own, so what was heard can be
told from the samples: which text, whether torn, twice or never.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from skaldcast.core.cue import Cue
from skaldcast.core.dispatcher import Dispatcher
from skaldcast.core.events import CueFinished, Event
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.prebuffer import Prebuffer
from skaldcast.core.sequencer import Sequencer
from skaldcast.core.speech_options import SpeechOptions
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.messages import BlockMade, JobFinished, JobStarted
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.types import AudioFormat, Priority, SpokenForm
from skaldcast.core.voice_in_use import VoiceInUse
from tests.core.simulated import (
    MESSAGE_S,
    RATE,
    START_S,
    STEP_S,
    Clock,
    SimulatedPlayout,
    SimulatedWorker,
    Voice,
)


class Simulation:
    """The engine's event loop, on a virtual clock."""

    def __init__(
        self,
        voice: Voice | None = None,
        *,
        policy: str = "adaptive",
        profile: str = "cinematic",
        paced: bool = True,
        pauses: bool = True,
        depth_s: float = 1.0,
        buffer_s: float = 30.0,
        ready: bool = True,
    ) -> None:
        self.clock = Clock()
        self.voice = voice or Voice()
        self.events: list[Event] = []
        self.cues: list[Cue] = []
        self.buffer = AudioBuffer(AudioFormat(RATE), buffer_s)
        self.worker = SimulatedWorker(self.clock, self.voice, self)
        self.profile = VoiceProfile("simulated", self.voice.hint())
        self.sequencer = Sequencer(
            self.buffer,
            Dispatcher(self.worker.send),
            Prebuffer(policy, self.profile.pace()),  # type: ignore[arg-type]
            SpeechOptions(Staging(self._narrator()), profile),
            self.events.append,
            START_S,
            paced=paced,
            pauses=pauses,
        )
        self.playout = SimulatedPlayout(
            self.clock, self.buffer, self._playout_told, paced=paced, depth_s=depth_s
        )
        self._timer: int | None = None
        self._stepping = False
        self.advances = 0
        self.most_queued = 0
        self.most_unheard_s = 0.0
        if ready:
            self.worker_ready()

    # what the user does

    def play(
        self,
        text: str,
        priority: Priority = Priority.DEMAND,
        *,
        speed: float = 1.0,
        voice: str | None = None,
    ) -> Cue:
        cue = self._cue(priority, speed, voice)
        self.sequencer.add(cue, self.clock.now, text)
        self.sequencer.finish_text(cue)
        self.advance()
        return cue

    def open(self, priority: Priority = Priority.DEMAND) -> Cue:
        cue = self._cue(priority, 1.0, None)
        self.sequencer.add(cue, self.clock.now)
        self.advance()
        return cue

    def push(self, cue: Cue, text: str) -> None:
        self.sequencer.push_text(cue, text, self.clock.now)
        self.advance()

    def finish(self, cue: Cue) -> None:
        self.sequencer.finish_text(cue)
        self.advance()

    def skip(self) -> None:
        self.sequencer.skip(self.clock.now)
        self.advance()

    def stop(self) -> None:
        self.sequencer.stop(self.clock.now)
        self.advance()

    def cancel(self, cue: Cue) -> None:
        self.sequencer.cancel(cue, self.clock.now)
        self.advance()

    def pause(self) -> None:
        self.playout.pause()
        self.sequencer.pause(self.clock.now)
        self.advance()

    def resume(self) -> None:
        self.playout.paused = False
        self.sequencer.resume()
        self.advance()

    def crash_playout(self, away_s: float = 0.0) -> None:
        self.playout.crash(self.clock.now + away_s)
        self.sequencer.run_ended(self.clock.now)
        self.advance()
        self.clock.call_at(self.clock.now + away_s, self._step_playout)

    # time

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.clock.now + seconds
        while self.clock.step(end):
            pass

    def drain(self, patience_s: float = 600.0) -> None:
        """Let time pass until all cues have ended."""
        end = self.clock.now + patience_s
        while not self.sequencer.idle:
            assert self.clock.step(end), f"nothing ends {self.sequencer.cues}"
        self.run(1.0)

    # what happens

    def advance(self) -> None:
        self.advances += 1
        now = self.clock.now
        if self._timer is not None:
            self.clock.cancel(self._timer)
            self._timer = None
        hangs_at = self.sequencer.dispatcher.hangs_at()
        if hangs_at is not None and now >= hangs_at:
            self.worker.kill()
            self.sequencer.dispatcher.hang_noticed(now)
        again = self.sequencer.advance(now)
        if again is not None:
            self._timer = self.clock.call_at(max(again, now + 0.001), self.advance)
        self.most_queued = max(self.most_queued, len(self.sequencer.dispatcher.queue))
        self._step_playout()

    def _step_playout(self) -> None:
        self.playout.step()
        if self.playout.sounding and not self._stepping:
            self._stepping = True
            self.clock.call_at(self.clock.now + STEP_S, self._playout_is_due)

    def _playout_is_due(self) -> None:
        self._stepping = False
        self._step_playout()

    def _playout_told(self, what: str, at: float) -> None:
        def deliver() -> None:
            if what == "started":
                self.sequencer.run_started(at)
            elif what == "ended":
                self.sequencer.run_ended(at)
            self.advance()

        self.clock.call_at(self.clock.now + MESSAGE_S, deliver)

    def worker_told(self, message: object) -> None:
        match message:
            case JobStarted():
                self.sequencer.job_started(message)
            case BlockMade():
                self.sequencer.block_made(message)
            case JobFinished():
                self.sequencer.job_finished(message)
                self.clock.call_at(self.clock.now, self.worker.took_next)
            case _:
                raise AssertionError(message)
        self.advance()

    def worker_died(self) -> None:
        self.sequencer.worker_died(self.clock.now)
        self.advance()

    def worker_ready(self) -> None:
        self.sequencer.dispatcher.worker_ready(self.voice.capacity)
        self.advance()

    def _narrator(self) -> VoiceInUse:
        return VoiceInUse("simulated", self.profile, spoken_form=SpokenForm.WRITTEN)

    def _cue(self, priority: Priority, speed: float, voice: str | None) -> Cue:
        own = None if voice is None else VoiceInUse(voice, VoiceProfile(voice))
        cue = Cue(f"cue-{len(self.cues)}", voice, own, priority=priority, speed=speed)
        self.cues.append(cue)
        return cue

    # what was heard

    def heard(self) -> list[tuple[int, int, int]]:
        """(job, character, frames) of all that was heard, in order."""
        jobs = sorted((value, job) for job, value in self.worker.values.items())
        starts = [value for value, _ in jobs]
        runs: list[tuple[int, int, int]] = []
        last = 0.0
        for value in self.playout.values:
            if value and value == last:
                job, character, frames = runs[-1]
                runs[-1] = (job, character, frames + 1)
            elif value:
                index = int(np.searchsorted(starts, value, side="right")) - 1
                job = jobs[index][1]
                runs.append((job, int(value) - starts[index], 1))
            last = value
        return runs

    def heard_text(self) -> str:
        """The characters that were heard whole, a vertical bar where a chunk begins."""
        text, last_job = "", None
        for job, character, frames in self.heard():
            if frames == self.voice.frames_per_character:
                text += "|" if job != last_job else ""
                text += self.worker.texts[job][character]
                last_job = job
        return text

    def heard_words(self) -> list[str]:
        """The words that were heard whole."""
        return re.findall(r"\w+", self.heard_text().replace("|", " "))

    def heard_at(self, word: str) -> float:
        """When the first frame of a word was heard."""
        for job, text in self.worker.texts.items():
            at = text.find(word)
            if at >= 0:
                value = self.worker.values[job] + at
                return self.playout.times[self.playout.values.index(value)]
        raise AssertionError(word)

    def silences(self) -> list[float]:
        """Seconds of silence between the chunks that were heard, rests and pauses together."""
        times = [t for t, v in zip(self.playout.times, self.playout.values, strict=True) if v]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return [gap for gap in gaps if gap > 1.5 / RATE]

    def of(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kinds)]

    def outcomes(self) -> dict[str, str]:
        ended = [event for event in self.events if isinstance(event, CueFinished)]
        assert len({event.cue_id for event in ended}) == len(ended)
        return {event.cue_id: event.outcome.value for event in ended}


def sentences(numbers: Iterable[int], words: int = 9, name: str = "w") -> str:
    """Text in which every word is another one."""
    return " ".join(
        " ".join(f"{name}{number}x{word}" for word in range(words)).capitalize() + "."
        for number in numbers
    )


LONG = sentences(range(30))
"""Two minutes."""


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)
