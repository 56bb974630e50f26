"""When a chunk may be let out: the policies `fixed` and `adaptive`, and the forecast under the
second. Pure functions of an `Outlook`; nothing here has state of its own.

The gate only ever stands at the end of a chunk. Running dry *inside* a chunk that was let out is
an underrun; reaching the gate is a hold. So two things are asked of the time T at which a chunk
would begin to be heard:

- **safe**: T >= `need`, the earliest time from which the chunk's own blocks stay ahead of the
  playhead, but once in a thousand chunks or so. Nothing is let out that is not safe.
- **seamless**: no later chunk will be waited for, T >= need(j) - (audio between) for each chunk j
  that is known. Where this fails a hold is foreseen, and it goes to the strongest pause on the
  way there.

The least T that is seamless for all of them is the classic start-up delay of streaming over a
known arrival curve (max over j of arrival minus playout offset: Sen, Rexford, Towsley, "Proxy
Prefix Caching for Multimedia Streams", 1999); here arrivals are predicted from `Pace`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Final

from ..text.pace import Pace
from ..types import Boundary
from .prebuffer_outlook import ChunkOutlook, Outlook, SynthesisStage

LOOKAHEAD: Final = 32
"""Chunks that are looked at; bounds the cost of a decision."""
GUARD_S: Final = 0.02
"""From a block's arrival in main to the device: two processes and a pipe wake up."""
STALL_S: Final = 0.2
"""A source that is silent for so long is not waited for by policy `fixed`."""
COMMIT_S: Final = 0.5
"""A chunk that is still being made is let out only when it is this near: to decide later is to
know more, and its blocks come through main in any case."""
RATE_SIGMAS: Final = 3.3
"""Standard deviations of a chunk's own speed that a safe chunk withstands."""
SEAM_SIGMAS: Final = 1.5
"""Standard deviations of lateness that a seamless start withstands: a hold is no underrun."""
RESERVE_S: Final = 0.2
"""Kept in hand of a stream however even it has been: a busy machine stalls without warning."""
UNKNOWN_BLOCKS: Final = 2.0
"""Blocks in hand before a chunk is safe, of a voice that was not known to come in blocks."""
RETRY_S: Final = 0.01
"""The soonest that a decision asks to be taken again."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says about one outlook."""

    let_out: int
    """How many of the outlook's chunks may be played, those already let out included."""
    reevaluate_at: float | None = None
    """When time alone changes the verdict; None where only an event can."""


def count_let_out(outlook: Outlook) -> int:
    """How many chunks have been let out already: they are a prefix."""
    count = 0
    for chunk in outlook.chunks:
        if not chunk.let_out:
            break
        count += 1
    return count


def all_complete(outlook: Outlook) -> bool:
    """Whether all that is known is in the audio buffer."""
    return all(chunk.complete for chunk in outlook.chunks)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Start above one mark, hold at or below another, whatever the voice is like."""

    start_s: float = 2.0
    pause_s: float = 1.5

    def should_start(self, buffered_s: float, *, text_ended: bool = False) -> bool:
        return text_ended or buffered_s > self.start_s

    def should_pause(self, buffered_s: float, *, text_ended: bool = False) -> bool:
        return not text_ended and buffered_s <= self.pause_s

    def decide(self, outlook: Outlook) -> Verdict:
        """Let out all that is there while the marks allow it; at the end of text, everything."""
        already = count_let_out(outlook)
        ended, stalls_at = outlook.text_ended and all_complete(outlook), None
        if outlook.source_stalled_since is not None and all_complete(outlook):
            stalls_at = outlook.source_stalled_since + STALL_S
            ended = ended or outlook.now >= stalls_at
        if already:
            go_on = not self.should_pause(outlook.buffered_s, text_ended=ended)
        else:
            go_on = self.should_start(outlook.buffered_s, text_ended=ended)
        if not go_on:
            return Verdict(already, stalls_at)
        count = already
        for chunk in outlook.chunks[already:]:
            if not (chunk.complete or chunk.audio_s):
                break
            count += 1
        return Verdict(count)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a chunk's audio is expected, in seconds on the engine's clock."""

    first: float
    """When its first block is expected; -inf where audio of it is there."""
    done_at: float
    """When the worker is through with it."""
    need: float
    """The earliest safe time to begin to hear it; -inf where all of it has been made."""


