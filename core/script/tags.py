"""Who a line of a script says it is spoken by: ``Strahd: "text"``, ``**Strahd:** text``."""

import re
from dataclasses import dataclass
from typing import Final

from .look import Look
from .names import LONGEST, Characters, could_be_name, is_name_like, is_narrator

OPENERS: Final = '"“„«»‘「『'
_ASIDE_MOST: Final = 48
_RUN = re.compile(r"(?:[^\W_](?:[\w'’.&#\- ]*))?")
_SPACES = re.compile(r"[^\S\n]*")
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}")
_ASIDE = re.compile(r"[^()\[\]\n\d]*")
_CLOSERS = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Tag:
    """The name of who speaks, at a line's start."""

    character: str | None
    """By the name that the cast uses; None is the narrator."""
    end: int
    """Where what is spoken begins."""
    block: bool = False
    """It stands on a line of its own: the paragraph is meant."""


@dataclass(frozen=True, slots=True)
class _Label:
    """What has the form of a tag, whoever it names."""

    name: str
    end: int
    """Behind it."""
    colon: bool = True
    """Else it is alone on its line, or should be."""


def read_tag(look: Look, at: int, characters: Characters, *, listed: bool) -> Tag | None:
    """The tag at `at`, where a line's text begins; None where there is none. Raises `NeedMore`.

    `listed`: in a list, where bold words before a colon are rather the names of choices.
    """
    first = look.char(at)
    if first in ("*", "_"):
        label = _bold_label(look, at)
    elif first.isalpha():
        label = _plain_label(look, at)
    else:
        return None
    if label is None:
        return None
    if not label.colon:
        return _heading_tag(look, label, characters)
    follower = look.char(label.end)
    if follower == "/" or follower.isdigit():
        return None
    known = characters(label.name)
    if listed and look.visible(label.end).islower():  # - Strahd: the lord of the castle
        return None
    if known is None and not is_narrator(label.name) and not _is_likely(look, label, listed):
        return None
    character = known or (None if is_narrator(label.name) else label.name)
    if look.visible(label.end) == "\n":
        return Tag(character, look.run(_SPACES, label.end, 40).end(), block=True)
    return Tag(character, look.run(_SPACES, label.end, 40).end())


def _is_likely(look: Look, label: _Label, listed: bool) -> bool:
    """Whether a name that the cast does not know is one."""
    if not look.char(label.end).isspace() and look.char(label.end) not in OPENERS:
        return False
    follower = look.visible(label.end)
    quoted = follower in OPENERS and bool(follower)
    if (listed and not quoted) or follower in ("", "\n"):
        return False
    if not (quoted or follower in "*_(…¡¿—[" or follower.isupper()):
        return False
    return is_name_like(label.name, quoted=quoted)


def _plain_label(look: Look, at: int) -> _Label | None:
    """``Name:`` or ``Name (aside):``"""
    name, end = _name(look, at)
    if not name:
        return None
    after = _aside(look, end)
    if after is None:
        return None
    if look.guess(after) == ":":
        return _Label(name, after + 1)
    if name.isupper() and look.guess(after) in ("\n", "\r"):  # as screenplays have it
        return _Label(name, after, colon=False)
    return None


def _bold_label(look: Look, at: int) -> _Label | None:
    """``**Name:**``, ``**Name**:``, ``**Name** (aside):``, ``**Name (aside):**`` or ``**Name**``
    alone on its line; the same with other emphasis."""
    marks = look.run(_EMPHASIS, at, 3).group()
    name, end = _name(look, at + len(marks))
    if not marks or not name:
        return None
    inner = _aside(look, end)
    if inner is None:
        return None
    colon = look.guess(inner) == ":"
    inner += colon
    if not all(look.guess(inner + index) == mark for index, mark in enumerate(marks)):
        return None
    end = inner + len(marks)
    if colon:
        return _Label(name, end)
    outer = _aside(look, end)
    if outer is not None and look.guess(outer) == ":":
        return _Label(name, outer + 1)
    return _Label(name, end, colon=False)


def _heading_tag(look: Look, label: _Label, characters: Characters) -> Tag | None:
    """A known name in bold or in capitals alone on its line."""
    if look.visible(label.end) != "\n":
        return None
    known = characters(label.name)
    if known is None and not is_narrator(label.name):
        return None
    return Tag(known, look.run(_SPACES, label.end, 40).end(), block=True)


def _name(look: Look, at: int) -> tuple[str, int]:
    """What may be a name, and where it ends; no name is empty."""
    match = _RUN.match(look.text, at, at + LONGEST)
    assert match is not None
    run = match.group()
    if not run or not could_be_name(run):
        return "", at
    if match.end() - at >= LONGEST:
        return "", at
    look.guess(match.end())
    name = run.rstrip()
    return name, at + len(name)


def _aside(look: Look, at: int) -> int | None:
    """Where a stage direction in parentheses ends, and the spaces before it; where there is none,
    `at`. None where a parenthesis is none of that."""
    begin = _SPACES.match(look.text, at, at + 40).end()  # type: ignore[union-attr]
    mark = look.guess(begin)
    if mark in ("*", "_") and look.guess(begin + 1) == "(":  # *(softly)*
        end = _closed_aside(look, begin + 1)
        return end + 1 if end is not None and look.guess(end) == mark else None
    return _closed_aside(look, begin) if mark in ("(", "[") else begin


def _closed_aside(look: Look, at: int) -> int | None:
    match = _ASIDE.match(look.text, at + 1, at + _ASIDE_MOST)
    assert match is not None
    if match.end() - at >= _ASIDE_MOST:
        return None
    return match.end() + 1 if look.guess(match.end()) == _CLOSERS[look.text[at]] else None
