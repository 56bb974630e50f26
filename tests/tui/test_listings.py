"""`voices`, `devices` and `config`: data on standard output."""

from pathlib import Path

from tests.tui.command import run


def test_voices_come_with_origin_and_licence():
    done = run("voices")
    assert (done.status, done.err) == (0, "")
    header, *rows = (line.split("\t") for line in done.out.splitlines())
    assert header == ["voice", "languages", "licence", "from", "what it is"]
    table = {row[0]: row for row in rows}
    assert table["hibari:heart"][2] == "Apache-2.0"
    assert "tone:tone" in table


def test_config_path_is_told_even_where_the_file_is_broken(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text("broken")
    done = run("config", "path", "--config", str(path))
    assert (done.status, done.out) == (0, f"{path}\n")
    assert run("config", "check", "--config", str(path)).status == 1


def test_config_check_says_what_is_in_order(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text("seed = 1\n")
    done = run("config", "check", "--config", str(path))
    assert (done.status, done.out) == (0, f"{path}: in order\n")


def test_config_show_tells_where_each_value_comes_from(tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text("seed = 1\n[playout]\nvolume = 0.5\n")
    arguments = ("config", "show", "--config", str(path), "--set", "playout.volume=0.25")
    done = run(*arguments, env={"SKALDCAST_SPEED": "1.5"})
    rows = {line.split("\t")[0]: line.split("\t")[1:3] for line in done.out.splitlines()}
    assert rows["seed"] == ["1", f"{path}:1"]
    assert rows["playout.volume"] == ["0.25", "command line"]
    assert rows["speed"] == ["1.5", "SKALDCAST_SPEED"]
    assert rows["voice"] == ['"hibari:heart"', "default"]


def test_devices_are_listed_or_the_way_out_is_told():
    done = run("devices")
    if done.status == 0:
        assert done.out.splitlines()[0].split("\t")[:2] == ["default", "--output"]
        assert done.out.count("\n*\t") == 1
    else:
        assert "--output wav:PATH" in done.only_line or "PortAudio" in done.only_line
