"""Paths as people type them."""

from pathlib import Path

from skaldcast.core.user_path import user_path


def test_a_tilde_is_the_users_folder():
    assert user_path("~/story.txt") == Path.home() / "story.txt"


def test_a_tilde_of_nobodys_stays_as_it_is():
    assert user_path("~no-such-user/story.txt") == Path("~no-such-user/story.txt")
