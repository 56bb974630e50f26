"""The output held open: opened, lost, found again, followed, closed. On a virtual clock."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skaldcast.core.errors import OutputError, UnknownDeviceError
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.playout.device import Frames, OutputDevice
from skaldcast.core.playout.messages import (
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
    RoomMade,
    RunEnded,
    RunStarted,
    SetGain,
)
from skaldcast.core.playout.null_device import NullDevice
from skaldcast.core.playout.outputs import OutputSpec, open_output
from skaldcast.core.playout.playout import Playout
from skaldcast.core.types import AudioFormat
from tests.core.playout.playing import FADE, RATE, numbered, numbers
from tests.fakes import Clock, FakeDevice


class Opened:
    """A playout, and the devices that it opened one after the other."""

    def __init__(self, output: str = "device", **opening: Any) -> None:
        self.clock = Clock()
        self.buffer = AudioBuffer(AudioFormat(RATE), capacity_s=8.0)
        self.messages: list[object] = []
        self.tries = 0
        self.served: list[bool] = []
        self.devices: list[FakeDevice] = []
        self.refusal: Exception | None = None
        self.options: dict[str, Any] = {}
        self.output = output
        self.opening = opening

    def begin(self, open_device: Callable[..., OutputDevice] | None = None) -> "Opened":
        self.playout = Playout(
            OpenOutput("", self.output, latency_s=1.0, **self.opening),
            self.buffer,
            self._take,
            scheduling="as granted",
            open_device=open_device or self._open,
        )
        self.playout.begin(self.clock.now_s)
        return self

    def _take(self, message: object) -> None:
        if isinstance(message, OpeningOutput):
            self.tries += 1
        else:
            self.messages.append(message)

    def _open(
        self,
        spec: OutputSpec,
        audio_format: AudioFormat,
        *,
        latency_s: float,
        resume_at_frame: int,
        exclusive: bool,
        served: bool,
    ) -> OutputDevice:
        self.served.append(served)
        assert (audio_format.sample_rate, latency_s) == (RATE, 1.0)
        if self.refusal is not None:
            raise self.refusal
        self.devices.append(FakeDevice(self.clock, RATE, **self.options))
        return self.devices[-1]

    @property
    def device(self) -> FakeDevice:
        return self.devices[-1]

    def push(self, count: int) -> None:
        assert self.buffer.push(numbered(self.buffer.written, count)).size == 0

    def run(self, seconds: float) -> None:
        end_s = self.clock.now_s + seconds
        while not self.playout.ended and (left_s := end_s - self.clock.now_s) > 1e-9:
            wait_s = self.playout.step(self.clock.now_s)
            self.clock.pass_time(min(max(wait_s, 1e-3), left_s))

    def obey(self, request: object) -> None:
        self.playout.obey(request, self.clock.now_s)

    @property
    def told(self) -> list[type]:
        passing = RunStarted | RunEnded | RoomMade
        return [type(message) for message in self.messages if not isinstance(message, passing)]


@pytest.fixture
def opened() -> Opened:
    return Opened().begin()


def test_an_open_output_is_told(opened: Opened) -> None:
    assert opened.messages == [OutputReady("device", RATE, True, "as granted")]


def test_an_output_that_cannot_be_had_ends_it() -> None:
    opened = Opened()
    opened.refusal = UnknownDeviceError("no such device")
    opened.begin()
    assert opened.messages == [OutputFailed("no such device")]
    assert opened.playout.ended
    assert opened.playout.step(0.0) == 0.0


def test_a_device_that_was_there_before_is_waited_for() -> None:
    opened = Opened(waits=True)
    opened.refusal = UnknownDeviceError("no such device")
    opened.begin()
    opened.push(24_000)
    opened.run(1.0)
    assert opened.messages == [OutputWentAway("no such device")]
    opened.refusal = None
    opened.run(2.0)
    assert opened.told == [OutputWentAway, OutputReady]
    assert opened.device.sounding.size == 24_000


def test_it_obeys(opened: Opened) -> None:
    opened.push(72_000)
    opened.run(0.5)
    opened.obey(PausePlayout())
    opened.run(0.5)
    assert opened.device.sounding.size == 12_000 + FADE
    opened.obey(SetGain(0.0))
    opened.obey(ResumePlayout())
    opened.run(0.5)
    assert opened.buffer.heard > 20_000
    assert opened.device.sounding.size == 12_000 + FADE


def without_a_device() -> Opened:
    opened = Opened("null")
    return opened.begin(
        lambda spec, audio_format, **_: NullDevice(audio_format, 1.0, now=opened.clock)
    )


@pytest.mark.parametrize(("lag_s", "speed"), [(0.3, 1.0), (0.0, 0.9), (0.0, 1.04), (0.5, 1.02)])
def test_without_a_device_it_keeps_pace_with_who_plays_the_sound(
    lag_s: float, speed: float
) -> None:
    opened = without_a_device()
    opened.push(4 * RATE)
    began_s = opened.clock.now_s + lag_s
    for _ in range(60):
        frame = round(max(opened.clock.now_s - began_s, 0.0) * speed * RATE)
        opened.obey(KeepPace(frame, opened.clock.now_s))
        opened.run(0.05)
    frame = round((opened.clock.now_s - began_s) * speed * RATE)
    assert opened.buffer.heard == pytest.approx(frame, abs=0.05 * RATE)
    assert opened.buffer.statistics().underruns == 0


def test_who_says_that_he_plays_far_too_fast_is_followed_a_little() -> None:
    opened = without_a_device()
    opened.push(7 * RATE)
    opened.run(0.1)
    for n in range(40):
        opened.obey(KeepPace(round(0.1 * n * RATE), opened.clock.now_s))
        opened.run(0.05)
    assert opened.buffer.heard / RATE == pytest.approx(2.2, abs=0.05)
    assert opened.buffer.statistics().underruns == 0


def test_who_is_hopelessly_behind_is_not_waited_for() -> None:
    opened = without_a_device()
    opened.push(7 * RATE)
    opened.run(6.0)
    opened.obey(KeepPace(0, opened.clock.now_s))
    opened.run(0.9)
    assert opened.buffer.heard == pytest.approx(6.9 * RATE, abs=0.05 * RATE)


def test_a_device_keeps_its_own_time(opened: Opened) -> None:
    opened.push(RATE)
    opened.run(0.2)
    opened.obey(KeepPace(0, opened.clock.now_s))
    opened.run(0.3)
    assert opened.buffer.heard == pytest.approx(RATE // 2, abs=0.05 * RATE)


def test_what_it_was_opened_with_holds() -> None:
    opened = Opened(gain=0.5, paused=True).begin()
    opened.push(24_000)
    opened.run(0.5)
    assert opened.device.sounding.size == 0
    opened.obey(ResumePlayout())
    opened.run(0.5)
    assert numbers(2 * opened.device.sounding)[:3] == [0, 1, 2]


def test_an_unknown_request_changes_nothing(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    opened.obey("sing")
    assert "sing" in caplog.text
    assert not opened.playout.ended


def test_a_lost_device_is_told_once_and_opened_again_when_it_is_back(opened: Opened) -> None:
    opened.push(72_000)
    opened.run(1.0)
    opened.refusal = OutputError("unplugged")
    opened.device.lose()
    opened.run(3.0)
    assert opened.told == [OutputReady, OutputWentAway]
    assert opened.devices[0].closed
    opened.refusal = None
    opened.run(4.0)
    assert opened.told == [OutputReady, OutputWentAway, OutputReady]
    assert opened.buffer.heard == 72_000
    heard = numbers(opened.device.sounding[FADE:])
    assert heard == list(range(heard[0], 72_000))


def test_a_lost_device_is_tried_again_soon_but_not_without_a_rest(opened: Opened) -> None:
    opened.device.lose()
    opened.refusal = OutputError("unplugged")
    opened.run(0.1)
    waits = [opened.playout.step(opened.clock.now_s) for _ in range(3)]
    assert all(0.05 < wait <= 0.25 for wait in waits)


def test_each_try_to_open_it_is_told_before_it_is_made(opened: Opened) -> None:
    assert opened.tries == 1
    opened.refusal = OutputError("unplugged")
    opened.device.lose()
    opened.run(1.1)
    assert opened.tries == len(opened.served) > 3


def test_a_device_of_a_lost_sound_server_is_looked_for_there_for_a_while(opened: Opened) -> None:
    opened.device.served = True
    opened.device.lose()
    opened.refusal = OutputError("no server")
    opened.run(8.0)
    assert opened.served[:2] == [False, True]
    assert opened.served[-1] is False
    assert 4.5 < 0.25 * sum(opened.served) < 5.5


def test_a_lost_device_that_no_server_plays_may_come_back_as_any(opened: Opened) -> None:
    opened.device.lose()
    opened.run(1.0)
    assert opened.served == [False, False]


@pytest.mark.parametrize("request_", [PausePlayout(), SetGain(0.5)])
def test_a_device_lost_by_a_request_is_opened_again_and_the_request_holds(
    opened: Opened, request_: object
) -> None:
    opened.push(72_000)
    opened.run(1.0)
    opened.device.lose()
    opened.obey(request_)
    assert opened.told == [OutputReady, OutputWentAway]
    opened.run(1.0)
    sounding = opened.device.sounding
    if isinstance(request_, SetGain):
        assert numbers(2 * sounding[FADE:])[0] > 20_000
    else:
        assert sounding.size == 0


def test_a_changed_default_device_is_followed_while_it_plays(opened: Opened) -> None:
    opened.push(96_000)
    opened.buffer.finish()
    opened.run(1.5)
    opened.device.changed = True
    opened.run(4.0)
    first, second = opened.devices
    assert opened.told == [OutputReady, OutputReady]
    assert first.closed
    assert first.sounding.size + second.sounding.size + FADE >= 96_000
    heard = numbers(second.sounding[FADE:])
    assert heard == list(range(heard[0], 96_000))
    assert 24_000 <= heard[0] <= 2.6 * RATE
    assert opened.buffer.statistics().underruns == 0


def test_a_changed_default_device_that_cannot_be_had_is_waited_for(opened: Opened) -> None:
    opened.push(72_000)
    opened.run(1.5)
    opened.device.changed = True
    opened.refusal = OutputError("not yet there")
    opened.run(1.5)
    assert opened.told == [OutputReady, OutputWentAway]
    opened.refusal = None
    opened.run(4.0)
    assert opened.told == [OutputReady, OutputWentAway, OutputReady]
    assert opened.buffer.heard == 72_000


# closing


def test_closing_lets_the_last_fade_be_heard(opened: Opened) -> None:
    opened.push(72_000)
    opened.run(1.0)
    opened.obey(CloseOutput())
    opened.run(1.0)
    assert opened.told == [OutputReady, OutputClosed]
    assert opened.playout.ended
    assert opened.device.closed
    assert opened.device.sounding.size == 24_000 + FADE


def test_closing_at_rest_is_immediate(opened: Opened) -> None:
    opened.obey(CloseOutput())
    opened.playout.step(opened.clock.now_s)
    assert opened.told == [OutputReady, OutputClosed]


def test_closing_does_not_wait_for_a_device_that_never_falls_silent() -> None:
    class Endless(FakeDevice):
        def pending(self) -> int:
            return 1

    opened = Opened()
    opened.begin(lambda *_, **__: Endless(opened.clock, RATE))
    opened.obey(CloseOutput())
    opened.run(0.5)
    assert opened.playout.ended
    assert opened.clock.now_s - opened.clock.start_s < 0.2


def test_closing_a_lost_device_is_no_failure(opened: Opened) -> None:
    opened.refusal = OutputError("unplugged")
    opened.device.lose()
    opened.run(0.5)
    opened.obey(CloseOutput())
    assert opened.told == [OutputReady, OutputWentAway, OutputClosed]


@pytest.mark.parametrize("when", ["at once", "while it fades"])
def test_a_device_that_is_lost_while_it_is_closed_is_no_failure(opened: Opened, when: str) -> None:
    opened.push(72_000)
    opened.run(1.0)
    if when == "at once":
        opened.device.lose()
    opened.obey(CloseOutput())
    opened.device.lose()
    opened.run(0.5)
    assert opened.told == [OutputReady, OutputClosed]
    assert opened.playout.ended


# files


def test_a_file_gets_the_rest_before_it_is_closed() -> None:
    opened = Opened("wav:x")
    opened.options = {"paced": False}
    opened.begin()
    opened.push(50_000)
    opened.obey(PausePlayout())
    opened.obey(CloseOutput())
    assert opened.told == [OutputReady, OutputClosed]
    assert numbers(opened.device.recording) == list(range(50_000))
    assert opened.device.closed


def test_a_file_gets_what_follows_a_clear_before_it_is_closed() -> None:
    opened = Opened("wav:x")
    opened.options = {"paced": False}
    opened.begin()
    opened.push(5000)
    opened.buffer.clear(1000)
    opened.obey(CloseOutput())
    assert numbers(opened.device.recording) == list(range(1000, 5000))


def test_a_file_gets_what_follows_a_clear_that_comes_while_it_is_closed() -> None:
    class ClearsWhileAsked(FakeDevice):
        def writable(self) -> int:
            if self.recording.size == 1000 and opened.buffer.epoch == 0:
                opened.buffer.clear(3000)
            return min(super().writable(), 1000)

    opened = Opened("wav:x")
    device = ClearsWhileAsked(opened.clock, RATE, paced=False)
    opened.begin(lambda *_, **__: device)
    opened.push(5000)
    opened.obey(CloseOutput())
    assert numbers(device.recording) == [*range(1000), *range(3000, 5000)]


@pytest.mark.parametrize("request_", [None, CloseOutput()])
def test_a_file_that_cannot_be_written_is_a_failure_and_not_tried_again(
    request_: object | None,
) -> None:
    class FullDisk(FakeDevice):
        def write(self, frames: Frames) -> None:
            raise OutputError("the disk is full")

        def close(self) -> None:
            super().close()
            raise OutputError("the disk is still full")

    opened = Opened("wav:x")
    opened.begin(lambda *_, **__: FullDisk(opened.clock, RATE, paced=False))
    opened.push(1000)
    if request_ is not None:
        opened.obey(request_)
    opened.run(1.0)
    assert opened.messages[1:] == [OutputFailed("the disk is full")]
    assert opened.playout.ended


def test_a_file_that_cannot_be_finished_is_a_failure() -> None:
    class CannotEncode(FakeDevice):
        def close(self) -> None:
            if not self.closed:
                super().close()
                raise OutputError("cannot encode")

    opened = Opened("wav:x.flac")
    opened.begin(lambda *_, **__: CannotEncode(opened.clock, RATE, paced=False))
    opened.push(1000)
    opened.obey(CloseOutput())
    assert opened.messages[-1] == OutputFailed("cannot encode")
    assert opened.playout.ended


@pytest.mark.parametrize("name", ["story.wav", "story.flac"])
def test_a_process_that_follows_a_killed_one_goes_on_in_the_file(tmp_path: Path, name: str) -> None:
    """Also after something was skipped: places in the file are not those in the audio buffer."""
    path = tmp_path / name
    opened = Opened(f"wav:{path}").begin(open_output)
    samples = np.arange(30_000, dtype=np.float32) / 32_767
    opened.buffer.push(samples[:10_000])
    opened.run(0.1)
    opened.buffer.push(samples[10_000:20_000])
    opened.buffer.clear(15_000)
    opened.run(0.1)
    # The next process finds a file that holds more than the last one could tell of.
    file = opened.playout._device
    assert file is not None
    file.write(np.full((500, 1), 0.5, np.float32))
    opened.begin(open_output)
    opened.buffer.push(samples[20_000:])
    opened.obey(CloseOutput())
    assert opened.messages[-1] == OutputClosed()
    import soundfile

    written, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    assert written.tolist() == [*range(10_000), *range(15_000, 30_000)]
