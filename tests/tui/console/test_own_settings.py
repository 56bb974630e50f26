"""Settings that were chosen are in the file, and hold."""

from argparse import Namespace
from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError
from skaldcast.tui.console.own_settings import OwnSettings
from skaldcast.tui.console.settings_file import Source
from skaldcast.tui.options import settings_of
from skaldcast.tui.parser import make_parser


def arguments(file: Path, *words: str) -> Namespace:
    return make_parser().parse_args(["--config", str(file), *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('# mine\nvoice = "tone"  # for now\n')
    return path


def test_what_is_saved_holds_and_the_comments_stay(file: Path):
    given = arguments(file)
    assert OwnSettings(given).save_settings({"voice": "heart", "cast.file": "cast.toml"}) == file
    assert settings_of(given).settings.voice == "heart"
    assert settings_of(given).settings.cast.file == file.parent / "cast.toml"
    assert "# mine" in file.read_text()
    assert "# for now" in file.read_text()


def test_what_the_command_line_said_of_it_no_longer_holds(file: Path):
    words = ("--voice", "tone", "--output", "null", "--set", "voice=tone", "--set", "speed=1.5")
    given = arguments(file, *words)
    OwnSettings(given).save_settings({"voice": "heart"})
    settings = settings_of(given).settings
    assert (settings.voice, settings.output, settings.speed) == ("heart", "null", 1.5)


def test_a_variable_that_goes_before_the_file_is_told(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SKALDCAST_VOICE", "tone")
    with pytest.raises(ConfigError, match="SKALDCAST_VOICE goes before it"):
        OwnSettings(arguments(file)).save_settings({"voice": "heart"})


def test_a_file_that_cannot_be_written_is_told_and_what_held_holds(file: Path):
    file.chmod(0o444)
    given = arguments(file, "--voice", "tone")
    with pytest.raises(ConfigError, match="read-only"):
        OwnSettings(given).save_settings({"voice": "heart"})
    assert settings_of(given).settings.voice == "tone"


def test_what_is_saved_takes_no_other_override_with_it(file: Path):
    own = OwnSettings(arguments(file, "--output", "null", "--set", "speed=1.5"))
    own.save_settings({"voice": "heart"})
    own.settings.change("seed", "3")
    text = file.read_text()
    assert 'voice = "heart"' in text
    assert "seed = 3" in text
    assert "output" not in text
    assert "speed" not in text


def test_a_key_that_the_command_line_overrides_says_so_until_it_is_saved(file: Path):
    own = OwnSettings(arguments(file, "--voice", "bell"))
    own.settings.change("voice", "heart")
    line = own.settings.read().line("voice")
    assert (line.value, line.source) == ('"bell"', Source.COMMAND_LINE)
    own.save_settings({"voice": "heart"})
    line = own.settings.read().line("voice")
    assert (line.value, line.source) == ('"heart"', Source.FILE)
