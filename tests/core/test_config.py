import dataclasses
import os
import sys
import typing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core import config
from skaldcast.core.config import LoadedSettings, load_settings, render_effective
from skaldcast.core.config_values import alternatives, shown, split_address, split_origins
from skaldcast.core.errors import ConfigError
from skaldcast.core.settings import Key, ModelsSettings, Settings, XttsSettings, keys


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(file: Path, text: str | bytes = "", environ=None, **overrides: object) -> LoadedSettings:
    """Loads `text` out of `file`; `playout__volume=1` is the override of ``playout.volume``."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    dotted = {name.replace("__", "."): value for name, value in overrides.items()}
    return load_settings(file, environ or {}, dotted)


def refusal(file: Path, text: str | bytes = "", environ=None, **overrides: object) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, text, environ, **overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{file}", "FILE")


# Sources


def test_without_any_source_all_is_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(config, "config_path", lambda: tmp_path / "none.toml")
    loaded = load_settings(None, {}, {})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}


def test_without_a_named_file_the_one_in_the_users_folder_is_read(
    monkeypatch: pytest.MonkeyPatch, file: Path
):
    monkeypatch.setattr(config, "config_path", lambda: file)
    file.write_text("seed = 7")
    assert load_settings(None, {}, {}).settings.seed == 7


def test_the_users_file_lies_in_a_folder_of_ours():
    assert config.config_path().name == "config.toml"
    assert config.config_path().is_absolute()
    assert "skaldcast" in config.config_path().parts


def test_a_stronger_source_wins_and_each_value_knows_its_origin(file: Path):
    text = "voice = 'file'\nspeed = 1.1\n\n[playout]\nlatency_s = 0.5\n"
    environ = {"SKALDCAST_SPEED": "1.2", "SKALDCAST_PLAYOUT_LATENCY_S": "0.6"}
    loaded = load(file, text, environ, playout__latency_s="0.7")
    assert loaded.settings.voice == "file"
    assert loaded.settings.speed == 1.2
    assert loaded.settings.playout.latency_s == 0.7
    assert loaded.origins["voice"] == f"{file}:1"
    assert loaded.origins["speed"] == "SKALDCAST_SPEED"
    assert loaded.origins["playout.latency_s"] == "command line"
    assert loaded.origins["playout.volume"] == "default"


def test_every_setting_can_be_set_by_its_variable():
    variables = [key.variable for key in keys().values()]
    assert len(set(variables)) == len(variables)
    assert "SKALDCAST_PLAYOUT_LATENCY_S" in variables
    assert "SKALDCAST_VOICE" in variables


def test_an_empty_variable_is_one_that_is_not_set(file: Path):
    loaded = load(file, "voice = 'file'", {"SKALDCAST_VOICE": ""})
    assert loaded.settings.voice == "file"


def test_a_misspelt_variable_is_told_and_others_with_our_prefix_are_left_alone(file: Path):
    environ = {"SKALDCAST_PLAYOUT_LATENCY": "1", "SKALDCAST_SERVICE_HOST": "10.0.0.1"}
    assert load(file, "", environ).warnings == (
        "SKALDCAST_PLAYOUT_LATENCY is no setting; did you mean SKALDCAST_PLAYOUT_LATENCY_S?",
    )


def test_the_process_environment_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SKALDCAST_VOICE", "from-the-process")
    assert load(file).settings.voice == Settings().voice


def values(key: Key) -> st.SearchStrategy[object]:
    kind = alternatives(key.kind)[0]
    if typing.get_origin(kind) is typing.Literal:
        return st.sampled_from(typing.get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(int(key.rule.low), int(key.rule.high))
    if kind is float:
        return st.floats(key.rule.low, key.rule.high)
    if kind is Path:
        return st.just(Path("/somewhere/else") if os.name == "posix" else Path("C:/somewhere"))
    special = {
        "llm.endpoint": "http://host:1/v1",
        "bridge.origins": "https://a http://b:8060",
        "web.origins": "https://a http://b:8060",
        "web.voices": "nova=kokoro:af_nova onyx=tone",
        "web.ice_servers": "stun:host:3478 stun:other",
    }
    return st.just(special.get(key.name, "host:7525"))


@given(st.data())
def test_all_sources_give_the_same_settings_for_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    drawn = {
        key: data.draw(values(key), key.name)
        for key in keys().values()
        if not key.name.startswith("prebuffer.")  # start_s and pause_s bind each other
    }
    file = tmp_path_factory.getbasetemp() / "all.toml"
    toml = "\n".join(f"{key.name} = {shown(value)}" for key, value in drawn.items())
    environ = {key.variable: str(value) for key, value in drawn.items()}
    from_file = load(file, toml).settings
    assert load(file, "", environ).settings == from_file
    assert load(file, "", **{k.name: v for k, v in drawn.items()}).settings == from_file
    for key, value in drawn.items():
        assert read(from_file, key) == value


def read(settings: object, key: Key) -> object:
    for name in key.path:
        settings = getattr(settings, name)
    return settings


@pytest.mark.parametrize(
    ("text", "meant"),
    [("true", True), ("Yes", True), ("on", True), ("1", True), ("no", False), ("OFF", False)],
)
def test_text_for_a_switch_is_what_people_write(file: Path, text: str, meant: bool):
    assert load(file, "", {"SKALDCAST_CAST_AUTO": text}).settings.cast.auto is meant


def test_a_whole_number_will_do_for_a_number(file: Path):
    speed = load(file, "speed = 2").settings.speed
    assert speed == 2.0
    assert isinstance(speed, float)


def test_a_relative_path_counts_from_the_file_it_stands_in_else_from_here(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    assert load(file, "cache.folder = 'c'").settings.cache.folder == tmp_path / "c"
    monkeypatch.chdir(tmp_path.parent)
    environ = {"SKALDCAST_CACHE_FOLDER": "c"}
    assert load(file, "", environ).settings.cache.folder == tmp_path.parent / "c"
    assert load(file, "cache.folder = '~/c'").settings.cache.folder == Path.home() / "c"


def test_a_path_can_be_emptied_where_it_may_be_missing(file: Path):
    text = "[xtts]\ncheckpoint = 'weights'"
    assert load(file, text, xtts__checkpoint="").settings.xtts.checkpoint is None


def test_a_file_from_windows_notepad_is_read(file: Path):
    loaded = load(file, b"\xef\xbb\xbfvoice = 'a'\r\nseed = 3\r\n")
    assert (loaded.settings.voice, loaded.settings.seed) == ("a", 3)
    assert loaded.origins["seed"] == f"{file}:2"


# Bad input: one line with the file, the line, the key, what is wrong, what is allowed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speed = 1\nspeed = 2", "FILE:2: broken TOML: Cannot overwrite a value"),
        ("voice = 'a'\n[playout\n", "FILE:2: broken TOML: Expected ']'"),
        ("\n\nvoice = '''", "FILE:3: broken TOML: "),
        (b"voice = 'a'\nspeed = '\xe9'", "FILE:2: not UTF-8 text; save it as UTF-8"),
        ("voice = 'a'".encode("utf-16"), "FILE:1: not UTF-8 text"),
        ("seed = " + "[" * 10_000, "FILE: broken TOML: nested too deeply"),
        ("seed = " + "9" * 5_000, "FILE:1: broken TOML: "),
        ("#" * 200_000, "FILE: is over 100,000 bytes"),
    ],
    ids=["twice", "bracket", "open", "latin-1", "utf-16", "deep", "digits", "huge"],
)
def test_a_file_that_is_no_toml_is_refused_with_its_line(file: Path, text, message: str):
    assert refusal(file, text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[plaout]\nvolume = 1", "FILE:1: unknown section [plaout]; did you mean playout?"),
        ("[x]", "FILE:1: unknown section [x]; known: playout, chunker, "),
        (
            "[playout]\n\nlatency = 1",
            "FILE:3: unknown key playout.latency; did you mean playout.latency_s?",
        ),
        ("[playout]\nx = 1", "FILE:2: unknown key playout.x; known: playout.latency_s, playout.e"),
        ("profile = 1", "FILE:1: unknown key profile; did you mean chunker.profile?"),
        ("adress = 1", "FILE:1: unknown key adress; did you mean bridge.address or web.address or"),
        ("[playout.x]\ny = 1", "FILE:1: unknown key playout.x; known: "),
        ("playout = 3", "FILE:1: playout is a section, no key; its keys: playout.latency_s, "),
        ("[voice]\nname = 'a'", "FILE:1: voice must be text in one line, not a table"),
    ],
)
def test_a_key_that_is_none_is_refused_with_the_nearest(file: Path, text: str, message: str):
    assert refusal(file, text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("playout.latency_s = 'fast'", 'must be a number from 0.01 to 10, not "fast"'),
        ("playout.latency_s = 99", "must be a number from 0.01 to 10, not 99"),
        ("playout.latency_s = nan", "must be a number from 0.01 to 10, not nan"),
        ("playout.latency_s = true", "must be a number from 0.01 to 10, not true"),
        ("speed = " + "9" * 400, "must be a number from 0.5 to 2, not 9999"),
        ("seed = 1.5", "must be a whole number from 0 to 4294967295, not 1.5"),
        ("seed = true", "must be a whole number from 0 to 4294967295, not true"),
        ("seed = -1", "must be a whole number from 0 to 4294967295, not -1"),
        ("cast.auto = 1", "must be true or false, not 1"),
        ("chunker.profile = 'epic'", 'must be "cinematic" or "longform", not "epic"'),
        ("chunker.profile = ['longform']", 'must be "cinematic" or "longform", not [\'longform\']'),
        ("voice = 1979-05-27", "must be text in one line, not 1979-05-27"),
        ('voice = "a\\u0000b"', 'must be text in one line, not "a\\x00b"'),
        ("voice = ' '", "must not be empty"),
        ("cache.folder = ''", 'must be a path, not ""'),
        ("bridge.address = '7525'", "must be host:port, like 127.0.0.1:7525, not"),
        ("bridge.address = 'host:99999'", "must be host:port, like 127.0.0.1:7525, not"),
        ("llm.endpoint = 'localhost:8080'", "must be http://HOST:PORT/v1 or https://.../v1, not"),
        ("llm.endpoint = 'http://[x/v1'", "must be http://HOST:PORT/v1 or https://.../v1, not"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(file: Path, text: str, message: str):
    key = text.split(" ")[0]
    assert refusal(file, f"# a comment\n\n{text}").startswith(f"FILE:3: {key} {message}")


if sys.platform != "win32":  # there another user's folder is taken to lie beside ours

    def test_a_user_that_there_is_not_has_no_folder(file: Path):
        message = refusal(file, "cache.folder = '~no-such-user/x'")
        assert message.startswith('FILE:1: cache.folder must be a path, not "~no-such-user/x"')


def test_a_wrong_variable_is_named(file: Path):
    message = refusal(file, "", {"SKALDCAST_SEED": "many"})
    assert message == (
        'SKALDCAST_SEED: seed must be a whole number from 0 to 4294967295, not "many"'
    )


def test_a_wrong_option_is_named(file: Path):
    assert refusal(file, speed="fast").startswith("command line: speed must be a number")
    assert refusal(file, plyout__volume="1") == (
        "command line: unknown key plyout.volume; did you mean playout.volume?"
    )


@pytest.mark.parametrize("text", ["start_s = 1.5", "pause_s = 2.0", "pause_s = 3\nstart_s = 3"])
def test_a_prebuffer_that_would_never_start_is_refused(file: Path, text: str):
    message = refusal(file, f"[prebuffer]\n{text}")
    assert message.startswith("FILE:2: prebuffer.start_s (")
    assert ") must be above prebuffer.pause_s (" in message


def test_a_named_file_must_exist(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"missing\.toml: there is no such settings file"):
        load_settings(tmp_path / "missing.toml", {}, {})


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(ConfigError, match="it is a folder; name the file in it"):
        load_settings(tmp_path, {}, {})


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(path: Path, mode: str) -> None:  # as root, no file refuses to be read
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ConfigError, match=r"c\.toml: cannot be read: Permission denied"):
        load_settings(tmp_path / "c.toml", {}, {})


# The line of a key


LAYOUTS = {
    "[playout]\n# volume = 1\nvolume = 9": 3,
    "playout.latency_s = 1\n\nplayout.volume = 9": 3,
    'voice = """\\\n[playout]\\\nvolume = 9"""\nplayout.volume = 9': 4,
    "\n\nplayout = { latency_s = 1, volume = 9 }": 3,
    "[cast]\n[ playout ] # volume = 1\n'volume' = 9": 3,
    "[chunker]\nprofile = 'longform'\n[playout]\nlatency_s = 1\n\n\n\"volume\" = 9": 7,
}


@pytest.mark.parametrize(("text", "line"), LAYOUTS.items())
def test_a_key_is_found_however_the_file_is_written(file: Path, text: str, line: int):
    assert refusal(file, text).startswith(f"FILE:{line}: playout.volume must be")


def test_a_value_of_several_lines_is_at_its_first(file: Path):
    assert refusal(file, "seed = 1\nvoice = [\n1,\n2,\n]\n").startswith("FILE:2: voice must be")


# What is shown


def test_every_setting_is_shown_with_value_origin_and_meaning(file: Path):
    loaded = load(file, "[playout]\nvolume = 0.5")
    rows = {row.key: row for row in render_effective(loaded)}
    assert list(rows) == list(keys())
    assert all(row.meaning and row.allowed for row in rows.values())
    assert rows["playout.volume"].value == "0.5"
    assert rows["playout.volume"].origin == f"{file}:2"
    assert rows["voice"].value == '"hibari:heart"'


def test_a_password_is_never_shown(file: Path):
    loaded = load(file, "[bridge]\npassword = 'hush-hush'")
    assert loaded.settings.bridge.password == "hush-hush"
    assert "hush-hush" not in f"{render_effective(loaded)}{loaded}"
    assert {row.key: row.value for row in render_effective(loaded)}["bridge.password"] == '"***"'
    assert "hush" not in refusal(file, "[bridge]\npassword = ['hush-hush']")


def test_no_setting_can_be_changed_afterwards():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().playout.latency_s = 2.0  # type: ignore[misc]


def test_the_defaults_are_allowed_themselves(file: Path):
    rows = render_effective(load(file))
    text = "\n".join(f"{row.key} = {row.value}" for row in rows)
    assert load(file, text).settings == Settings()


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:7525", ("127.0.0.1", 7525)), ("[::1]:0", ("::1", 0)), ("host:80", ("host", 80))],
)
def test_an_address_is_a_host_and_a_port(text: str, address: tuple[str, int]):
    assert split_address(text) == address


@pytest.mark.parametrize("text", ["", ":1", "host", "host:", "host:x", "a@b:1", "h:1/x", "::1:2"])
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(ValueError, match="must be host:port"):
        split_address(text)


def test_settings_of_a_synthesizer_are_told_as_its_options(tmp_path: Path):
    plain = Settings().synthesizers["xtts"]
    fetched = Settings(models=ModelsSettings(folder=tmp_path)).synthesizers["xtts"]
    own = Settings(xtts=XttsSettings(checkpoint=tmp_path, slots=7)).synthesizers["xtts"]

    assert plain["slots"] == "4"
    assert fetched["checkpoint"] == str(tmp_path / "xtts-v2")
    assert (own["checkpoint"], own["slots"]) == (str(tmp_path), "7")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ()),
        ("null", ("null",)),
        ("https://Host http://localhost:8060", ("https://host", "http://localhost:8060")),
    ],
)
def test_origins_are_read_as_browsers_write_them(text: str, meant: tuple[str, ...]):
    assert split_origins(text) == meant


@pytest.mark.parametrize("text", ["host", "*", "https://host/", "https://host/page", "//host"])
def test_what_is_no_origin_is_refused(text: str):
    with pytest.raises(ValueError, match="must be origins"):
        split_origins(text)


def test_the_checkpoint_is_the_one_that_is_set_else_the_fetched_one(tmp_path: Path):
    settings = Settings(models=ModelsSettings(folder=tmp_path))
    assert settings.xtts_checkpoint == tmp_path / "xtts-v2"
    own = Settings(xtts=XttsSettings(checkpoint=tmp_path / "own"))
    assert own.xtts_checkpoint == tmp_path / "own"
