"""Settings that were chosen are in the file, and hold."""

from argparse import Namespace
from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError
from skaldcast.tui.options import settings_of
from skaldcast.tui.parser import make_parser
from skaldcast.tui.settings_saving import save_settings


def arguments(file: Path, *words: str) -> Namespace:
    return make_parser().parse_args(["--config", str(file), *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('# mine\nvoice = "tone"  # for now\n')
    return path


def test_what_is_saved_holds_and_the_comments_stay(file: Path):
    given = arguments(file)
    assert save_settings(given, {"voice": "heart", "cast.file": "cast.toml"}) == file
    assert settings_of(given).settings.voice == "heart"
    assert settings_of(given).settings.cast.file == file.parent / "cast.toml"
    assert "# mine" in file.read_text()
    assert "# for now" in file.read_text()


def test_what_the_command_line_said_of_it_no_longer_holds(file: Path):
    words = ("--voice", "tone", "--output", "null", "--set", "voice=tone", "--set", "speed=1.5")
    given = arguments(file, *words)
    save_settings(given, {"voice": "heart"})
    settings = settings_of(given).settings
    assert (settings.voice, settings.output, settings.speed) == ("heart", "null", 1.5)


def test_a_variable_that_goes_before_the_file_is_told(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SKALDCAST_VOICE", "tone")
    with pytest.raises(ConfigError, match="SKALDCAST_VOICE goes before it"):
        save_settings(arguments(file), {"voice": "heart"})


def test_a_file_that_cannot_be_written_is_told_and_what_held_holds(file: Path):
    file.chmod(0o444)
    given = arguments(file, "--voice", "tone")
    with pytest.raises(ConfigError, match="read-only"):
        save_settings(given, {"voice": "heart"})
    assert settings_of(given).settings.voice == "tone"
