"""XTTS voices in files: whole or not at all, and one clear line for anything else."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts import voice_files
from skaldcast.core.synthesis.xtts.voice_files import (
    VoiceFolder,
    XttsVoice,
    check_name,
    describe_voice,
    load_voice,
    save_voice,
)


def voice(name: str = "anna", seed: int = 0, **changes: Any) -> XttsVoice:
    rng = np.random.default_rng(seed)
    embedding = rng.standard_normal((1, 512, 1)).astype(np.float32)
    made = XttsVoice(
        name,
        "de",
        rng.standard_normal((1, 32, 16)).astype(np.float32),
        (embedding / np.linalg.norm(embedding)).astype(np.float32),
        gain_db=-1.25,
        settings={"clips": "äther.wav"},
    )
    return replace(made, **changes)


def same(one: XttsVoice, other: XttsVoice) -> bool:
    return (
        (one.name, one.language, one.gain_db) == (other.name, other.language, other.gain_db)
        and dict(one.settings) == dict(other.settings)
        and np.array_equal(one.gpt_cond_latent, other.gpt_cond_latent)
        and np.array_equal(one.speaker_embedding, other.speaker_embedding)
    )


@pytest.mark.parametrize("gain_db", [None, 0.0, -3.5])
def test_a_voice_comes_back_as_it_was_saved(gain_db: float | None, tmp_path: Path):
    saved = voice(gain_db=gain_db)
    save_voice(tmp_path / "new" / "anna.safetensors", saved)
    assert same(load_voice(tmp_path / "new" / "anna.safetensors"), saved)


def test_a_voice_is_described_without_its_numbers(tmp_path: Path):
    save_voice(tmp_path / "a.safetensors", voice())
    described = describe_voice(tmp_path / "a.safetensors")
    assert (described.language, described.channels, described.gain_db) == ("de", 16, -1.25)
    assert described.settings == {"clips": "äther.wav"}


def test_saving_leaves_nothing_else_behind(tmp_path: Path):
    save_voice(tmp_path / "a.safetensors", voice())
    save_voice(tmp_path / "a.safetensors", voice("other"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]
    assert load_voice(tmp_path / "a.safetensors").name == "other"


def test_where_writing_fails_the_old_voice_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    save_voice(tmp_path / "a.safetensors", voice())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(voice_files.os, "fsync", full)
    with pytest.raises(SynthesizerError, match="No space left on device; make room"):
        save_voice(tmp_path / "a.safetensors", voice("other"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]
    assert load_voice(tmp_path / "a.safetensors").name == "anna"


def test_a_file_is_replaced_not_written_over(tmp_path: Path):
    save_voice(tmp_path / "a.safetensors", voice())
    (tmp_path / "old.safetensors").hardlink_to(tmp_path / "a.safetensors")
    save_voice(tmp_path / "a.safetensors", voice("other"))
    assert load_voice(tmp_path / "old.safetensors").name == "anna"


@pytest.mark.parametrize(
    "changes",
    [
        {"gpt_cond_latent": np.zeros((32, 16), np.float32)},
        {"gpt_cond_latent": np.zeros((1, 0, 16), np.float32)},
        {"gpt_cond_latent": np.zeros((1, 32, 16))},
        {"gpt_cond_latent": np.full((1, 32, 16), np.nan, np.float32)},
        {"speaker_embedding": np.zeros((1, 256, 1), np.float32)},
    ],
)
def test_arrays_that_are_no_voice_are_not_saved(changes: dict[str, Any], tmp_path: Path):
    with pytest.raises(SynthesizerError, match="cannot be used"):
        save_voice(tmp_path / "a.safetensors", voice(**changes))
    assert not list(tmp_path.iterdir())


def file_with(
    metadata: Mapping[str, str] | None = None,
    shape: tuple[int, ...] = (1, 2, 3),
    kind: Any = np.float32,
) -> bytes:
    kept = {"skaldcast_voice": "1", "name": "a", "language": "en", "gain_db": "", "settings": "{}"}
    arrays = {
        "gpt_cond_latent": np.zeros(shape, kind),
        "speaker_embedding": np.zeros((1, 512, 1), np.float32),
    }
    return save(arrays, metadata={**kept, **(metadata or {})})


GOOD = file_with()
BROKEN = {
    "empty": b"",
    "text": b"hello, I am not a voice",
    "cut short": GOOD[:-100],
    "only a header": GOOD[:64],
    "other tensors": save({"weight": np.zeros(3, np.float32)}),
    "a later kind": file_with({"skaldcast_voice": "2"}),
    "half precision": file_with(kind=np.float16),
    "wrong shape": file_with(shape=(2, 2, 3)),
    "settings that are none": file_with({"settings": "[1]"}),
    "settings that are broken": file_with({"settings": "{"}),
    "settings nested too deep": file_with({"settings": "[" * 100_000}),
    "a gain that is none": file_with({"gain_db": "loud"}),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_voice_is_told_in_one_line(data: bytes, tmp_path: Path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)
    with pytest.raises(SynthesizerError) as told:
        load_voice(path)
    assert str(told.value).startswith(f"the voice {path} cannot be used: ")
    assert "\n" not in str(told.value)


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path):
    with pytest.raises(SynthesizerError, match="it is no file"):
        load_voice(tmp_path)
    with pytest.raises(SynthesizerError, match="there is no such file"):
        load_voice(tmp_path / "a")


def test_values_that_are_not_numbers_are_refused(tmp_path: Path):
    arrays = {
        "gpt_cond_latent": np.full((1, 2, 3), np.inf, np.float32),
        "speaker_embedding": np.zeros((1, 512, 1), np.float32),
    }
    metadata = {"skaldcast_voice": "1", "name": "a", "language": "en"}
    metadata |= {"gain_db": "", "settings": json.dumps({})}
    (tmp_path / "a").write_bytes(save(arrays, metadata=metadata))
    with pytest.raises(SynthesizerError, match="not numbers"):
        load_voice(tmp_path / "a")


def test_without_the_extra_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(SynthesizerError, match=r"install it with: pip install .*skaldcast\[xtts\]"):
        load_voice(tmp_path / "a")


@pytest.mark.parametrize("name", ["anna", "Frau Holle", "Þór", "O'Hara-2", "v1.5", "x" * 64])
def test_names_that_people_give_are_kept(name: str):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " a",
        "a ",
        ".a",
        "-a",
        "a.",
        "a/b",
        "a\\b",
        "a:b",
        "a?b",
        "a\nb",
        "a&b",
        "a*b",
        "..",
        "CON",
        "x" * 65,
        "nul.txt",
        "com1",
        "語" * 67,
        "\udc80",
    ],
)
def test_a_name_that_no_file_could_have_is_refused(name: str):
    with pytest.raises(SynthesizerError, match="cannot be called"):
        check_name(name)


def test_a_name_has_one_spelling():
    assert check_name("A\u0308") == "\xc4"


def test_a_folder_that_is_not_there_has_no_voices(tmp_path: Path):
    assert VoiceFolder(tmp_path / "nowhere").names() == []


def test_voices_are_added_listed_loaded_and_removed(tmp_path: Path):
    folder = VoiceFolder(tmp_path / "voices")
    folder.add(voice("berta"))
    folder.add(voice("Anna"))
    assert folder.names() == ["Anna", "berta"]
    assert same(folder.load("berta"), voice("berta"))
    assert folder.describe("Anna").language == "de"
    folder.remove("Anna")
    assert folder.names() == ["berta"]


@pytest.mark.parametrize("name", ["anna", "ANNA"])
def test_a_name_that_is_taken_is_refused_and_the_voice_stays(name: str, tmp_path: Path):
    folder = VoiceFolder(tmp_path)
    folder.add(voice())
    with pytest.raises(SynthesizerError, match='voices remove "anna"'):
        folder.add(voice(name, seed=1))
    assert same(folder.load("anna"), voice())


@pytest.mark.parametrize("name", ["berta", "../anna", ""])
def test_a_voice_that_was_not_added_is_told_with_those_that_were(name: str, tmp_path: Path):
    folder = VoiceFolder(tmp_path)
    folder.add(voice())
    for act in (folder.load, folder.describe, folder.remove):
        with pytest.raises(SynthesizerError, match="there are: anna"):
            act(name)


def test_what_else_lies_in_the_folder_is_left_out(tmp_path: Path):
    folder = VoiceFolder(tmp_path)
    folder.add(voice())
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".voice-x.safetensors").touch()
    (tmp_path / "folder.safetensors").mkdir()
    assert folder.names() == ["anna"]


def test_a_renamed_file_is_a_voice_of_that_name(tmp_path: Path):
    folder = VoiceFolder(tmp_path)
    folder.add(voice()).rename(tmp_path / "bella.safetensors")
    assert folder.load("bella").name == folder.describe("bella").name == "bella"


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SynthesizerError, match=r"--set xtts\.voices=PATH"):
        VoiceFolder(tmp_path / "file").names()