def forecast_chunk(
    chunk: ChunkOutlook, pace: Pace, now: float, free_at: float, ahead: int
) -> Forecast:
    """Predict one chunk, at `pace` unless it has its own; the worker is free at `free_at`, having
    made `ahead` others by then."""
    if chunk.complete or chunk.stage is SynthesisStage.DONE:
        return Forecast(-inf, free_at, -inf)
    pace = chunk.pace or pace
    speech_s = max(chunk.expected_s - chunk.pause_s, 0.0)
    if chunk.blocks:
        return _forecast_stream(chunk, pace, now, speech_s)
    running = chunk.stage is SynthesisStage.RUNNING
    began = chunk.running_since if running else free_at
    made_s = _made_s(chunk)  # by a worker that died: it is made once more, and heard once
    first_s = min(speech_s, made_s + pace.block_s) if pace.block_s else speech_s
    first = _not_before(now, began + pace.latency_s + pace.real_time_factor * first_s)
    rest_s = speech_s - first_s
    done_at = first + pace.real_time_factor * rest_s
    need = first
    if rest_s > 0.0:
        even = done_at - rest_s + pace.block_jitter_s
        need = max(need, even + SEAM_SIGMAS * pace.rate_spread * rest_s)
    need += SEAM_SIGMAS * pace.spread_s * sqrt(ahead + 1) + GUARD_S
    return Forecast(first, done_at, need - made_s - chunk.pause_s)


def _forecast_stream(chunk: ChunkOutlook, pace: Pace, now: float, speech_s: float) -> Forecast:
    """Predict the rest of a chunk whose first blocks are there."""
    made_s = _made_s(chunk)
    block_s = made_s / chunk.blocks
    rest_s = max(speech_s - made_s, block_s)
    # Slower than the voice's jitter explains: the pace is wrong, and this chunk tells how much.
    took = chunk.last_block_at - chunk.running_since
    explained = pace.synthesis_s(made_s) + pace.jitter_s + pace.block_jitter_s
    slower = max(1.0, took / max(explained, 1e-3))
    rate = slower * pace.real_time_factor
    margin = max(RESERVE_S, slower * pace.block_jitter_s)
    if chunk.blocks > 2 and chunk.first_block_at and made_s:
        rate = max(rate, (chunk.last_block_at - chunk.first_block_at) / (made_s - block_s))
    if not pace.block_s:  # nothing is known of how evenly its blocks come
        margin = max(margin, UNKNOWN_BLOCKS * block_s)
    following = _not_before(now, chunk.last_block_at + rate * block_s)
    done_at = following + rate * (rest_s - block_s)
    late = done_at - (rest_s - block_s) + RATE_SIGMAS * pace.rate_spread * rest_s
    return Forecast(-inf, done_at, max(following, late) - chunk.audio_s + margin + GUARD_S)


def _not_before(now: float, predicted: float) -> float:
    """What is overdue takes the longer still the later it is already."""
    return predicted if predicted >= now else now + 0.5 * (now - predicted)


def _made_s(chunk: ChunkOutlook) -> float:
    """Seconds of its speech that are there."""
    return max(chunk.audio_s - chunk.pause_s, 0.0)


def _length_s(chunk: ChunkOutlook) -> float:
    return chunk.audio_s if chunk.complete else max(chunk.expected_s, chunk.audio_s)


def margin_s(outlook: Outlook, pace: Pace) -> float:
    """Seconds between the predicted first block of the next chunk to come and the moment it is
    needed; the audio left to hear where nothing is to come."""
    heard_s = sum(chunk.audio_s for chunk in outlook.chunks) - outlook.buffered_s
    needed_at = outlook.now - heard_s
    free_at = outlook.now
    for ahead, chunk in enumerate(outlook.chunks):
        forecast = forecast_chunk(chunk, pace, outlook.now, free_at, ahead)
        if not chunk.audio_s and not chunk.complete:
            return needed_at - max(forecast.first, outlook.now)
        free_at = forecast.done_at
        needed_at += _length_s(chunk)
    return needed_at - outlook.now


