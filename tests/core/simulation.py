"""A narration on a virtual clock: the real sequencer between a worker and a playout that are not.

`Simulation` does what the engine's event loop does; nothing waits and nothing runs beside it. The
voice gives every character of every chunk a sample value of its own, so what was heard can be
told from the samples: which text, whether torn, twice or never.
"""

import heapq
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count, pairwise

import numpy as np

from skaldcast.core.cue import Cue
from skaldcast.core.dispatcher import Dispatcher
from skaldcast.core.events import CueFinished, Event
from skaldcast.core.planner import SpeechOptions
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.prebuffer import Prebuffer
from skaldcast.core.sequencer import Sequencer
from skaldcast.core.synthesis.messages import (
    BlockMade,
    CancelJob,
    JobFinished,
    JobStarted,
    SynthesizeChunk,
)
from skaldcast.core.synthesis.synthesizer import SpeedHint, SynthesisRequest
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.synthesis.word_times import proportional_words
from skaldcast.core.types import AudioFormat, Priority

RATE = 200
FRAMES_PER_CHARACTER = 13
"""0.065 s for each character."""
START_S = 1000.0
"""The clock's first time: nobody may take 0 for the beginning."""
STEP_S = 0.04
_MESSAGE_S = 0.001


@dataclass(slots=True)
class Clock:
    """Virtual time: what is due happens in order."""

    now: float = START_S
    _due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=count)

    def call_at(self, at: float, action: Callable[[], None]) -> int:
        number = next(self._ids)
        heapq.heappush(self._due, (max(at, self.now), number, action))
        return number

    def cancel(self, number: int) -> None:
        self._due = [entry for entry in self._due if entry[1] != number]
        heapq.heapify(self._due)

    def step(self, until: float) -> bool:
        """Let the next thing happen; false where nothing is due by then."""
        if not self._due or self._due[0][0] > until:
            self.now = max(self.now, until)
            return False
        self.now, _, action = heapq.heappop(self._due)
        action()
        return True


@dataclass
class Voice:
    """How the simulated worker makes chunks, and where it goes wrong."""

    latency_s: float = 0.05
    real_time_factor: float = 0.1
    block_s: float = 0.2
    capacity: int = 1
    restart_s: float = 0.3
    tells_words: bool = True
    deadly: frozenset[str] = frozenset()
    """Words that kill the worker in the middle of their chunk."""
    broken: frozenset[str] = frozenset()
    """Words that make a chunk fail."""
    mute: frozenset[str] = frozenset()
    """Words of which a chunk gets no sound."""
    hanging: frozenset[str] = frozenset()
    """Words on which the worker hangs until it is ended."""
    frames_per_character: int = FRAMES_PER_CHARACTER
    """Where it differs from what the voice says of itself."""

    def hint(self) -> SpeedHint:
        return SpeedHint(
            self.latency_s,
            self.real_time_factor,
            self.block_s,
            FRAMES_PER_CHARACTER / RATE,
        )


class SimulatedWorker:
    """Takes what main sends to the worker process, and answers in virtual time."""

    def __init__(self, clock: Clock, voice: Voice, simulation: "Simulation") -> None:
        self._clock = clock
        self._voice = voice
        self._simulation = simulation
        self._waiting: deque[SynthesizeChunk] = deque()
        self._running: set[int] = set()
        self._life = 0  # of one process: what an earlier one had in hand is gone
        self._alive = True
        self.texts: dict[int, str] = {}
        """By job: what was asked for."""
        self.values: dict[int, int] = {}
        """By job: the sample value of its first character."""
        self._next_value = 1
        self.deaths = 0
        self.cancelled: list[int] = []
        self.most_at_once = 0

    def send(self, message: object) -> None:
        if not self._alive:
            return
        match message:
            case SynthesizeChunk():
                self.texts[message.job_id] = message.request.text
                if message.job_id not in self.values:
                    self.values[message.job_id] = self._next_value
                    self._next_value += len(message.request.text)
                self._waiting.append(message)
                self._take()
            case CancelJob(job_id):
                self.cancelled.append(job_id)
                self._waiting = deque(job for job in self._waiting if job.job_id != job_id)
                self._running.discard(job_id)
                self._take()
            case _:
                raise AssertionError(message)

    def kill(self) -> None:
        """The process dies, and another one is there after a while."""
        if not self._alive:
            return
        self._alive = False
        self._life += 1
        self.deaths += 1
        self._waiting.clear()
        self._running.clear()
        self._clock.call_at(self._clock.now + _MESSAGE_S, self._simulation.worker_died)
        self._clock.call_at(self._clock.now + self._voice.restart_s, self._come_back)

    def _come_back(self) -> None:
        self._alive = True
        self._simulation.worker_ready()

    def _take(self) -> None:
        while self._waiting and len(self._running) < self._voice.capacity:
            job = self._waiting.popleft()
            self._running.add(job.job_id)
            self.most_at_once = max(self.most_at_once, len(self._running))
            self._make(job)

    def _make(self, job: SynthesizeChunk) -> None:
        voice, began, life = self._voice, self._clock.now, self._life
        number, words = job.job_id, set(re.findall(r"\w+", job.request.text))

        def tell(at: float, make: Callable[[], object]) -> None:
            def deliver() -> None:
                if life == self._life and number in self._running:
                    self._simulation.worker_told(make())

            self._clock.call_at(at, deliver)

        tell(began, lambda: JobStarted(number, began))
        if words & voice.hanging:
            return
        made = self._samples(job.request, number)
        told = proportional_words(job.request.text, made.size / RATE) if voice.tells_words else ()
        step = max(1, round(voice.block_s * RATE)) if voice.block_s else made.size
        at = began + voice.latency_s
        if words & voice.mute:
            made = made[:0]
        for start in range(0, made.size, step):
            block = made[start : start + step]
            at += voice.real_time_factor * block.size / RATE
            ours, told = told, ()
            tell(at, lambda b=block, w=ours, t=at: BlockMade(number, b, w, t))
            if words & voice.deadly:
                self._clock.call_at(at + _MESSAGE_S, self._die_if(life))
                return
            if words & voice.broken:
                break
        reason = "broken" if words & voice.broken else None

        def finish() -> object:
            self._running.discard(number)
            return JobFinished(number, at, reason)

        tell(at, finish)

    def _die_if(self, life: int) -> Callable[[], None]:
        return lambda: self.kill() if life == self._life else None

    def _samples(self, request: SynthesisRequest, job_id: int) -> np.ndarray:
        frames = round(self._voice.frames_per_character / request.speed)
        values = self.values[job_id] + np.arange(len(request.text), dtype=np.float32)
        return np.repeat(values, frames)

    def took_next(self) -> None:
        self._take()


