"""The key that a language model's server asks for."""

import contextlib
import importlib

_SERVICE, _NAME = "skaldcast", "llm"


def find_api_key(set_key: str) -> str:
    """The key that is set (in the settings file or `SKALDCAST_LLM_API_KEY`), or else the one in
    the system's keyring (service ``skaldcast``, name ``llm``) where the package `keyring` is
    installed; empty where there is none."""
    if set_key:
        return set_key
    # The package is no dependency of ours; a locked or broken keyring is as if there were none.
    with contextlib.suppress(Exception):
        return importlib.import_module("keyring").get_password(_SERVICE, _NAME) or ""
    return ""
