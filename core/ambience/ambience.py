"""The ambience: the mixer and the output that it plays on, held open through losses and changes.

Requests come in, messages go out; no thread or pipe, and the time is an argument.
"""

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np

from ..errors import AmbienceError, OutputError, SkaldcastError
from ..playout.device import Frames, OutputDevice
from ..playout.outputs import open_output, parse_output
from ..types import AudioFormat
from .ducking import Ducking
from .loop import Source
from .messages import (
    ChangeScene,
    EndAmbience,
    OutputRefused,
    OutputThere,
    SceneFailed,
    SceneSilent,
    SceneStarted,
    SetLevel,
    StartAmbience,
    StillThere,
    VoiceSounds,
)
from .mixer import Mixer
from .sound_source import SoundFileSource
from .times import ALIVE_S, CUT_DEPTH_S, DEPTH_S, END_S, FADE_S, KEEP_S, RETRY_S, STEP_S, WATCH_S

_FORMAT = AudioFormat(48_000, 2)


class Ambience:
    """Loops what `starting` names until it is told to end."""

    def __init__(
        self,
        starting: StartAmbience,
        send: Callable[[object], None],
        now: float,
        *,
        open_device: Callable[..., OutputDevice] = open_output,
        open_source: Callable[[Path], Source] = SoundFileSource,
    ) -> None:
        self.ended = False
        self._output = parse_output(starting.output)
        self._duck_db = starting.duck_db
        self._level_db = starting.level_db
        self._file = starting.file
        self._there = starting.output_there
        self._ducking = Ducking(voice_sounds=starting.voice_sounds)
        self._ducked = starting.voice_sounds
        self._send = send
        self._open_device = open_device
        self._open_source = open_source
        self._device: OutputDevice | None = None
        self._mixer: Mixer | None = None
        self._playing: Path | None = None
        """What the mixer was given last."""
        self._room_kept = 0
        """Frames of room in the device that are left free, so that changes are heard soon."""
        self._retry_at, self._retry_s = now, RETRY_S[0]
        self._refused = self._silence_told = False
        self._ending = False
        self._alive_at = self._watch_at = now

    def obey(self, request: object, now: float) -> None:
        """Do what main asked."""
        with self._losing(now):
            match request:
                case ChangeScene(file):
                    self._file = file
                    self._refused = self._silence_told = False
                case SetLevel(level_db):
                    self._level_db = level_db
                    if mixer := self._take_back():
                        mixer.set_level(level_db)
                case VoiceSounds(sounds):
                    self._ducking.voice(sounds, now)
                case OutputThere(there):
                    self._there = there
                    self._retry_at, self._retry_s = now, RETRY_S[0]
                    if not there:
                        self._leave()
                case EndAmbience():
                    self._ending = True
                    self._file = self._playing = None
                    if mixer := self._take_back():
                        mixer.fade_out(END_S)
                case _:
                    raise TypeError(f"unknown request {request!r}")

    def step(self, now: float) -> float:
        """Do what is due; returns the seconds after which to call again, unless woken."""
        if now >= self._alive_at:
            self._alive_at = now + ALIVE_S
            self._send(StillThere())
        with self._losing(now):
            if self._device is None or self._mixer is None:
                return self._open_when_due(now)
            return self._play(self._device, self._mixer, now)
        return 0.0

    def close(self) -> None:
        """Let go of the device and the files."""
        self._leave()

    def _play(self, device: OutputDevice, mixer: Mixer, now: float) -> float:
        if now >= self._watch_at:
            self._watch_at = now + WATCH_S
            if device.default_changed():
                self._leave()
                return 0.0
        if (ducked := self._ducking.ducked(now)) != self._ducked:
            self._ducked = ducked
            self._take_back()
            mixer.duck(ducked)
        if self._file != self._playing and not (self._file and mixer.full):
            self._change_scene(mixer)
        self._fill(device, mixer)
        self._tell_fault(mixer)
        if self._file is None and mixer.silent_at(mixer.position - device.pending()):
            self._rest()
        return STEP_S

    def _change_scene(self, mixer: Mixer) -> None:
        file = self._file
        if file is None:
            self._take_back()
            mixer.fade_out()
        else:
            try:
                # First of all: what is taken back must be written anew before a slow disk answers.
                deck = mixer.prepare(self._open_source(file))
            except AmbienceError as error:
                self._fail(file, error, instead=self._playing)
                return
            self._take_back()
            mixer.begin(deck)
            self._send(SceneStarted(file))
        self._playing = file

    def _fail(self, file: Path, error: AmbienceError, instead: Path | None) -> None:
        self._file = self._playing = instead
        self._send(SceneFailed(file, str(error), instead))

    def _tell_fault(self, mixer: Mixer) -> None:
        fault, mixer.fault = mixer.fault, None
        if fault is not None and self._playing is not None:
            self._fail(self._playing, fault, instead=None)

    def _fill(self, device: OutputDevice, mixer: Mixer) -> None:
        block = round(STEP_S * device.sample_rate)
        while (room := device.writable() - self._room_kept) >= block // 2:
            device.write(fit(mixer.render(min(room, block)), device.channels))

    def _take_back(self) -> Mixer | None:
        """Go back to the earliest frame that can still be changed; returns the mixer, if it runs.

        The caller writes what was taken back before what is left has been heard.
        """
        device, mixer = self._device, self._mixer
        if device is not None and mixer is not None and device.plays_on:
            mixer.back(device.take_back(round(KEEP_S * device.sample_rate)))
        return mixer

    def _open_when_due(self, now: float) -> float:
        if self._file is None:
            self._rest()
        elif self._there and now >= self._retry_at:
            self._open(now)
            return 0.0
        return ALIVE_S if not self._there else min(max(self._retry_at - now, 0.01), ALIVE_S)

    def _open(self, now: float) -> None:
        self._retry_at, self._retry_s = now + self._retry_s, min(2 * self._retry_s, RETRY_S[1])
        self._watch_at = now + WATCH_S
        try:
            device = self._open_device(self._output, _FORMAT, latency_s=DEPTH_S, title="Ambience")
        except SkaldcastError as error:
            self._refuse(error)
            return
        self._device = device
        depth_s = DEPTH_S if device.plays_on else CUT_DEPTH_S
        self._room_kept = max(0, device.writable() - round(depth_s * device.sample_rate))
        kept = device.writable() + round(KEEP_S * device.sample_rate)
        self._mixer = Mixer(
            device.sample_rate, kept, self._level_db, self._duck_db, ducked=self._ducked
        )
        self._playing = None
        device.start()

    def _rest(self) -> None:
        """Nothing is to be heard, and nothing shall follow."""
        self._leave()
        self.ended = self._ending
        if not self._silence_told:
            self._silence_told = True
            self._send(SceneSilent())

    def _refuse(self, error: SkaldcastError) -> None:
        if not self._refused:
            self._refused = True
            self._send(OutputRefused(str(error)))

    def _leave(self) -> None:
        """Fade out and let go of the device."""
        device, self._device = self._device, None
        mixer, self._mixer = self._mixer, None
        self._playing = None
        if device is not None:
            with contextlib.suppress(OutputError):  # it may be gone already
                device.rewind(round(FADE_S * device.sample_rate))
            with contextlib.suppress(OutputError):
                device.close()
        if mixer is not None:
            mixer.close()

    @contextlib.contextmanager
    def _losing(self, now: float) -> Generator[None]:
        """A device that is lost in here is opened again by and by, if the voice has it too."""
        try:
            yield
        except OutputError:
            self._leave()
            if now >= self._retry_at:  # it lasted
                self._retry_s = RETRY_S[0]
            # By then main has told whether the voice has lost it as well.
            self._retry_at = max(now + RETRY_S[0], self._retry_at)


def fit(frames: Frames, channels: int) -> Frames:
    """Stereo as a device of so many channels takes it, of shape (frames, channels): one gets the
    mean, the first two of many get the sides."""
    if channels == 2:
        return frames
    if channels == 1:
        return frames.mean(axis=1, dtype=np.float32, keepdims=True)
    wide = np.zeros((len(frames), channels), np.float32)
    wide[:, :2] = frames
    return wide
