"""The settings as the console shows and changes them, without a console."""

import os
from pathlib import Path

import pytest

from skaldcast.core.errors import ConfigError, TextError
from skaldcast.core.settings import keys
from skaldcast.tui.console.settings_file import (
    Effect,
    SettingsFile,
    Source,
    choices_of,
    effect_of,
    filtered,
)

TEXT = """\
# The table of Wednesdays.
voice = "tone"  # quick

[llm]
# the big one
model = "story-9b"
api_key = "sk-secret"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    return path


def settings(
    path: Path, environ: dict[str, str] | None = None, **overrides: object
) -> SettingsFile:
    return SettingsFile(path, environ or {}, lambda: overrides)


def test_every_key_of_the_configuration_is_there_with_its_meaning(path: Path):
    sheet = settings(path).read()
    assert [line.name for line in sheet.lines] == list(keys())
    assert all(line.meaning for line in sheet.lines)


def test_each_value_says_where_it_came_from(path: Path):
    sheet = settings(path, {"SKALDCAST_SEED": "7"}, speed="1.5").read()
    found = {line.name: (line.value, line.source, line.origin) for line in sheet.lines}
    assert found["voice"] == ('"tone"', Source.FILE, "config.toml, line 2")
    assert found["llm.model"] == ('"story-9b"', Source.FILE, "config.toml, line 6")
    assert found["seed"] == ("7", Source.ENVIRONMENT, "SKALDCAST_SEED")
    assert found["speed"] == ("1.5", Source.COMMAND_LINE, "command line")
    assert found["output"] == ('"device"', Source.DEFAULT, "default")
    assert {line.name for line in sheet.lines if line.is_fixed} == {"seed", "speed"}


def test_a_secret_is_neither_shown_nor_offered_to_be_edited(path: Path):
    sheet = settings(path).read()
    assert sheet.line("llm.api_key").value == '"***"'
    assert sheet.typed("llm.api_key") == ""


def test_a_change_keeps_comments_and_order(path: Path):
    settings(path).change("llm.temperature", "0.3")
    settings(path).change("speed", "1.25")
    settings(path).change("voice", "hibari:heart")
    text = path.read_text()
    assert text.startswith('# The table of Wednesdays.\nvoice = "hibari:heart"  # quick\n')
    assert '[llm]\n# the big one\nmodel = "story-9b"\n' in text
    sheet = settings(path).read()
    assert (sheet.typed("speed"), sheet.typed("llm.temperature")) == ("1.25", "0.3")


def test_a_file_that_is_not_there_yet_is_made(tmp_path: Path):
    path = tmp_path / "new" / "config.toml"
    file = SettingsFile(path, {}, dict, named=False)
    assert not file.read().exists
    file.change("seed", "3")
    assert path.read_text() == "seed = 3\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("speed", "9", "speed must be a number from 0.5 to 2, not 9"),
        ("speed", "fast", 'speed must be a number from 0.5 to 2, not "fast"'),
        ("llm.retries", "1.5", "must be a whole number from 0 to 10"),
        ("chunker.profile", "epic", 'must be "cinematic" or "longform"'),
        ("bridge.address", "7525", "must be host:port"),
        ("llm.model", "", "must not be empty"),
        ("prebuffer.start_s", "1.5", "prebuffer.start_s (1.5) must be above prebuffer.pause_s"),
    ],
)
def test_a_wrong_value_is_refused_as_the_configuration_does(
    name: str, text: str, said: str, path: Path
):
    assert said in (settings(path).wrong(name, text) or "")
    with pytest.raises(ConfigError):
        settings(path).change(name, text)
    assert path.read_text() == TEXT


def test_a_wrong_secret_is_not_repeated(path: Path):
    assert "\x07secret" not in (settings(path).wrong("bridge.password", "\x07secret") or "")


def test_a_secret_that_cannot_be_written_is_not_told(path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("skaldcast.core.config_edit.replace_file", full)
    with pytest.raises(ConfigError, match="No space left") as raised:
        settings(path).change("llm.api_key", "sk-other")
    assert "sk-other" not in str(raised.value)


def test_reset_takes_the_key_out_and_leaves_the_rest(path: Path):
    assert settings(path).reset("llm.model")
    assert settings(path).read().line("llm.model").source is Source.DEFAULT
    assert "# the big one" in path.read_text()
    assert not settings(path).reset("llm.model")
    assert settings(path).reset("voice")
    assert settings(path).read().line("voice").source is Source.DEFAULT


def test_a_file_that_is_read_only_is_told(path: Path):
    path.chmod(0o444)
    with pytest.raises(ConfigError, match="read-only"):
        settings(path).change("seed", "3")
    with pytest.raises(ConfigError, match="read-only"):
        settings(path).reset("voice")
    with pytest.raises(TextError, match="read-only"):
        settings(path).write_text("seed = 3")
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed = 1\nvoice = \n", "config.toml:2: broken TOML"),
        ("\n[llm]\ntemprature = 1\n", "config.toml:3: unknown key llm.temprature; did you mean"),
        ("speed = 9\n", "config.toml:1: speed must be a number from 0.5 to 2, not 9"),
    ],
)
def test_what_is_wrong_with_a_broken_file_is_told_with_line_and_key(
    text: str, said: str, path: Path
):
    path.write_text(text)
    sheet = settings(path).read()
    assert said in sheet.error
    assert {line.value for line in sheet.lines} == {"?"}


def test_a_wrong_value_in_the_file_is_put_right_by_another(path: Path):
    path.write_text("speed = 9  # too fast\n")
    settings(path).change("speed", "1")
    assert path.read_text() == "speed = 1.0  # too fast\n"


def test_the_text_of_a_broken_file_is_read_and_written_whole(path: Path):
    path.write_bytes(b'voice = "\xff\n')
    file = settings(path)
    assert file.text() == 'voice = "�\n'
    path.chmod(0o600)
    file.write_text('voice = "tone"\n')
    assert file.read().error == ""
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o600


def test_text_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TextError, match="cannot be written"):
        settings(tmp_path / "file" / "config.toml").write_text("seed = 1\n")


def test_when_a_change_is_heeded():
    assert effect_of("llm.model") is Effect.NEXT_QUESTION
    assert effect_of("playout.volume") is Effect.AT_ONCE
    assert effect_of("bridge.address") is Effect.NEXT_VOICE
    assert effect_of("log.level") is Effect.NEXT_PROGRAM


def test_choices_are_those_of_the_configuration():
    assert choices_of("prebuffer.policy") == ("adaptive", "fixed")
    assert choices_of("cast.auto") == ("true", "false")
    assert choices_of("voice") == ()


def test_the_filter_wants_all_words_anywhere(path: Path):
    lines = settings(path).read().lines
    assert [line.name for line in filtered(lines, "GPU auto")] == ["xtts.device"]
    assert {line.name for line in filtered(lines, "config.toml")} == {
        "voice",
        "llm.model",
        "llm.api_key",
    }
