"""What may be let go of the held text when the source has gone silent, and when."""

import re
from dataclasses import dataclass

from ..types import Boundary
from .boundaries import GAP, gap_quality, uncertain
from .language import CLOSERS, FULL_TERMINATORS, TERMINATORS, Language
from .pace import Pace
from .profiles import Limits, StallRule
from .scanner import Scanner

_ENDED = re.compile(
    rf"(?P<mark>[{re.escape(TERMINATORS + FULL_TERMINATORS)}]{{1,64}})"
    rf"(?P<closers>(?:[ \u00a0\u202f]?[{re.escape(CLOSERS)}]){{0,8}})\Z"
)
_PAUSED = re.compile(rf"(?<!\d)(?P<mark>[,;:—，、；：])[{re.escape(CLOSERS)}]{{0,8}}\Z")
_BREAK = re.compile(r"\n[^\S\n]*\n|\u2029")
_EMPTY_S = 0.02
"""With less than this still to be heard the buffer counts as empty."""
_PAUSED_AT = {";": Boundary.SEMICOLON, "；": Boundary.SEMICOLON, ":": Boundary.COLON,
              "：": Boundary.COLON, "—": Boundary.DASH}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """A place up to which held text may be let go."""

    end: int
    """Just past what is let go, in the scanner's text."""
    boundary: Boundary
    audio_s: float
    """Predicted speech up to there."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the held text offers, best first."""

    finished: Stop | None = None
    """All of it: its last sentence has ended."""
    finished_after_s: float = 0.0
    """The silence after which that is let go."""
    clause: Stop | None = None
    """Up to the last clause boundary; all of it where it ends with a whole line. Up to the last
    word boundary where only that is no shorter than the voice speaks well alone."""
    full_clause: Stop | None = None
    """Up to the last clause boundary where that is no shorter than the profile's least."""
    word: Stop | None = None
    """Up to the last word boundary, where there is no clause boundary and none of the sentence
    has been let go."""


@dataclass(slots=True)
class Silence:
    """How long nothing has come and what is still to be heard. Times are the caller's clock."""

    pushed_s: float | None = None
    """When text last came; None where that is not known."""
    asked_s: float | None = None
    """When `buffered_s` was told."""
    buffered_s: float | None = None
    """Seconds still to be heard at `asked_s`; None where nobody tells."""
    empty_s: float | None = None
    """Since when nothing is to be heard; None while something is."""
    first_s: float | None = None
    """Since when there is a clause to start with; None while there is none, and once started."""
    spoken_s: float = float("-inf")
    """Until when what was let go is spoken at the least."""

    def hear(self, now: float, buffered_s: float | None) -> None:
        """Note what is still to be heard at `now`."""
        if buffered_s is None:
            self.empty_s = None if self.pushed_s is None else max(self.pushed_s, self.spoken_s)
        elif buffered_s > _EMPTY_S:
            self.empty_s = None
        elif self.empty_s is None:
            self.empty_s = min(now, self.runs_dry_s(now))
        self.asked_s, self.buffered_s = now, buffered_s

    def let_go(self, now: float, audio_s: float) -> None:
        """Note that so much speech is on its way since `now`."""
        self.spoken_s = max(self.spoken_s, now) + audio_s
        if self.buffered_s is None:
            self.empty_s = self.spoken_s
        else:
            self.buffered_s += audio_s
            self.empty_s = None

    def runs_dry_s(self, default: float) -> float:
        """When the last sound is heard if no more comes."""
        if self.asked_s is None or self.buffered_s is None:
            return default
        return self.asked_s + self.buffered_s


