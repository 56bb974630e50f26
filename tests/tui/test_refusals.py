"""Bad input: one line on standard error that says what failed, why, and what to do."""

import sys
from pathlib import Path

import pytest

from tests.tui.command import QUICK, TO_NOWHERE, WAIT_S, run, start

NO_SOUND_SERVER = {"PULSE_SERVER": "unix:/nowhere", "XDG_RUNTIME_DIR": "/nowhere"}


def refuse(*arguments: str, status: int = 1, **options: object) -> str:
    done = run(*arguments, **options)  # pyright: ignore[reportArgumentType]
    assert (done.status, done.out) == (status, "")
    return done.only_line


def test_a_voice_that_is_not_there_is_told_with_the_nearest_names():
    line = refuse("say", "hi", "--voice", "hert", "--output", "null")
    assert "there is no voice 'hert'; the nearest: heart" in line


def test_an_unknown_option_of_a_voice_is_told_with_those_there_are():
    line = refuse("say", "hi", "--voice", "tone?foo=1", "--output", "null")
    assert "no option 'foo'; its options are rtf, latency, block" in line


@pytest.mark.parametrize("name", ["vanished.txt", "."])
def test_a_file_that_is_none_is_told_by_its_name(name: str, tmp_path: Path):
    line = refuse("read", str(tmp_path / name), *TO_NOWHERE)
    assert f"cannot read {tmp_path / name}" in line


@pytest.mark.parametrize("name", ["nowhere/a.wav", "."])
def test_a_sound_file_that_cannot_be_written_is_told_by_its_name(name: str, tmp_path: Path):
    line = refuse("say", "hi", *QUICK, "--output", f"wav:{tmp_path / name}")
    assert f"cannot open {tmp_path / name}" in line
    assert "choose another file" in line


def test_an_output_that_makes_no_sense_is_wrong_usage():
    assert 'unknown output "loud"' in refuse("say", "hi", "--output", "loud", status=2)


def test_an_output_that_makes_no_sense_is_told_with_the_place_where_it_was_set(tmp_path: Path):
    settings = tmp_path / "c.toml"
    settings.write_text('seed = 1\noutput = "loud"\n')
    line = refuse("say", "hi", "--config", str(settings))
    assert line.startswith(f'{settings}:2: output: unknown output "loud"')


def test_a_device_that_is_not_there_is_told_with_those_there_are():
    line = refuse("say", "hi", *QUICK, "--output", "device:nowhere", env=NO_SOUND_SERVER)
    assert 'no output device "nowhere"' in line or "PortAudio" in line


def test_without_any_device_the_way_out_is_told():
    if sys.platform != "linux":
        return  # elsewhere a device cannot be taken away for a test
    line = refuse("say", "hi", *QUICK, env=NO_SOUND_SERVER)
    assert "--output wav:PATH" in line


def test_a_broken_settings_file_is_told_with_line_and_key(tmp_path: Path):
    settings = tmp_path / "c.toml"
    settings.write_text("# mine\n[playout]\nvolume = 11\n")
    line = refuse("say", "hi", "--config", str(settings))
    assert line.startswith(f"{settings}:3: playout.volume must be a number from 0 to 1")


def test_a_variable_that_looks_misspelt_is_told_and_nothing_stops():
    done = run("say", "hi", *TO_NOWHERE, env={"SKALDCAST_VOIC": "x"})
    assert done.status == 0
    assert "did you mean SKALDCAST_VOICE?" in done.only_line


def test_without_a_command_the_way_on_is_told():
    assert "skaldcast say TEXT" in refuse()


def test_a_traceback_is_shown_only_for_debugging():
    arguments = ("say", "hi", "--voice", "hert", "--output", "null", "--log-level", "debug")
    done = run(*arguments)
    assert done.status == 1
    assert "Traceback (most recent call last):" in done.err
    assert done.err.splitlines()[-1].startswith("skaldcast: there is no voice 'hert'")


def test_wrong_usage_is_status_2():
    assert "--speed" in refuse("say", "hi", "--speed", "0", status=2)
    assert "name the voice" in refuse("voices", "try", status=2)


def test_help_and_version_are_data():
    for option in ("--help", "--version"):
        done = run(option)
        assert (done.status, done.err) == (0, "")
        assert "skaldcast" in done.out


@pytest.mark.parametrize("option", ["--output", "--report"])
def test_a_text_is_not_overwritten_by_what_is_made_of_it(option: str, tmp_path: Path):
    text = tmp_path / "in.txt"
    text.write_text("The gate is open.")
    link = tmp_path / "link"
    link.hardlink_to(text)
    value = f"wav:{link}" if option == "--output" else str(link)
    line = refuse("read", str(text), *TO_NOWHERE, option, value, status=2)
    assert f"argument {option}: {link} is the text to be read" in line
    with text.open("rb") as standard_input:
        refuse("read", "-", *TO_NOWHERE, option, value, status=2, stdin=standard_input.fileno())
    assert text.read_text() == "The gate is open."


def test_sound_and_report_do_not_share_a_file(tmp_path: Path):
    path = str(tmp_path / "a")
    line = refuse("say", "hi", *QUICK, "--output", f"wav:{path}", "--report", path, status=2)
    assert "is the output too" in line


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output_is_not_for_sound(name: str):
    line = refuse("say", "hi", *QUICK, "--output", f"wav:{name}", status=2)
    assert f"{name} is not for sound" in line


def test_help_that_cannot_be_written_is_told_in_one_line():
    if not Path("/dev/full").exists():
        return
    with Path("/dev/full").open("w") as full:
        for option in ("--help", "--version"):
            process = start(option, stdout=full)
            _, told = process.communicate(timeout=WAIT_S)
            assert process.returncode == 1
            assert told.decode().count("\n") == 1
            assert b"cannot write to standard output" in told


def test_config_check_refuses_what_no_command_would_take(tmp_path: Path):
    settings = tmp_path / "c.toml"
    for wrong, told in (('output = "loud"', "unknown output"), ('voice = "nobody"', "no voice")):
        settings.write_text(wrong)
        assert told in refuse("config", "check", "--config", str(settings))


def test_ambience_that_is_not_there_is_told_by_its_name(tmp_path: Path):
    file = tmp_path / "none.ogg"
    line = refuse("say", "hi", *TO_NOWHERE, "--ambience", str(file))
    assert line == f"the ambience {file} is no file that is there; look at its path"


def test_ambience_in_a_file_is_wrong_usage(tmp_path: Path):
    output = f"wav:{tmp_path / 'a.wav'}"
    line = refuse("say", "hi", *QUICK, "--ambience", "x.ogg", "--output", output, status=2)
    assert line.startswith("argument --ambience: it needs a device, and the output is wav:")
    assert not (tmp_path / "a.wav").exists()
