"""What `--output` means."""

import sys
from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError, OutputError
from skaldcast.core.playout.device import DeviceRow
from skaldcast.core.playout.null_device import NullDevice
from skaldcast.core.playout.outputs import (
    OutputKind,
    OutputSpec,
    names_windows_device,
    open_output,
    parse_output,
)
from skaldcast.core.playout.pulseaudio import PulseDevice
from skaldcast.core.playout.sound_file import FlacFile, WavFile
from skaldcast.core.types import AudioFormat
from tests.device_fixtures import SoundServer

CARD = DeviceRow(0, "hw:0", "ALSA", 2, 48_000, 0.03, True, "device:hw:0")


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("device", OutputSpec(OutputKind.DEVICE)),
        ("device:", OutputSpec(OutputKind.DEVICE)),
        ("device:7", OutputSpec(OutputKind.DEVICE, "7")),
        ("device:Speakers: left@ALSA", OutputSpec(OutputKind.DEVICE, "Speakers: left@ALSA")),
        ("Device: USB", OutputSpec(OutputKind.DEVICE, "USB")),
        ("wav:C:\\story.wav", OutputSpec(OutputKind.WAV, "C:\\story.wav")),
        ("null", OutputSpec(OutputKind.NULL)),
        ("webrtc", OutputSpec(OutputKind.WEBRTC)),
    ],
)
def test_a_spec_is_read(text: str, spec: OutputSpec) -> None:
    assert parse_output(text) == spec


@pytest.mark.parametrize("text", ["", "speaker", "wav", "wav:", "null:1", "mp3:x", ":x"])
def test_an_unknown_spec_is_told_with_those_there_are(text: str) -> None:
    with pytest.raises(ConfigError, match=r"device:NAME-OR-INDEX, wav:PATH") as raised:
        parse_output(text)
    assert "\n" not in str(raised.value)


def test_null_opens_a_clocked_output() -> None:
    device = open_output(parse_output("null"), AudioFormat(24_000, 1), latency_s=0.5)
    assert isinstance(device, NullDevice)
    assert device.paced
    assert (device.sample_rate, device.channels) == (24_000, 1)
    assert device.writable() == 12_000


def test_a_device_of_a_sound_server_is_not_had_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skaldcast.core.playout.pulseaudio.list_sinks", list)
    monkeypatch.setattr("skaldcast.core.playout.portaudio.list_devices", lambda asio: [CARD])
    with pytest.raises(OutputError, match="sound server has not come back"):
        open_output(parse_output("device"), AudioFormat(), served=True)


@pytest.mark.device
def test_the_default_device_of_a_sound_server_is_had_without_portaudio(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(asio: bool) -> list[DeviceRow]:
        raise AssertionError("PortAudio was asked")

    monkeypatch.setattr("skaldcast.core.playout.portaudio.list_devices", refuse)
    device = open_output(parse_output("device"), AudioFormat())
    assert isinstance(device, PulseDevice)
    assert (device.served, device.sample_rate) == (True, 48_000)
    device.close()


@pytest.mark.parametrize(("name", "kind"), [("a.wav", WavFile), ("a.FLAC", FlacFile)])
def test_the_name_of_a_file_chooses_its_format(tmp_path: Path, name: str, kind: type) -> None:
    device = open_output(parse_output(f"wav:{tmp_path / name}"), AudioFormat())
    assert type(device) is kind
    assert not device.paced
    device.close()


@pytest.mark.parametrize("name", ["NUL", "nul.flac", "aux.wav", "Con .wav", "com1.x.wav", "LPT²"])
def test_names_that_windows_keeps_for_devices_are_known(name: str) -> None:
    assert names_windows_device(name)


@pytest.mark.parametrize("name", ["null.wav", "auxiliary.wav", "com10.wav", "com.wav", "a.nul"])
def test_names_that_only_look_alike_are_files(name: str) -> None:
    assert not names_windows_device(name)


if sys.platform == "win32":

    def test_no_device_of_windows_is_taken_for_a_file(tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="--output null"):
            open_output(parse_output(f"wav:{tmp_path / 'nul.flac'}"), AudioFormat())

else:

    def test_elsewhere_those_names_are_files_like_others(tmp_path: Path) -> None:
        open_output(parse_output(f"wav:{tmp_path / 'nul.wav'}"), AudioFormat()).close()
        assert (tmp_path / "nul.wav").exists()