class SimulatedPlayout:
    """Plays an audio buffer in virtual time, `depth_s` seconds deep, and notes what was heard."""

    def __init__(
        self,
        clock: Clock,
        buffer: AudioBuffer,
        notify: Callable[[str, float], None],
        *,
        paced: bool,
        depth_s: float,
    ) -> None:
        self._clock = clock
        self._buffer = buffer
        self._notify = notify
        self._paced = paced
        self._depth = round(depth_s * RATE)
        self._device: list[float] = []
        self._heard = 0
        self._at = clock.now  # up to when the device has played
        self._epoch = buffer.epoch
        self._room_told_at = 0
        self._away_until = 0.0
        self.sounding = False
        self.paused = False
        self.values: list[float] = []
        """What was heard, frame by frame."""
        self.times: list[float] = []
        """When it was."""
        self.frames: list[int] = []
        """Which frames of the audio buffer they were."""
        self.underrun_frames = 0
        self.runs: list[tuple[float, float]] = []

    def step(self) -> None:
        """Play what time has come for, and take more."""
        if self._clock.now < self._away_until:
            return
        self._play()
        if self._buffer.epoch != self._epoch:
            self._epoch = self._buffer.epoch
            self._rewind()
        self._buffer.wait(0.0)
        if not self.paused:
            self._fill()

    def _play(self) -> None:
        now = self._clock.now
        if not self.sounding:
            self._at = now
            return
        due = len(self._device)
        if self._paced:
            due = int((now - self._at) * RATE + 1e-6)
        for _ in range(min(due, len(self._device))):
            self._at += 1 / RATE if self._paced else 0.0
            self._hear()
        self._buffer.release(self._heard, self._at if self._paced else now)
        if self._heard - self._room_told_at >= self._buffer.capacity // 8:
            self._room_told_at = self._heard
            self._notify("room", now)
        if self._device or not (self._paced or self._buffer.at_gate):
            return
        if self._buffer.at_gate or self._buffer.at_end:
            self._end_run(self._at)
        else:
            missing = int((now - self._at) * RATE + 1e-6)
            if missing and not self._buffer.available:
                self._at += missing / RATE
                self.underrun_frames += missing
                self._buffer.count_underrun(missing, new_event=True)

    def _hear(self) -> None:
        self.values.append(self._device.pop(0))
        self.times.append(self._at)
        self.frames.append(self._heard)
        self._heard += 1

    def _fill(self) -> None:
        while True:
            first = self._buffer.taken
            room = self._depth - len(self._device) if self._paced else RATE
            samples = self._buffer.take(max(0, room), epoch=self._epoch)
            if not samples.size:
                return
            if not self._device:
                self._heard = first
            self._device += samples.tolist()
            if not self.sounding:
                self.sounding = True
                self._at = self._clock.now
                self.runs.append((self._at, -1.0))
                self._notify("started", self._at)
            if not self._paced:
                self._play()

    def _end_run(self, at: float) -> None:
        self.sounding = False
        self._device.clear()
        self.runs[-1] = (self.runs[-1][0], at)
        self._notify("ended", at)

    def _rewind(self) -> None:
        if not self.sounding:
            return
        self._buffer.release(min(self._heard, self._buffer.taken), self._clock.now)
        self._buffer.rewind(self._buffer.heard)
        self._end_run(self._clock.now)

    def pause(self) -> None:
        self._play()
        self.paused = True
        self._rewind()

    def crash(self, back_at: float) -> None:
        """The process dies with what the device had; another goes on where this one was heard."""
        self._play()
        self._away_until = back_at
        if self.sounding:
            self.runs[-1] = (self.runs[-1][0], self._clock.now)
        self.sounding = False
        self._device.clear()
        self._buffer.rewind(self._buffer.heard)
        self._epoch = self._buffer.epoch


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
            self.profile,
            SpeechOptions("simulated", profile),
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

        self.clock.call_at(self.clock.now + _MESSAGE_S, deliver)

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

    def _cue(self, priority: Priority, speed: float, voice: str | None) -> Cue:
        cue = Cue(f"cue-{len(self.cues)}", voice=voice, priority=priority, speed=speed)
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
