"""From written chunks to what a synthesizer is given, in the form that it takes."""

import logging
from collections.abc import Callable, Iterator

from ..types import SpokenForm
from .lexicon import Hit, Lexicon, respelled, with_ending
from .rules import Rules
from .spoken_text import Edit, SpokenText, edited, plain

__all__ = ["Pronounce", "SpeakableText", "SpokenForm"]

_log = logging.getLogger(__name__)

Pronounce = Callable[[str, str], str]
"""A word and its IPA to a synthesizer's own inline form: `Pronouncing.pronounce`."""


class SpeakableText:
    """Says numbers, dates, dice, abbreviations and a campaign's names in words.

    Text that has none of them comes out as it is. One thread at a time.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or Lexicon()
        self._rules: dict[str, Rules | None] = {}

    def warm_up(self, language: str) -> None:
        """Make what `language` needs, so that the first chunk does not wait for it (30 ms)."""
        self._rules_of(language)

    def speak(
        self, text: str, language: str, form: SpokenForm, pronounce: Pronounce | None = None
    ) -> SpokenText:
        """One chunk of written text, in `language` (BCP 47). `SpokenForm.PHONEMES` needs
        `pronounce`; without it entries of the lexicon are respelled. Never raises: what cannot
        be said otherwise is said as it is written."""
        spoken = plain(text)
        if form is SpokenForm.WRITTEN:
            return spoken
        try:
            in_ipa = pronounce if form is SpokenForm.PHONEMES else None
            edits = list(self._edits(spoken.text, language, in_ipa))
        except Exception as error:  # a fault here must not cost the text
            _log.warning("left %r as it is written: %r", text[:60], error)
            return spoken
        return edited(spoken, edits) if edits else spoken

    def _edits(self, text: str, language: str, pronounce: Pronounce | None) -> Iterator[Edit]:
        """The lexicon's edits, and those of the rules for what is between."""
        rules = self._rules_of(language)
        position = 0
        for hit in self._lexicon.find(text):
            edit = _pronounced(hit, text, pronounce)
            if edit is None:
                continue
            if rules is not None:
                yield from rules.edits(text, position, edit.start)
            yield edit
            position = edit.end
        if rules is not None:
            yield from rules.edits(text, position, len(text))

    def _rules_of(self, language: str) -> Rules | None:
        base = language.lower().replace("_", "-").partition("-")[0]
        if base not in self._rules:
            self._rules[base] = _rules(base)
        return self._rules[base]


def _pronounced(hit: Hit, text: str, pronounce: Pronounce | None) -> Edit | None:
    """None where the entry cannot be said in this form."""
    if hit.entry.ipa and pronounce is not None:
        word = text[hit.start : hit.end]
        ipa = with_ending(hit.entry.ipa, hit.suffix)
        return Edit(hit.start, hit.end, pronounce(word, ipa))
    return respelled(hit, text) if hit.entry.say else None


def _rules(base: str) -> Rules | None:
    try:
        if base == "en":
            from .english import english  # here: made when English is first spoken

            return english()
        from .foreign import foreign

        return foreign(base)
    except Exception as error:  # a broken table or a library that is missing must not silence us
        _log.warning("numbers in %r are left as they are written: %r", base, error)
        return None
