"""What is not real in the simulation: the clock, the voice and its worker, and the playout."""

import heapq
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import numpy as np

from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.synthesis.messages import (
    BlockMade,
    CancelJob,
    JobFinished,
    JobStarted,
    SynthesizeChunk,
)
from skaldcast.core.synthesis.synthesizer import SpeedHint, SynthesisRequest
from skaldcast.core.synthesis.word_times import proportional_words

RATE = 200
FRAMES_PER_CHARACTER = 13
"""0.065 s for each character."""
START_S = 1000.0
"""The clock's first time: nobody may take 0 for the beginning."""
STEP_S = 0.04
MESSAGE_S = 0.001


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


class Main(Protocol):
    """Who is told what the worker does."""

    def worker_told(self, message: object) -> None: ...

    def worker_died(self) -> None: ...

    def worker_ready(self) -> None: ...


class SimulatedWorker:
    """Takes what main sends to the worker process, and answers in virtual time."""

    def __init__(self, clock: Clock, voice: Voice, main: Main) -> None:
        self._clock = clock
        self._voice = voice
        self._main = main
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
                self._cancel(job_id)
            case _:
                raise AssertionError(message)

    def _cancel(self, job_id: int) -> None:
        """It ends at once, and is told as all that ends; one that hangs does not hear of it."""
        if job_id in self._running and _words(self.texts[job_id]) & self._voice.hanging:
            return
        self._waiting = deque(job for job in self._waiting if job.job_id != job_id)
        self._running.discard(job_id)
        self._take()
        life, at = self._life, self._clock.now

        def tell() -> None:
            if life == self._life:
                self._main.worker_told(JobFinished(job_id, at))

        self._clock.call_at(at + MESSAGE_S, tell)

    def kill(self) -> None:
        """The process dies, and another one is there after a while."""
        if not self._alive:
            return
        self._alive = False
        self._life += 1
        self.deaths += 1
        self._waiting.clear()
        self._running.clear()
        self._clock.call_at(self._clock.now + MESSAGE_S, self._main.worker_died)
        self._clock.call_at(self._clock.now + self._voice.restart_s, self._come_back)

    def _come_back(self) -> None:
        self._alive = True
        self._main.worker_ready()

    def _take(self) -> None:
        while self._waiting and len(self._running) < self._voice.capacity:
            job = self._waiting.popleft()
            self._running.add(job.job_id)
            self.most_at_once = max(self.most_at_once, len(self._running))
            self._make(job)

    def _make(self, job: SynthesizeChunk) -> None:
        voice, began, life = self._voice, self._clock.now, self._life
        number, words = job.job_id, _words(job.request.text)

        def tell(at: float, make: Callable[[], object]) -> None:
            def deliver() -> None:
                if life == self._life and number in self._running:
                    self._main.worker_told(make())

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
                self._clock.call_at(at + MESSAGE_S, self._die_if(life))
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


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


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
                self._buffer.count_underrun(missing, events=1)

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
