"""What can be the name of a character, in a script that a person or a language model wrote."""

import re
from collections.abc import Callable
from typing import Final

from .words import words as word_lists

Characters = Callable[[str], str | None]
"""Name, in any case, or alias -> the name that the cast uses; None where it knows none."""

LONGEST: Final = 48
_NUMBER: Final = re.compile(r"#?\d{1,3}")
_SHORT: Final = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_]{1,5}\.")


def could_be_name(run: str) -> bool:
    """Whether text at a line's start may still become a name: False for a text means False for
    every longer one."""
    words = run.split()
    if len(words) > 5:
        return False
    for word in words:
        if "." in word and (not word[0].isupper() or not _SHORT.match(word)):
            return False
    if len(words) <= 3:
        return True
    last = "" if run[-1:].isspace() else words[-1]
    return all(
        word[0].isupper()
        or _NUMBER.match(word)
        or word == "#"
        or word in word_lists().particles
        or (word is last and _is_begun(word))
        for word in words
    )


def _is_begun(word: str) -> bool:
    return any(particle.startswith(word) for particle in word_lists().particles)


def is_narrator(name: str) -> bool:
    """Whether it names the narrator, in a script."""
    return name.casefold() in word_lists().narrators


def is_name_like(name: str, *, quoted: bool) -> bool:
    """Whether an unknown name at a line's start is likely one. `quoted`: quoted speech follows,
    which little but a name stands before."""
    words = name.split()
    lowered = [word.casefold() for word in words]
    if not words or len(words) > 5 or not _all_capitals(words):
        return False
    if lowered[0] in word_lists().articles and (not quoted or len(words) == 1):
        return False
    if any(word in word_lists().labels for word in lowered):
        return False
    return len(name) > 1 and not (len(words) == 1 and lowered[0].endswith(word_lists().label_ends))


def is_tag_like(content: str) -> bool:
    """Whether an unknown name in brackets, with text behind it, is likely one."""
    words = content.split()
    if not words or len(words) > 5 or not _all_capitals(words):
        return False
    lowered = [word.casefold() for word in words]
    known = word_lists()
    if lowered[0] in known.sounds or any(word in known.labels for word in lowered):
        return False
    return len(content) > 1


def _all_capitals(words: list[str]) -> bool:
    """Each word begins like a name's; numbers and particles may follow the first."""
    if not words[0][0].isupper():
        return False
    particles = word_lists().particles
    return all(
        word[0].isupper() or word in particles or _NUMBER.fullmatch(word) for word in words[1:]
    )
