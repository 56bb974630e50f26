"""The semantic chunker: text in any pieces -> chunks that can be spoken in one go.

It holds no thread and no socket, and the clock is an argument. Chunks end at the best pause
point within the profile's limits (`selection`), the first one early, the later ones as long as
what is buffered allows: a chunk may take no longer to make than what has been made before it
takes to be heard. What a silent source leaves unfinished is let go by `release` (`stalls`).
"""

import math
import re
from collections.abc import Callable

from ..clock import monotonic_s
from ..types import Boundary, Chunk
from .language import language as language_tables
from .pace import Pace
from .profiles import LOOK_AHEAD, Limits, Profile
from .scanner import Scanner
from .selection import Cut, Selector, Wait, Window
from .stalls import Held, StallWatch

_CONTENT = re.compile(r"\S")


class Chunker:
    """Cuts one utterance stream into chunks; joined, they are the text as it was pushed.

    Without `release` the chunks depend on the text alone, not on the pieces it came in. Time is
    linear in the text; what is looked at is bounded by the profile, however much white space is
    held.
    """

    def __init__(
        self,
        profile: Profile | str = "cinematic",
        *,
        pace: Pace | None = None,
        lead_s: float = 0.0,
        language: str = "en",
        most_characters: int | None = None,
        least_characters: int = 0,
        clock: Callable[[], float] = monotonic_s,
    ) -> None:
        """`profile`: "cinematic", "longform" or one's own. `pace`: the voice's. `lead_s`: what
        will be unheard when the first chunk is ready, itself not counted. `language`: BCP 47.
        `most_characters`: no chunk is longer, whatever the profile allows. `least_characters`:
        what is shorter the voice speaks badly; it goes with a neighbour where there is one.
        `clock`: the time of a `push` that does not tell it. Raises `ConfigError`."""
        self._profile = Profile.named(profile) if isinstance(profile, str) else profile
        self._pace = pace or Pace()
        self._lead_s = lead_s
        self._clock = clock
        self._tables = language_tables(language)
        self._limits = Limits.of(self._profile, self._pace, most_characters, least_characters)
        self._selector = Selector(self._limits, self._tables)
        self._restart()

    def _restart(self) -> None:
        limits = self._limits
        # Wider white space than that is beyond the reach of all that bears on a choice.
        self._scanner = Scanner(self._tables, limits.most + limits.tail_known + LOOK_AHEAD)
        self._stalls = StallWatch(self._profile.stall, self._limits, self._pace, self._tables)
        self._parts: list[str] = []
        self._missing = 0  # so many characters must come before the text is worth a look
        self._needed = 0  # the same as an offset, white space at the end not counted
        self._begin = 0  # where the current chunk begins in the scanner's text
        self._start = 0  # the same in the utterance
        self._last: Boundary | None = None
        self._is_fresh = True  # the speech starts, or starts again after a stall
        self._lead = self._lead_s  # seconds unheard when the next chunk is begun
        self._spent = -1  # where in the utterance the text ends of which a stall lets go no more
        self._is_told = True  # whether `push` told the time

    def push(self, text: str, now: float | None = None) -> list[Chunk]:
        """Add text that has come at `now` (seconds); the chunks that are settled by it."""
        if not text:
            return []
        self._parts.append(text)
        self._missing -= len(text)
        if text.isspace():
            return []  # it settles nothing by itself
        self._is_told = now is not None
        self._stalls.silence.pushed_s = self._clock() if now is None else now
        chunks = [] if self._missing > 0 else self._advance()
        self._look_for_a_start()
        return chunks

    def _look_for_a_start(self) -> None:
        silence = self._stalls.silence
        if self._last is not None:
            silence.first_s = None
        elif silence.first_s is None:
            full = self._held().full_clause
            if full is not None and full.boundary > Boundary.CONJUNCTION:
                silence.first_s = silence.pushed_s

    def release(self, now: float, *, buffered_s: float | None = None) -> list[Chunk]:
        """The chunks that have waited long enough at `now`, the source being silent.

        `buffered_s`: seconds given out before that are still to be heard; None where that is
        not known, then it counts as nothing. See `StallRule`.
        """
        silence = self._stalls.silence
        if silence.pushed_s is not None and not self._is_told and now < silence.pushed_s:
            silence.pushed_s = now  # another clock than ours: time runs from here
        self._is_told = True
        silence.hear(now, buffered_s)
        chunks = self._advance()
        stop = self._stalls.choose(self._held(), now)
        if stop is None:
            return chunks
        if buffered_s is not None:
            self._lead = min(self._lead, buffered_s)
        chunks += self._close(stop.end, stop.boundary)
        silence.let_go(now, stop.audio_s)
        self._is_fresh = True
        self._spent = self._known() if stop.boundary < Boundary.SENTENCE else -1
        self._needed = 0
        self._tidy()
        return chunks

    def deadline(self) -> float | None:
        """When `release` would next let something go if nothing else is pushed, on the clock of
        `now`; None while nothing is held that it may let go."""
        return self._stalls.deadline(self._held())

    def finish(self) -> list[Chunk]:
        """The rest: no more text comes. The chunker is then as new."""
        chunks = self._advance()
        chunks += self._close(len(self._scanner.text), Boundary.PARAGRAPH)
        if self._begin < len(self._scanner.text):  # nothing but white space was left
            chunks.append(self._emit(len(self._scanner.text), Boundary.PARAGRAPH))
        self._restart()
        return chunks

    def _held(self) -> Held:
        self._join()
        scanner = self._scanner
        begin = self._content_begin(self._begin)
        spent = self._known() == self._spent and not scanner.line_ended
        if begin >= scanner.known or spent:
            return Held()
        scanner.scan(scanner.known)
        inside = self._last is not None and self._last < Boundary.SENTENCE
        return self._stalls.held(scanner, begin, inside)

    def _known(self) -> int:
        """Where in the utterance what has come ends, trailing white space not counted."""
        return self._start + self._scanner.known - self._begin

    def _join(self) -> None:
        if self._parts:
            self._scanner.append("".join(self._parts))
            self._parts.clear()

    def _content_begin(self, index: int) -> int:
        match = _CONTENT.search(self._scanner.text, index)
        return match.start() if match else len(self._scanner.text)

    def _advance(self) -> list[Chunk]:
        """Emit what is settled; note when it is worth looking again."""
        self._join()
        scanner = self._scanner
        chunks: list[Chunk] = []
        if scanner.known < self._needed:
            return chunks
        while True:
            needed = self._selector.soonest(self._content_begin(self._begin))
            if needed > scanner.known:
                break
            choice = self._selector.choose(self._window(scanner.known, False))
            if isinstance(choice, Wait):
                needed = choice.known
                break
            chunks.append(self._emit(choice.end, choice.boundary))
        self._needed = needed
        self._missing = max(1, needed - scanner.known)
        self._tidy()
        return chunks

    def _close(self, end: int, last: Boundary) -> list[Chunk]:
        """Emit all text before `end` as if it ended there, with the boundary `last`."""
        known = len(self._scanner.text[:end].rstrip())
        chunks: list[Chunk] = []
        while self._content_begin(self._begin) < known:
            choice = self._selector.choose(self._window(known, True), last)
            assert isinstance(choice, Cut)  # a closed text is always settled
            final = choice.end >= known
            chunks.append(self._emit(end if final else choice.end, choice.boundary))
        return chunks

    def _window(self, known: int, closed: bool) -> Window:
        scanner = self._scanner
        begin = self._content_begin(self._begin)
        edge = self._content_begin(begin + self._limits.most)
        scanner.scan(edge + LOOK_AHEAD)
        return Window(
            text=scanner.text,
            begin=begin,
            known=known,
            closed=closed,
            judged=scanner.judged,
            marks=scanner.provisional() if closed else scanner.marks,
            cap=self._cap(),
            short=self._is_fresh and self._lead < self._profile.first_ready_s,
        )

    def _emit(self, end: int, boundary: Boundary) -> Chunk:
        text = self._scanner.take(self._begin, end)
        audio_s = self._pace.duration_s(len(text.strip()))
        chunk = Chunk(text, boundary, self._start, audio_s)
        self._count(audio_s)
        self._start += len(text)
        self._begin = end
        self._last = boundary
        self._is_fresh = False
        self._scanner.drop(end)
        return chunk

    def _tidy(self) -> None:
        cut = self._scanner.trim(self._begin)
        self._begin -= cut
        self._needed -= cut

    def _count(self, audio_s: float) -> None:
        """Play the chunk in mind: its synthesis uses the lead up, its sound adds to it. The
        first block of the first chunk is the start's delay, not a loss."""
        work_s = self._pace.synthesis_s(audio_s)
        if self._last is None:
            work_s -= self._pace.first_block_s(audio_s)
        self._lead = max(0.0, self._lead - work_s) + audio_s

    def _cap(self) -> int:
        """Characters the next chunk may have to be there before the lead has been heard."""
        pace, limits = self._pace, self._limits
        lead = self._lead - pace.jitter_s
        if self._is_fresh:
            lead = max(lead, self._profile.first_ready_s)
        lead -= pace.latency_s
        if pace.block_s:
            fits = pace.real_time_factor * pace.block_s <= lead
            return limits.most if fits else limits.least
        if lead <= 0:
            return limits.least
        if pace.real_time_factor <= 0:
            return limits.most
        seconds = min(lead / pace.real_time_factor, 1e6)
        characters = math.floor(seconds / pace.seconds_per_character + 1e-9)
        return min(limits.most, max(limits.least, characters))
