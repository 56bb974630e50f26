"""Where the key of a language model's server comes from."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from skaldcast.core.config import load_settings
from skaldcast.core.source.llm.api_key import find_api_key


def test_a_key_that_is_set_wins(monkeypatch: pytest.MonkeyPatch):
    keyring = SimpleNamespace(get_password=lambda service, name: f"{service}/{name}")
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    assert find_api_key("mine") == "mine"
    assert find_api_key("") == "skaldcast/llm"


def test_a_keyring_that_is_not_there_or_broken_is_no_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert find_api_key("") == ""
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *_: 1 / 0))
    assert find_api_key("") == ""


def test_the_environment_sets_it():
    loaded = load_settings(Path(os.devnull), {"SKALDCAST_LLM_API_KEY": "k"}, {})
    assert loaded.settings.llm.api_key == "k"
    assert "'k'" not in repr(loaded.settings.llm)
