"""What has been learned of a voice: how fast it speaks, how fast it is made, how evenly."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from math import isfinite, sqrt
from typing import Any, Final, cast

from ..text.pace import Pace
from .synthesizer import SpeedHint

FORMAT: Final = 1
"""Version of the stored form; another one is not read."""
WINDOW: Final = 64
"""Chunks that are remembered: some five minutes of speech."""
FORGETTING: Final = 0.95
"""What a chunk weighs in the fit when one more has come: half after 14."""
CLIP: Final = 3.0
"""Standard deviations at which an outlier is cut off in the fit."""
ONCE_IN_A_THOUSAND: Final = 3.3
"""Standard deviations; a longer tail is met by what was seen of it."""
TAIL: Final = 1.5
"""By how much the worst in a thousand exceeds the worst in `WINDOW`: judgement."""
LONE: Final = 3.0
"""Worse than so often the second worst is one stall (a suspended laptop, a stopped process), which
tells nothing of the voice until it repeats."""
SEED_CHUNKS: Final = 4.0
"""How many chunks the assumed spread weighs."""
SEED_CHARACTERS: Final = 40.0
"""How many characters of speech the assumed speaking rate weighs."""


@dataclass(frozen=True, slots=True)
class Observation:
    """How one chunk was made; `SynthesisTimer` takes it."""

    characters: int
    """Characters of its text, outer whitespace not counted."""
    audio_s: float
    """Seconds of speech, pauses that the engine adds not counted."""
    first_block_s: float
    """Seconds from its being taken by the worker to its first block."""
    synthesis_s: float
    """Seconds from its being taken by the worker to its last block."""
    block_s: float = 0.0
    """Seconds of audio in its first block; 0 where the whole chunk came at once."""
    block_late_s: float = 0.0
    """The most that a block came later than an even stream from the first to the last."""

    @property
    def plausible(self) -> bool:
        """Whether there is something to learn from it."""
        values = (self.audio_s, self.synthesis_s, self.first_block_s, self.block_s)
        return (
            all(isfinite(value) and value >= 0.0 for value in (*values, self.block_late_s))
            and self.characters > 0
            and self.audio_s > 0.0
            and self.first_block_s <= self.synthesis_s
            and self.block_s <= self.audio_s
        )


class SynthesisTimer:
    """Times the making of one chunk: `block` at each block's arrival, then `observation`."""

    def __init__(self, taken_at: float) -> None:
        self._taken_at = taken_at
        self._arrivals: list[tuple[float, float]] = []  # when, and the seconds of audio before it
        self._audio_s = 0.0

    def block(self, now: float, audio_s: float) -> None:
        """A block of `audio_s` seconds has come."""
        self._arrivals.append((now, self._audio_s))
        self._audio_s += audio_s

    def observation(self, characters: int) -> Observation | None:
        """What was seen of a chunk of so many characters; None where no audio came."""
        if not self._arrivals or self._audio_s <= 0.0:
            return None
        (first_at, _), (last_at, audio_before_last) = self._arrivals[0], self._arrivals[-1]
        late_s = 0.0
        if audio_before_last > 0.0:
            rate = (last_at - first_at) / audio_before_last
            late_s = max(when - first_at - rate * before for when, before in self._arrivals)
        return Observation(
            characters=characters,
            audio_s=self._audio_s,
            first_block_s=first_at - self._taken_at,
            synthesis_s=last_at - self._taken_at,
            block_s=self._arrivals[1][1] if len(self._arrivals) > 1 else 0.0,
            block_late_s=max(0.0, late_s),
        )