@dataclass(frozen=True, slots=True)
class Adaptive:
    """As early as the zero-gap invariant allows, by what has been learned of the voice."""

    patience_s: float = 4.0
    """How long a chunk that could be played is kept back for the sake of later ones."""

    def decide(
        self,
        outlook: Outlook,
        pace: Pace,
        before: Boundary | None,
        kept_back_since: float | None = None,
    ) -> Verdict:
        """Let out what is safe and seamless.

        `before` is what the last chunk let out ended with, None at the start of the speech;
        `kept_back_since` is since when the first chunk not let out could have been played.
        """
        already = count_let_out(outlook)
        chunks = outlook.chunks[: already + LOOKAHEAD]
        if already == len(chunks) or not (chunks[already].audio_s or chunks[already].complete):
            return Verdict(already)
        now = outlook.now
        heard_s = sum(chunk.audio_s for chunk in outlook.chunks) - outlook.buffered_s
        opens_at = max(now, now + sum(_length_s(c) for c in chunks[:already]) - heard_s)
        if not chunks[already].complete and opens_at - now > COMMIT_S:
            return Verdict(already, opens_at - COMMIT_S)
        earliest = _earliest(chunks, pace, now, already)
        if not already and heard_s > 0.0:
            # Nothing of them was heard: so much of a pause was never put in, the wait was it.
            earliest = [at + heard_s for at in earliest]
        waiting = opens_at - now <= 0.0 and before is not None
        patient_until = (now if kept_back_since is None else kept_back_since) + self.patience_s
        allowed, until = len(chunks), None
        if now < patient_until:
            ahead = chunks[already:]
            allowed, until = self._place_wait(ahead, earliest, before, opens_at, waiting)
            allowed += already
            until = None if until is None else min(until, patient_until)
        count, retry_at = _let_out_safe(chunks[:allowed], earliest, already, now, opens_at)
        times = [t for t in (until, retry_at) if t is not None]
        return Verdict(count, max(min(times), now + RETRY_S) if times else None)

    def _place_wait(
        self,
        chunks: Sequence[ChunkOutlook],
        earliest: list[float],
        before: Boundary | None,
        opens_at: float,
        waiting: bool,
    ) -> tuple[int, float | None]:
        """How many chunks come before the wait that is foreseen, and when it would be over."""
        late = next((k for k in range(1, len(chunks)) if earliest[k] > opens_at), None)
        if late is None:
            return len(chunks), None
        if before is None:
            until = max(earliest[1:])
            if until - max(opens_at, earliest[0]) <= self.patience_s:
                return 0, until
            before = Boundary.SENTENCE  # a hold is due in any case: begin, and take it later
        best, strongest = 0, before
        for k in range(1, late + 1):
            boundary = chunks[k - 1].boundary
            if boundary > strongest or (boundary == strongest and not (waiting and best == 0)):
                best, strongest = k, boundary
        return best, (None if best else earliest[late])


def _earliest(chunks: Sequence[ChunkOutlook], pace: Pace, now: float, already: int) -> list[float]:
    """For each chunk not let out: when the first of those may begin, for this one's sake."""
    free_at, ahead, offset_s = now, 0, 0.0
    earliest: list[float] = []
    for index, chunk in enumerate(chunks):
        forecast = forecast_chunk(chunk, pace, now, free_at, ahead)
        if forecast.need != -inf:
            free_at = forecast.done_at
            ahead += 1
        if index >= already:
            earliest.append(forecast.need - offset_s)
            offset_s += _length_s(chunk)
    return earliest


def _let_out_safe(
    chunks: Sequence[ChunkOutlook],
    earliest: list[float],
    already: int,
    now: float,
    opens_at: float,
) -> tuple[int, float | None]:
    """Let out chunks while each is safe; the second value is when the next one may become so."""
    count, starts_at = already, opens_at
    for chunk, safe_at in zip(chunks[already:], earliest, strict=False):
        if not chunk.complete:
            if not chunk.audio_s:
                break
            if starts_at - now > COMMIT_S:
                return count, starts_at - COMMIT_S
            if safe_at > opens_at:
                return count, safe_at - opens_at + starts_at
        count += 1
        starts_at += _length_s(chunk)
    return count, None
