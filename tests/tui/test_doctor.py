"""`doctor`: what works, what does not, and what to do about it."""

import socket
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.settings import BridgeSettings, CacheSettings, Settings
from skaldcast.tui.checks import (
    Verdict,
    check_cache,
    check_ports,
    check_settings,
)
from tests.tui.command import QUICK, TO_NOWHERE, Done, run


def rows(done: Done) -> dict[str, list[str]]:
    """Verdict, found and what to do, by the name of the check."""
    header, *lines = (line.split("\t") for line in done.out.splitlines())
    assert header == ["check", "verdict", "found", "what to do"]
    return {name: rest for name, *rest in lines}


def test_each_check_is_a_row_and_a_sound_machine_is_status_0():
    done = run("doctor", *TO_NOWHERE, "--latency", "0.1")
    assert (done.status, done.err) == (0, "")
    table = rows(done)
    assert list(table)[:5] == [
        "Python",
        "settings file",
        "output device",
        "scheduling",
        "narrator's voice",
    ]
    assert table["narrator's voice"][0] == "ok"
    assert "loaded in" in table["narrator's voice"][1]
    assert "24000 Hz, opened and closed" in table["output device"][1]
    assert "playout process: " in table["scheduling"][1]
    assert "hibari:heart" in table["synthesizer hibari"][1]
    assert {"GPU", "XTTS", "XTTS checkpoint"} <= set(table)
    assert list(table)[-1] == "session record"


def test_what_makes_speaking_impossible_is_status_1_and_the_rest_is_still_told(tmp_path: Path):
    settings = tmp_path / "c.toml"
    settings.write_text("[playout]\nvolume = 11\n")
    output = ("--output", f"wav:{tmp_path / 'a.wav'}")
    done = run("doctor", "--voice", "hert", *output, "--config", str(settings))
    assert (done.status, done.err) == (1, "")
    table = rows(done)
    assert table["settings file"][:2] == [
        "fail",
        f"{settings}:2: playout.volume must be a number from 0 to 1, not 11",
    ]
    assert table["narrator's voice"][0] == "fail"
    assert "heart" in table["narrator's voice"][2]
    assert table["output device"][0] == "ok"
    assert not (tmp_path / "a.wav").exists()
    assert table["cache folder"][0] == "ok"


def test_an_output_that_does_not_open_is_told_with_the_way_out(tmp_path: Path):
    done = run("doctor", *QUICK, "--output", "device:nowhere", env={"PULSE_SERVER": "unix:/no"})
    assert done.status == 1
    verdict, found, to_do = rows(done)["output device"]
    assert verdict == "fail"
    assert found
    assert to_do


def test_a_port_in_use_is_a_warning():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = replace(Settings(), bridge=BridgeSettings(address=address))
        bridge = next(check_ports(settings))
    assert bridge.verdict is Verdict.WARN
    assert "--set bridge.address=" in bridge.to_do


def test_a_bridge_that_all_could_reach_without_a_password_is_a_warning():
    settings = replace(Settings(), bridge=BridgeSettings(address="0.0.0.0:0"))
    bridge = next(check_ports(settings))
    assert bridge.verdict is Verdict.WARN
    assert "bridge password" in bridge.to_do
    settings = replace(settings, bridge=BridgeSettings(address="0.0.0.0:0", password="hush"))
    assert next(check_ports(settings)).verdict is Verdict.OK


def test_a_cache_folder_that_cannot_be_written_is_a_warning(tmp_path: Path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "cache"
    check = check_cache(replace(Settings(), cache=CacheSettings(folder=folder)))
    assert check.verdict is Verdict.WARN
    assert str(folder) in check.found


def test_the_settings_file_is_told_with_what_it_sets(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text("seed = 1\nspeed = 1.5\n")
    check, loaded = check_settings(Namespace(config=path, seed="2"))
    assert check.verdict is Verdict.OK
    assert check.found == f"{path}: 1 set, 1 set by environment or options"
    assert loaded.settings.speed == 1.5


def test_a_variable_that_looks_misspelt_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("SKALDCAST_VOIC", "x")
    path = tmp_path / "c.toml"
    path.touch()
    check, _ = check_settings(Namespace(config=path))
    assert check.verdict is Verdict.WARN
    assert "SKALDCAST_VOICE" in check.to_do