class StallWatch:
    """Decides what to let go; it keeps the silence, the chunker keeps the text."""

    def __init__(self, rule: StallRule, limits: Limits, pace: Pace, language: Language) -> None:
        self._rule = rule
        self._limits = limits
        self._pace = pace
        self._language = language
        self.silence = Silence()

    def held(self, scanner: Scanner, begin: int, inside: bool) -> Held:
        """What the text from `begin` on offers; `inside` where the chunk before it ended inside
        the same sentence."""
        text, known = scanner.text, scanner.known
        tail = text[max(begin, known - 2 * 64) : known]
        ended = _ENDED.search(tail)
        if ended or _BREAK.search(text, known):
            boundary = Boundary.PARAGRAPH if _BREAK.search(text, known) else Boundary.SENTENCE
            full_stop = boundary is Boundary.SENTENCE and ended and ended.group() == "."
            may_go_on = full_stop and uncertain(text, known - 1, self._language)
            after_s = self._rule.abbreviation_s if may_go_on else self._rule.sentence_s
            return Held(self._stop(text, begin, len(text), boundary), after_s)
        clauses = self._clauses(scanner, begin)
        full = next((stop for stop in reversed(clauses) if self._is_full(stop)), None)
        if scanner.line_ended:
            return Held(clause=self._stop(text, begin, len(text), Boundary.COMMA), full_clause=full)
        if not clauses:
            return Held() if inside else Held(word=self._last_word(text, begin, known))
        return Held(clause=self._speakable(clauses[-1], text, begin, known), full_clause=full)

    def _stop(self, text: str, begin: int, end: int, boundary: Boundary) -> Stop:
        audio_s = self._pace.duration_s(len(text[begin:end].strip()))
        return Stop(end, boundary, audio_s)

    def _is_full(self, stop: Stop) -> bool:
        return stop.audio_s >= self._pace.duration_s(self._limits.least) - 1e-9

    def _is_short(self, stop: Stop) -> bool:
        """Whether the voice speaks it badly alone."""
        return stop.audio_s < self._pace.duration_s(self._limits.alone) - 1e-9

    def _speakable(self, clause: Stop, text: str, begin: int, known: int) -> Stop:
        word = self._last_word(text, begin, known) if self._is_short(clause) else None
        return clause if word is None or self._is_short(word) else word

    def _clauses(self, scanner: Scanner, begin: int) -> list[Stop]:
        """Clause boundaries in order; conjunctions only where there is nothing better."""
        text = scanner.text
        marks = [mark for mark in scanner.provisional() if mark.content_end > begin]
        strong = [mark for mark in marks if mark.boundary > Boundary.CONJUNCTION]
        stops = [self._stop(text, begin, mark.end, mark.boundary) for mark in strong or marks]
        paused = _PAUSED.search(text[max(begin, scanner.known - 16) : scanner.known])
        if paused:
            boundary = _PAUSED_AT.get(paused["mark"], Boundary.COMMA)
            stops = stops if strong else []
            stops.append(self._stop(text, begin, len(text), boundary))
        return stops

    def _last_word(self, text: str, begin: int, known: int) -> Stop | None:
        if known < len(text):
            return self._stop(text, begin, len(text), Boundary.WORD)
        last = None
        for match in GAP.finditer(text, begin + 1, known):
            quality = gap_quality(text, match.start(), match.end(), self._language)
            if quality is not None:
                last = match.end()
        return None if last is None else self._stop(text, begin, last, Boundary.WORD)

    def choose(self, held: Held, now: float) -> Stop | None:
        """What to let go at `now`."""
        for when, stop in self._times(held):
            if when <= now + 1e-9:
                return stop
        return None

    def deadline(self, held: Held) -> float | None:
        """When `choose` will next let something go if nothing else changes."""
        return min((when for when, _ in self._times(held)), default=None)

    def _times(self, held: Held) -> list[tuple[float, Stop]]:
        """What may be let go and when, the best first."""
        silence, rule = self.silence, self._rule
        since = silence.pushed_s
        if since is None:
            return []
        if held.finished is not None:
            soon = since + held.finished_after_s
            return [(self._finished_time(held.finished, soon, since), held.finished)]
        times: list[tuple[float, Stop]] = []
        if held.clause is not None:
            times.append((self._clause_time(held.clause, since), held.clause))
        dry = silence.runs_dry_s(since)
        heard = silence.buffered_s is not None and silence.empty_s is None
        full = held.full_clause
        if full is not None and silence.first_s is not None and not heard:
            times.append((silence.first_s + rule.first_s, full))
        if full is not None and heard:
            times.append((max(since, dry - self._needed_s(full)), full))
        elif full is not None and full.boundary >= Boundary.SENTENCE:
            times.append((since + rule.silent_s, full))
        if held.word is not None:
            empty = silence.empty_s if silence.empty_s is not None else dry
            times.append((max(since, empty) + rule.word_s, held.word))
        return times

    def _finished_time(self, finished: Stop, soon: float, since: float) -> float:
        """Soon, but what is short waits for its neighbour as a clause does."""
        return max(soon, self._clause_time(finished, since)) if self._is_short(finished) else soon

    def _clause_time(self, clause: Stop, since: float) -> float:
        """Just before the buffer runs dry; a little later where it is empty already."""
        silence, rule = self.silence, self._rule
        if silence.buffered_s is None or silence.empty_s is not None:
            poor = self._is_short(clause) or clause.boundary is Boundary.WORD
            wait_s = rule.short_s if poor else rule.clause_s
            return max(since + wait_s, silence.spoken_s - self._needed_s(clause))
        dry = silence.runs_dry_s(since)
        return max(since + rule.silent_s, dry - self._needed_s(clause))

    def _needed_s(self, stop: Stop) -> float:
        """Seconds from letting text go until it is heard."""
        return self._pace.first_block_s(stop.audio_s) + self._pace.jitter_s + self._rule.margin_s
