"""Settings are written into a user's file, and nothing else of it changes."""

from pathlib import Path

import pytest

from skaldcast.core.config import load_settings
from skaldcast.core.config_edit import check_writable, with_values, write_settings
from skaldcast.core.errors import ConfigError

VALUES = {"xtts.slots": 6, "xtts.step_codes": 72}


def test_comments_and_other_keys_stay(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text(
        '# mine\nvoice = "tone"  # for now\n\n[xtts]\n# a card of 8 GB\nslots = 2 # few\n'
        'device = "cpu"\n\n[log]\nlevel = "info"\n'
    )
    write_settings(path, VALUES)
    assert path.read_text() == (
        '# mine\nvoice = "tone"  # for now\n\n[xtts]\n# a card of 8 GB\nslots = 6 # few\n'
        'device = "cpu"\nstep_codes = 72\n\n[log]\nlevel = "info"\n'
    )


def test_a_file_that_is_not_there_is_made(tmp_path: Path):
    path = tmp_path / "new" / "config.toml"
    write_settings(path, VALUES)
    settings = load_settings(path, {}, {}).settings
    assert (settings.xtts.slots, settings.xtts.step_codes) == (6, 72)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xtts.slots = 2\n",
        "xtts = { slots = 2, device = 'cpu' }\n",
        "[ xtts ]\r\nslots = 2\r\n",
        "speed = 1.5",
        "[playout]\nvolume = 0.5\n[xtts]\n[log]\nlevel = 'info'",
    ],
)
def test_all_ways_to_write_a_section_are_understood(text: str, tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text(with_values(text, VALUES))
    settings = load_settings(path, {}, {}).settings
    assert (settings.xtts.slots, settings.xtts.step_codes) == (6, 72)


def test_a_top_level_key_goes_before_the_sections():
    made = with_values("[log]\nlevel = 'info'\n", {"speed": 1.5})
    assert made.index("speed") < made.index("[log]")


def test_a_broken_file_is_told_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("slots = = 2\n")
    with pytest.raises(ConfigError, match=r"config.toml:1: broken TOML"):
        write_settings(path, VALUES)
    assert path.read_text() == "slots = = 2\n"


def test_a_file_that_is_read_only_is_told_ahead(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("speed = 1.5\n")
    path.chmod(0o444)
    with pytest.raises(ConfigError, match="read-only; make it writable"):
        check_writable(path)
    assert path.read_text() == "speed = 1.5\n"


def test_a_folder_that_cannot_be_made_is_told_with_what_to_write(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"write into it by hand: xtts.slots = 6"):
        write_settings(tmp_path / "file" / "config.toml", VALUES)


def test_a_link_stays_one_and_secrets_stay_secret(tmp_path: Path):
    path, link = tmp_path / "kept.toml", tmp_path / "config.toml"
    path.write_text("[bridge]\npassword = 'x'\n")
    path.chmod(0o600)
    link.symlink_to(path)
    write_settings(link, VALUES)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "slots = 6" in path.read_text()
