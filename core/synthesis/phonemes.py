"""Text to phonemes, by hibari's G2P: phrase by phrase, with the words they belong to.

The one file that imports hibari's text side; Kokoro speaks the same alphabet.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..text.pauses import pause_after_s
from ..types import Boundary
from . import onnx_session, roman_numerals
from .hibari_package import hibari_module
from .pronunciation import without_inline
from .word_times import Spoken, WordSpan, align_words

MAX_PHONEMES = 400
"""Where a sentence is cut: hibari's own limit for what it was trained on; Kokoro takes 510."""
SENTENCE_PAUSE_S = pause_after_s(Boundary.SENTENCE)
"""Between sentences inside one chunk, the same as the engine puts between chunks."""
LAG_S = 0.080
"""By how much Kokoro's durations, and so those of hibari that learned from it, come after the
sound: measured where a word begins with a stop or follows a pause. The recogniser of
`benchmarks/word_times.py`, which is early itself, says 0.1."""
_UNSPOKEN = frozenset(' ;:,.!?—…"()“”ˈˌ')
# C0 and C1 controls; hibari would read some as words. Newlines end a sentence and may stay.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LONG_NUMBER = re.compile(r"\d[\d,]{15,}")  # spelled digit by digit; hibari fails past 33 digits
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a model speaks in one go: a sentence, or a part of a very long one."""

    ids: tuple[int, ...]
    """The model's number of each phoneme, without the pads at both ends."""
    words: tuple[WordSpan, ...]
    """The text's words that begin in it; offsets in the text, phonemes in `ids`."""
    ends_sentence: bool


class Phonemizer:
    """English text to phrases, in the numbers that hibari and Kokoro give to phonemes."""

    def __init__(self, *, british: bool = False) -> None:
        onnx_session.disable_telemetry()  # hibari opens a session of its own for unknown words
        normalize = hibari_module("hibari.g2p.normalize")
        roman_numerals.mend(normalize)
        self._normalize = normalize.normalize
        self._g2p = hibari_module("hibari.g2p").G2P(british=british)
        tts = hibari_module("hibari.tts")
        self._split = tts.Hibari.split_sentences
        vocabulary = (Path(tts.ASSETS) / "vocab.json").read_text("utf-8")
        self._vocabulary: Mapping[str, int] = json.loads(vocabulary)

    def warm_up(self) -> None:
        """Load the net that reads unknown words, so that the first one costs no more."""
        self._g2p.oov("skald")

    def phrases(self, text: str) -> Iterator[Phrase]:
        """Yield what is speakable of `text`: nothing for only punctuation, emoji or controls."""
        text = _CONTROL.sub(" ", text)
        position = 0
        for sentence in self._split(text):
            position = text.index(sentence, position)
            phonemes, spoken = self._read(sentence)
            spans = align_words(without_inline(sentence), spoken)
            cuts = _cuts(phonemes)
            for first, last in cuts:
                if not _UNSPOKEN.issuperset(phonemes[first:last]):
                    yield Phrase(
                        tuple(self._vocabulary[c] for c in phonemes[first:last]),
                        _within(spans, first, last, position),
                        last == len(phonemes),
                    )
            position += len(sentence)

    def _read(self, sentence: str) -> tuple[str, list[Spoken]]:
        """The phonemes of a sentence, and which of them speak which word."""
        phonemes = ""
        spoken: list[Spoken] = []
        for token in self._tokens(sentence):
            known = "".join(c for c in token.phonemes or "" if c in self._vocabulary)
            if known and not _UNSPOKEN.issuperset(known):
                spoken.append(Spoken(token.text, len(phonemes), len(phonemes) + len(known)))
            phonemes += known
            if token.whitespace and phonemes and phonemes[-1] != " ":
                phonemes += " "
        return phonemes.rstrip(" "), spoken

    def _tokens(self, sentence: str) -> list[Any]:
        """hibari's tokens, with their phonemes; word by word where it fails on the sentence."""
        try:
            text = self._normalize(_LONG_NUMBER.sub(lambda m: " ".join(m.group()), sentence))
            return self._g2p.phonemize_tokens(self._g2p.tokenize(text))
        except Exception as error:  # a fault of its tables must not cost the rest of the text
            words = sentence.split()
            if len(words) == 1:
                _log.warning("hibari cannot read %r (%r): left out", sentence[:60], error)
                return []
            tokens: list[Any] = []
            for word in words:
                tokens += self._tokens(word)
                if tokens:
                    tokens[-1].whitespace = " "
            return tokens


def _cuts(phonemes: str) -> list[tuple[int, int]]:
    """Ranges of at most `MAX_PHONEMES`, cut behind a clause, else a word, else anywhere."""
    cuts: list[tuple[int, int]] = []
    first = 0
    while len(phonemes) - first > MAX_PHONEMES:
        window = phonemes[first : first + MAX_PHONEMES]
        clause = max(window.rfind(mark + " ") for mark in ",;:—.!?…") + 2
        word = window.rfind(" ") + 1
        length = clause if clause > MAX_PHONEMES // 2 else word or MAX_PHONEMES
        cuts.append((first, first + length))
        first += length
    cuts.append((first, len(phonemes)))
    return cuts


def _within(
    spans: Sequence[WordSpan], first: int, last: int, position: int
) -> tuple[WordSpan, ...]:
    """The spans that begin in a range of phonemes, counted from there; `position` is added to
    the offsets in the text."""
    return tuple(
        WordSpan(s.start + position, s.end + position, s.first - first, min(s.last, last) - first)
        for s in spans
        if first <= s.first < last
    )
