"""Which output device a name means."""

import pytest

from skaldcast.core.errors import UnknownDeviceError
from skaldcast.core.playout.device import DeviceRow
from skaldcast.core.playout.device_table import default_device, find_device, with_specs


def row(index: int, name: str, host_api: str, is_default: bool = False) -> DeviceRow:
    return DeviceRow(index, name, host_api, 2, 48_000, 0.1, is_default, "")


WINDOWS = [
    row(0, "Microsoft Sound Mapper - Output", "MME", is_default=True),
    row(1, "Speakers (USB Audio)", "MME"),
    row(2, "Primary Sound Driver", "Windows DirectSound", is_default=True),
    row(3, "Speakers (USB Audio)", "Windows DirectSound"),
    row(4, "Headset", "Windows WASAPI"),
    row(5, "Speakers (USB Audio)", "Windows WASAPI", is_default=True),
    row(6, "ASIO4ALL v2", "ASIO", is_default=True),
]
LINUX = [
    row(0, "pulse", "ALSA"),
    row(1, "default", "ALSA", is_default=True),
    row(2, "Built-in Audio Analog Stereo", "PulseAudio", is_default=True),
    row(3, "Null Output", "PulseAudio"),
]


def test_the_default_on_windows_is_that_of_wasapi_not_of_mme() -> None:
    assert default_device(WINDOWS).index == 5


def test_the_default_on_linux_is_that_of_the_sound_server_else_of_alsa() -> None:
    assert default_device(LINUX).index == 2
    assert default_device(LINUX[:2]).index == 1


def test_a_host_api_without_a_default_gives_its_first_device() -> None:
    assert default_device([row(3, "b", "ALSA"), row(1, "a", "ALSA")]).index == 1


def test_asio_is_never_a_default() -> None:
    with pytest.raises(UnknownDeviceError, match="no output device found"):
        default_device([WINDOWS[6]])


def test_no_device_at_all_says_what_to_do_instead() -> None:
    with pytest.raises(UnknownDeviceError, match="--output wav:PATH"):
        find_device([], "")


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("", 5),
        ("3", 3),
        ("Headset", 4),
        ("head", 4),
        ("Speakers (USB Audio)", 5),
        ("speakers", 5),
        ("Speakers (USB Audio)@MME", 1),
        ("speakers@directsound", 3),
        ("@Windows DirectSound", 2),
        ("@asio", 6),
    ],
)
def test_a_name_an_index_or_a_host_api_selects_a_device(name: str, index: int) -> None:
    assert find_device(WINDOWS, name).index == index


def test_a_name_with_an_at_sign_in_it_is_found() -> None:
    rows = [row(0, "mic@home", "ALSA"), row(1, "other", "ALSA")]
    assert find_device(rows, "mic@home").index == 0
    assert find_device(rows, "c@h").index == 0


def test_an_unknown_device_is_told_in_one_line_with_those_there_are() -> None:
    with pytest.raises(UnknownDeviceError) as raised:
        find_device(LINUX, "gramophone")
    assert '"gramophone"' in str(raised.value)
    assert '"Null Output"' in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_unknown_index_is_told_too() -> None:
    with pytest.raises(UnknownDeviceError, match='no output device "17"'):
        find_device(LINUX, "17")


def test_a_part_of_several_names_is_told_with_those_it_fits() -> None:
    with pytest.raises(UnknownDeviceError) as raised:
        find_device(LINUX, "u")
    assert "several" in str(raised.value)
    assert '"default"' not in str(raised.value)


@pytest.mark.parametrize(
    "rows",
    [WINDOWS, LINUX, [row(0, "1", "ALSA"), row(1, "USB", "ALSA"), row(2, "USB", "ALSA")]],
    ids=["windows", "linux", "twins"],
)
def test_each_spec_selects_exactly_its_row(rows: list[DeviceRow]) -> None:
    for listed in with_specs(rows):
        kind, _, name = listed.spec.partition(":")
        assert kind == "device"
        assert find_device(rows, name).index == listed.index


def test_exactly_one_row_is_marked_as_the_default() -> None:
    assert [r.index for r in with_specs(WINDOWS) if r.is_default] == [5]
    assert with_specs([]) == []
