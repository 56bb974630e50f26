"""Who speaks a quotation in narration: the character that the words around it name.

The order of trust is that of Elson and McKeown, "Automatic Attribution of Quoted Speech in
Literary Narrative" (AAAI 2010): a name with a verb of speech next to the quotation, then who
spoke before in the paragraph, then the subject of the sentence beside it.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .names import Characters
from .words import words as word_lists

_MARKS = re.compile(r"<[^<>\n]*>|[*_]+")
_WORD = re.compile(r"[^\W\d_](?:[\w'’\-]*\w)?")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”»)]*\s+")
_POSSESSIVE = re.compile(r"['’]s$")
_AFTER_END = re.compile('[.!?;:\n"“„«»”…—]')
_ADVERBS: Final = frozenset({"then", "finally", "just", "only", "again"})
_MOST_WORDS: Final = 4
"""Of a name."""
AFTER: Final = 60
"""Characters after a quotation that may name who spoke it."""
AFTER_WORDS: Final = 5


_FEW_WORDS = re.compile(rf"\s*(?:\S+\s+){{0,{AFTER_WORDS - 1}}}\S+")


class Trust(Enum):
    """How sure it is."""

    NONE = 0
    """This is no speech, but a word in quotation marks."""
    NOBODY = 1
    """Speech; nobody is named."""
    BESIDE = 2
    """The subject of the sentence beside it."""
    NAMED = 3
    """Named with a verb of speech; a name that the cast does not know is the narrator's."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who speaks a quotation, and how sure that is."""

    trust: Trust
    character: str | None = None


_NOBODY: Final = Attribution(Trust.NOBODY)
_SOMEONE: Final = Attribution(Trust.NAMED)
"""Someone whom the cast does not know."""


def attribute_before(context: str, characters: Characters) -> Attribution:
    """By what stands before it in its paragraph, `context`, back to the last quotation."""
    context = _MARKS.sub("", context).rstrip()
    if not context:
        return _NOBODY
    sentences = _SENTENCE.split(context)
    last = sentences[-1]
    ends = context[-1]
    words = _WORD.findall(last)
    if ends in ".!?…":
        return _beside(sentences, characters)
    if ends not in ",:—–-(" and not (words and words[-1].casefold() in word_lists().speech_verbs):
        return Attribution(Trust.NONE)
    verbs = [index for index, word in enumerate(words) if _is_verb(word)]
    named = _with_verb(words, verbs[-1], characters) if verbs else None
    if named is not None:  # before a dash someone else may cut in
        return Attribution(Trust.BESIDE if ends in "—–-" else Trust.NAMED, named)
    if verbs and not any(_is_pronoun(word) for word in words):
        return _SOMEONE
    return _beside(sentences, characters)


def attribute_after(spoken: str, after: str, characters: Characters) -> Attribution:
    """By what stands behind it in its line: ``said Strahd``, ``Strahd growled``, ``Strahd bows``.

    `spoken`: the end of the quotation, without its closing mark.
    """
    words = _WORD.findall(_MARKS.sub("", after))
    if not words or not after.lstrip(" ,*_—–-").startswith(words[0]):
        return _NOBODY
    if _is_verb(words[0]):
        rest = words[2:] if len(words) > 1 and words[1].endswith("ly") else words[1:]
        name, _ = _name_at(rest, characters)
        someone = _SOMEONE if rest and not _is_pronoun(rest[0]) else _NOBODY
        return Attribution(Trust.NAMED, name) if name else someone
    name, count = _name_at(words, characters)
    following = words[count : count + 2]
    if name is None:
        return _SOMEONE if _is_another(words, spoken) else _NOBODY
    adverb = following and (following[0].endswith("ly") or following[0] in _ADVERBS)
    if any(map(_is_verb, following if adverb else following[:1])):
        return Attribution(Trust.NAMED, name)
    if spoken.rstrip()[-1:] in ",.!?…—-" and following and following[0].islower():
        return Attribution(Trust.BESIDE, name)
    return _NOBODY


def _is_another(words: list[str], spoken: str) -> bool:
    """Whether the words behind a quotation name a speaker whom the cast does not know: ``you
    say``, ``the guard shouts``, ``Gertruda cried``."""
    first = words[0].casefold()
    if first in word_lists().persons:
        return spoken.endswith(",") or words[0].islower() or any(map(_is_verb, words[1:2]))
    subject = words[0][0].isupper() or first in word_lists().articles
    return subject and not _is_pronoun(first) and any(map(_is_verb, words[1:4]))


def _is_verb(word: str) -> bool:
    return word.casefold() in word_lists().speech_verbs


def _is_pronoun(word: str) -> bool:
    return word.casefold() in word_lists().pronouns


def after_is_told(after: str) -> bool:
    """Whether so much has come behind a quotation that more would not change who is named."""
    return (
        len(after) >= AFTER
        or _AFTER_END.search(after) is not None
        or len(after.split()) > AFTER_WORDS
    )


def after_window(after: str) -> str:
    """The part behind a quotation that counts: up to the sentence's end, in its line."""
    end = _AFTER_END.search(after)
    words = _FEW_WORDS.match(after[: end.start()] if end else after[:AFTER])
    return words.group() if words else ""


def _beside(sentences: list[str], characters: Characters) -> Attribution:
    """The subject of the sentence beside it; of a pronoun, that of the one before."""
    for sentence in reversed(sentences):
        words = _WORD.findall(sentence)
        name, _ = _name_at(words, characters)
        if name is not None:
            return Attribution(Trust.BESIDE, name)
        if not words or not _is_pronoun(words[0]):
            break
    return _NOBODY


def _with_verb(words: list[str], verb: int, characters: Characters) -> str | None:
    """The name nearest to the verb of speech: its subject before it, else right behind it."""
    for index in range(verb - 1, -1, -1):
        name, _ = _name_at(words[index:verb], characters)
        if name is not None:
            return name
    return _name_at(words[verb + 1 :], characters)[0]


def _name_at(words: list[str], characters: Characters) -> tuple[str | None, int]:
    """The longest known name that `words` begin with, and how many of them it has."""
    if not words:
        return None, 0
    most = min(_MOST_WORDS, len(words))
    if words[0].casefold() not in word_lists().articles:
        if not words[0][0].isupper():
            return None, 0
        particles = word_lists().particles
        capitals = 1  # "Strahd von Zarovich", and one word more: "Old man"
        while capitals < most and (words[capitals][0].isupper() or words[capitals] in particles):
            capitals += 1
        most = min(most, capitals + 1)
    for count in range(most, 0, -1):
        name = characters(_POSSESSIVE.sub("", " ".join(words[:count])))
        if name is not None:
            return name, count
    return None, 0