class VoiceProfile:
    """Learns a voice's `Pace` from the chunks it makes, seeded by a hint or the defaults.

    Speeds are fitted to the last `WINDOW` chunks, the recent ones weighing more and outliers cut
    off; jitter is what those chunks' lateness was, a single stall left out. A few microseconds for
    each chunk, some 0.3 ms for `pace` after one. Not thread-safe: it belongs to one owner.
    """

    def __init__(self, voice: str, hint: SpeedHint | None = None) -> None:
        self.voice = voice
        """The voice's spec, ``SYNTHESIZER:NAME``."""
        self.observed = 0
        """Chunks learned from, those forgotten included."""
        self._seed = _seed(hint)
        self._recent: deque[Observation] = deque(maxlen=WINDOW)
        self._block_s = self._seed.block_s
        self._pace: Pace | None = self._seed

    def observe(self, observation: Observation) -> None:
        """Learn from a chunk; one without sound or with impossible times is passed over."""
        if not observation.plausible:
            return
        self.observed += 1
        self._recent.append(observation)
        if observation.block_s > 0.0:
            self._block_s = observation.block_s
        elif observation.audio_s > 1.5 * self._block_s:
            self._block_s = 0.0
        self._pace = None

    def pace(self) -> Pace:
        """What is predicted of the next chunks."""
        if self._pace is None:
            self._pace = self._learn()
        return self._pace

    def to_dict(self) -> dict[str, object]:
        """All there is to keep, as JSON values."""
        return {
            "format": FORMAT,
            "voice": self.voice,
            "observed": self.observed,
            "block_s": self._block_s,
            "fields": [field.name for field in fields(Observation)],
            "recent": [[round(v, 5) for v in astuple(o)] for o in self._recent],
        }

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], voice: str, hint: SpeedHint | None = None
    ) -> "VoiceProfile":
        """The profile that `to_dict` gave; raises `ValueError` where `data` is none of `voice`."""
        try:
            if data["format"] != FORMAT or data["voice"] != voice:
                raise ValueError(f"not a profile of {voice} in format {FORMAT}")
            profile = cls(voice, hint)
            for row in cast("Sequence[Sequence[Any]]", data["recent"]):
                profile.observe(Observation(**dict(zip(data["fields"], row, strict=True))))
            profile.observed = int(data["observed"])
            profile._block_s = float(data["block_s"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"broken: {error!r}") from error
        return profile

    def _learn(self) -> Pace:
        chunks = list(self._recent)
        weights = [FORGETTING**age for age in range(len(chunks) - 1, -1, -1)]
        latency_s, rate = self._fit_line(chunks, weights)
        streamed = [o for o in chunks if o.block_s > 0.0]
        heads = [
            o.first_block_s - latency_s - rate * (o.block_s or o.audio_s)
            for o in streamed or chunks
        ]
        rates = [
            (o.synthesis_s - o.first_block_s) / (o.audio_s - o.block_s) - rate
            for o in streamed
            if o.audio_s > 2.0 * o.block_s
        ]
        late = [o.block_late_s for o in streamed]
        # A voice slower than was assumed is assumed less even, too.
        seed = self._seed
        slower = max(1.0, (latency_s + 3.0 * rate) / seed.synthesis_s(3.0))
        head_s = seed.spread_s * slower
        late_s = seed.block_jitter_s * min(slower, 2.0) / ONCE_IN_A_THOUSAND
        uneven = max(seed.rate_spread, 0.1 * rate)
        heads, late, rates = _usual(heads, head_s), _usual(late, late_s), _usual(rates, uneven)
        spread_s = _spread(heads, head_s)
        return Pace(
            seconds_per_character=self._fit_rate(chunks, weights),
            latency_s=latency_s,
            real_time_factor=rate,
            jitter_s=_rare(heads, spread_s),
            block_s=self._block_s,
            spread_s=spread_s,
            block_jitter_s=_rare(late, _spread(late, late_s)),
            rate_spread=_rare(rates, _spread(rates, uneven)) / ONCE_IN_A_THOUSAND,
        )

    def _fit_rate(self, chunks: Sequence[Observation], weights: Sequence[float]) -> float:
        """Seconds per character: a ratio of sums, then again with outliers cut off."""
        ratio = self._seed.seconds_per_character
        for low, high in ((0.0, 1e9), (0.6, 1.6)):
            speech_s = SEED_CHARACTERS * self._seed.seconds_per_character
            characters = SEED_CHARACTERS
            for weight, o in zip(weights, chunks, strict=True):
                expected_s = ratio * o.characters
                speech_s += weight * min(max(o.audio_s, low * expected_s), high * expected_s)
                characters += weight * o.characters
            ratio = speech_s / characters
        return ratio

    def _fit_line(
        self, chunks: Sequence[Observation], weights: Sequence[float]
    ) -> tuple[float, float]:
        """Latency and real-time factor: least squares, then again with outliers cut off."""
        points = [(w, o.audio_s, o.synthesis_s) for w, o in zip(weights, chunks, strict=True)]
        points += [
            (w, o.block_s, o.first_block_s)
            for w, o in zip(weights, chunks, strict=True)
            if o.block_s > 0.0
        ]
        fit = _line(points + self._seed_points(points))
        if len(chunks) >= SEED_CHUNKS:
            for _ in range(2):
                off = [y - fit[0] - fit[1] * x for _, x, y in points]
                usual = _median([(abs(v), w) for v, (w, _, _) in zip(off, points, strict=True)])
                reach = CLIP * 1.4826 * usual + 1e-4
                clipped = [
                    (w, x, y - v + min(max(v, -reach), reach))
                    for (w, x, y), v in zip(points, off, strict=True)
                ]
                fit = _line(clipped + self._seed_points(clipped))
        return fit

    def _seed_points(
        self, points: Iterable[tuple[float, float, float]]
    ) -> list[tuple[float, float, float]]:
        """The seed's line, scaled to what was measured, as two weak observations: so one chunk
        tells how wrong the seed is, and lengths that never vary leave the line determined."""
        latency_s, rate = self._seed.latency_s, self._seed.real_time_factor
        took = sum(w * y for w, _, y in points)
        predicted = sum(w * (latency_s + rate * x) for w, x, _ in points)
        factor = took / predicted
        return [(0.1, x, factor * (latency_s + rate * x)) for x in (0.0, 6.0)]


def _seed(hint: SpeedHint | None) -> Pace:
    default = Pace()
    if hint is None:
        return default
    return Pace(
        seconds_per_character=hint.seconds_per_character or default.seconds_per_character,
        latency_s=max(hint.latency_s, 1e-4),
        real_time_factor=max(hint.real_time_factor, 1e-4),
        block_s=hint.block_s,
        jitter_s=max(default.jitter_s, ONCE_IN_A_THOUSAND * 0.1 * hint.latency_s),
        spread_s=max(default.spread_s, 0.1 * hint.latency_s),
        rate_spread=0.05,
    )


def _line(points: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Offset and slope, neither negative, by weighted least squares over (weight, x, y)."""
    sw = sx = sy = sxx = sxy = 0.0
    for w, x, y in points:
        sw += w
        sx += w * x
        sy += w * y
        sxx += w * x * x
        sxy += w * x * y
    slope = (sw * sxy - sx * sy) / (sw * sxx - sx * sx)
    offset = (sy - slope * sx) / sw
    if offset < 0.0:
        return 0.0, sxy / sxx
    if slope < 0.0:
        return sy / sw, 0.0
    return offset, slope


def _median(weighted: Iterable[tuple[float, float]]) -> float:
    """Of (value, weight): half of the weight lies at or below it. Weighted, so that a voice whose
    speed has changed is no outlier for long."""
    ordered = sorted(weighted)
    half = 0.5 * sum(weight for _, weight in ordered)
    for value, weight in ordered:
        half -= weight
        if half <= 0.0:
            return value
    return ordered[-1][0]


def _usual(values: Sequence[float], assumed: float) -> list[float]:
    """`values`, the worst of them cut back where nothing like it was seen a second time."""
    second = max(sorted(values)[-2:-1], default=0.0)
    reach = max(LONE * second, assumed)
    return [min(value, reach) for value in values]


def _spread(values: Sequence[float], assumed: float) -> float:
    """Root mean square, with `assumed` standing in for a few values."""
    squares = sum(v * v for v in values) + SEED_CHUNKS * assumed * assumed
    return sqrt(squares / (len(values) + SEED_CHUNKS))


def _rare(values: Sequence[float], spread: float) -> float:
    """What is exceeded once in a thousand times."""
    return max(ONCE_IN_A_THOUSAND * spread, TAIL * max(values, default=0.0))
