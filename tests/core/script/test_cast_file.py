"""The cast file: read with its lines, written with its comments."""

from pathlib import Path

import pytest

from skaldcast.core.config import load_settings
from skaldcast.core.errors import ConfigError
from skaldcast.core.script.cast import CharacterVoice
from skaldcast.core.script.cast_file import read_cast, write_cast

TEXT = """\
# Curse of the count

[Strahd]  # he
voice = "kokoro:bm_george"  # deep
speed = 0.9
aliases = ["the Count"]

# The heroine
["Ireena Kolyana"]
voice = "kokoro:af_bella"
"""
STRAHD = CharacterVoice("Strahd", "kokoro:bm_george", 0.9, aliases=("the Count",))
IREENA = CharacterVoice("Ireena Kolyana", "kokoro:af_bella")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "cast.toml"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_cast_is_read_in_its_order(path: Path):
    assert read_cast(path) == [STRAHD, IREENA]


def test_an_empty_file_is_nobody(path: Path):
    path.write_text("")
    assert read_cast(path) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[Strahd]\nvoice = \n", 2, "broken TOML"),
        ("[Strahd]\nvoice = 'tone'\n\nspeed = 5\n", 4, "Strahd.speed must be a number"),
        ("[A1]\n[Strahd]\nvoise = 'tone'\n", 3, "did you mean voice?"),
        ("[Strahd]\n[Ismark]\naliases = ['strahd']\n", 3, "is a name of Strahd too"),
        ("Strahd = 'tone'\n", 1, "must be a table"),
        ("[Strahd]\n[Strahd]\n", 2, "broken TOML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(path: Path, text: str, line: int, message: str):
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_cast(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="there is no such cast file"):
        read_cast(tmp_path / "none.toml")


def test_writing_what_is_there_changes_nothing(path: Path):
    write_cast(path, read_cast(path))
    assert path.read_text("utf-8") == TEXT


def test_comments_stay_when_a_voice_is_changed(path: Path):
    changed = CharacterVoice("Strahd", "tone", 1.0, aliases=("the Count",))
    write_cast(path, [changed, IREENA])
    assert path.read_text("utf-8") == TEXT.replace("kokoro:bm_george", "tone").replace(
        "speed = 0.9\n", ""
    )


def test_characters_come_and_go(path: Path):
    guard = CharacterVoice("Guard", None, 1.2, -3.0, ("Sentry",))
    write_cast(path, [STRAHD, guard])
    assert read_cast(path) == [STRAHD, guard]
    assert "# Curse of the count" in path.read_text("utf-8")


def test_a_file_that_is_not_there_is_made(tmp_path: Path):
    path = tmp_path / "new" / "cast.toml"
    narrator = CharacterVoice("", speed=0.95)
    write_cast(path, [narrator, STRAHD])
    assert read_cast(path) == [narrator, STRAHD]


def test_a_broken_file_is_not_overwritten(path: Path):
    path.write_text("[Strahd\n")
    with pytest.raises(ConfigError, match="broken TOML"):
        write_cast(path, [STRAHD])
    assert path.read_text() == "[Strahd\n"


def test_the_setting_names_the_file(tmp_path: Path):
    config = tmp_path / "config.toml"
    config.write_text('[cast]\nfile = "cast.toml"\n')
    assert load_settings(config, {}, {}).settings.cast.file == tmp_path / "cast.toml"
    config.write_text("")
    assert load_settings(config, {}, {}).settings.cast.file is None
