"""A chunk on its way through the model: its attempts, and what of them is given out. Plain.

While a chunk's turn to be heard has not come, what is made of it is kept back: nobody could hear
it yet, and a bad attempt can still be replaced. Once it is the first, what there is goes out, and
the attempt it came from is the one that counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..synthesizer import Samples
from .guard import AudioGuard, CodeGuard, Expectation, Fault, badness

_NEXT_SEED = 1_000_003


@dataclass(eq=False, slots=True)
class Attempt:
    """One try at a chunk."""

    seed: int
    audio_guard: AudioGuard
    code_guard: CodeGuard = field(default_factory=CodeGuard)
    faults: set[Fault] = field(default_factory=set[Fault])
    pieces: list[Samples] = field(default_factory=list[Samples])
    """Its audio so far."""
    complete: bool = False
    """All of its audio is there."""

    @property
    def frames(self) -> int:
        return sum(piece.size for piece in self.pieces)


class Take:
    """One chunk. `give` is called with its audio, in order, then once with None.

    `retries` more attempts are made where one is faulty and none of it has been given out.
    """

    def __init__(
        self,
        seed: int,
        expectation: Expectation,
        sample_rate: int,
        retries: int,
        give: Callable[[Samples | None], None],
        count: Callable[[str], None],
    ) -> None:
        """`count` is called with the name of each thing that a guard did."""
        self.expectation = expectation
        self.over = False
        self._sample_rate = sample_rate
        self._retries = retries
        self._give = give
        self._count = count
        self._seed = seed
        self._failed: list[Attempt] = []
        self._given = 0  # frames given out
        self.attempt = self._new_attempt()

    def _new_attempt(self) -> Attempt:
        seed = (self._seed + _NEXT_SEED * len(self._failed)) % 2**63
        return Attempt(seed, AudioGuard(self._sample_rate, self.expectation))

    @property
    def can_retry(self) -> bool:
        return self._given == 0 and len(self._failed) < self._retries

    def code(self, code: int) -> bool:
        """The next code of the attempt; true where it loops, and no more shall be made of it."""
        if not self.attempt.code_guard.push(code):
            return False
        self.attempt.faults.add(Fault.LOOP)
        return True

    def decoded(self, codes: int, *, stopped: bool) -> None:
        """No more codes come: the model stopped, or its budget was spent."""
        faults = self.attempt.faults
        if stopped and codes < self.expectation.least:
            faults.add(Fault.SHORT)
        elif not stopped and Fault.LOOP not in faults and not self.attempt.audio_guard.ended:
            faults.add(Fault.RUNAWAY)

    def audio(self, samples: Samples) -> bool:
        """More audio of the attempt; true where its speech is over, or it is of no use."""
        attempt, guard = self.attempt, self.attempt.audio_guard
        kept = guard.push(samples)
        if kept.size:
            attempt.pieces.append(kept)
        if guard.too_silent:
            attempt.faults.add(Fault.SILENCE)
        return guard.ended or (Fault.SILENCE in attempt.faults and self.can_retry)

    def completed(self) -> bool:
        """All audio of the attempt has come; true where another attempt is to be made, which is
        then `attempt`."""
        attempt = self.attempt
        rest = attempt.audio_guard.finish()
        if rest.size:
            attempt.pieces.append(rest)
        attempt.complete = True
        if attempt.audio_guard.cut_tail:
            self._count("tail")
        for fault in attempt.faults:
            self._count(fault.value)
        if attempt.faults and self.can_retry:
            self._count("retry")
            self._failed.append(attempt)
            self.attempt = self._new_attempt()
            return True
        if self._given == 0:
            self.attempt = min((*self._failed, attempt), key=self._badness)
        return False

    def _badness(self, attempt: Attempt) -> float:
        seconds = attempt.frames / self._sample_rate
        return badness(frozenset(attempt.faults), seconds, self.expectation.seconds)

    def let_out(self) -> None:
        """Give out what there is: it is this chunk's turn, or all of it is there."""
        if self.over:
            return
        skip = self._given
        for piece in self.attempt.pieces:
            if skip < piece.size:
                self._give(piece[skip:])
                self._given += piece.size - skip
            skip = max(0, skip - piece.size)
        if self.attempt.complete:
            self.end()

    def begin_again(self) -> None:
        """What was decoded of the attempt is lost; it is made once more from the same seed, and
        what had been given out is not given again."""
        seed = self.attempt.seed
        self.attempt = Attempt(seed, AudioGuard(self._sample_rate, self.expectation))

    def end(self) -> None:
        """Nothing more is given. Idempotent."""
        if not self.over:
            self.over = True
            self._failed.clear()
            self._give(None)


def joined(pieces: list[Samples]) -> Samples:
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
