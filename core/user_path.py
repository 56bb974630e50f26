"""Paths as people type them."""

from pathlib import Path


def user_path(text: str) -> Path:
    """The path that was typed, with the user's folder for a tilde; a tilde of nobody's stays."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # there is no such user
        return Path(text)
