"""When each word of a chunk is heard, from what a synthesizer can tell. No I/O."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from ..types import WordTime

# A word without its outer punctuation: "don't", "3:45", "old-fashioned", but "gate—old" is two.
_WORD = re.compile(r"[^\W_]+(?:[-'’.,:/][^\W_]+)*")
_MARK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as a model speaks it: the text was normalised, "3" may have become "three"."""

    text: str
    first: int
    """Index of its first phoneme."""
    last: int
    """Index just past its last phoneme."""


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word of the text as written, and the phonemes that speak it."""

    start: int
    end: int
    first: int
    last: int


def proportional_words(text: str, duration_s: float) -> tuple[WordTime, ...]:
    """Word times of `text` where every character lasts equally long, `duration_s` in all."""
    per_character = duration_s / max(len(text), 1)
    return tuple(
        WordTime(m.start(), m.end(), m.start() * per_character, m.end() * per_character)
        for m in _WORD.finditer(text)
    )


def align_words(text: str, spoken: Sequence[Spoken]) -> list[WordSpan]:
    """Give each word of `text` the phonemes that speak it, in order and without overlap.

    Words that are spoken as written are matched one to one; between those, words and phonemes
    are matched in proportion ("3:45 pm" to "three forty-five P.M."). A word that is not spoken
    gets none (`first == last`) where the next one begins.
    """
    matches = list(_WORD.finditer(text))
    written = [_plain(m.group()) for m in matches]
    said = [_plain(word.text) for word in spoken]
    spans: list[WordSpan] = []
    opcodes = SequenceMatcher(None, written, said, autojunk=False).get_opcodes()
    for tag, i, i_end, j, j_end in opcodes:
        if tag == "equal":
            spans += [
                WordSpan(m.start(), m.end(), word.first, word.last)
                for m, word in zip(matches[i:i_end], spoken[j:j_end], strict=True)
            ]
        elif i == i_end:  # spoken but not written: it belongs to the word before
            if spans:
                previous = spans[-1]
                spans[-1] = WordSpan(
                    previous.start, previous.end, previous.first, spoken[j_end - 1].last
                )
        else:
            spans += _in_proportion(matches[i:i_end], spoken, j, j_end)
    return spans


def timed_words(
    spans: Sequence[WordSpan],
    ends_s: Sequence[float],
    pauses: Sequence[tuple[float, float]],
    lag_s: float = 0.0,
) -> tuple[WordTime, ...]:
    """Word times from the times at which the phonemes end, the pad before the first included, so
    that phoneme n lasts from `ends_s[n]` to `ends_s[n + 1]`.

    `lag_s` is by how much a model's durations come after its sound; `pauses` are the silences
    that can be heard: no word begins or ends inside one.
    """
    times: list[WordTime] = []
    for span in spans:
        start_s, end_s = ends_s[span.first] - lag_s, ends_s[span.last] - lag_s
        for pause_start_s, pause_end_s in pauses:
            if pause_start_s <= start_s < pause_end_s:
                start_s = pause_end_s
            if pause_start_s < end_s <= pause_end_s:
                end_s = pause_start_s
        times.append(WordTime(span.start, span.end, start_s, max(start_s, end_s)))
    return tuple(times)


def moved(words: Iterable[WordTime], offset_s: float) -> tuple[WordTime, ...]:
    """The words later by `offset_s`, none of them before 0."""
    return tuple(
        replace(
            word,
            start_s=max(0.0, word.start_s + offset_s),
            end_s=max(0.0, word.end_s + offset_s),
        )
        for word in words
    )


def _in_proportion(
    matches: Sequence[re.Match[str]], spoken: Sequence[Spoken], j: int, j_end: int
) -> list[WordSpan]:
    """Share the phonemes of `spoken[j:j_end]` out among words, by their lengths as written."""
    if j < j_end:
        first, last = spoken[j].first, spoken[j_end - 1].last
    else:  # nothing spoken: between the neighbours
        first = last = spoken[j].first if j < len(spoken) else (spoken[-1].last if spoken else 0)
    lengths = [m.end() - m.start() for m in matches]
    done = accumulate(lengths, initial=0)
    edges = [first + round((last - first) * n / sum(lengths)) for n in done]
    return [WordSpan(m.start(), m.end(), edges[n], edges[n + 1]) for n, m in enumerate(matches)]


def _plain(word: str) -> str:
    """A word by its letters and digits alone, for comparing."""
    return _MARK.sub("", word).casefold()
