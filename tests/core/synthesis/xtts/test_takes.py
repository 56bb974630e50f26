"""A chunk is tried again while nobody has heard of it, and its best try is what is heard."""

from collections import Counter

import numpy as np

from skaldcast.core.synthesis.synthesizer import Samples
from skaldcast.core.synthesis.xtts.guard import Expectation
from skaldcast.core.synthesis.xtts.takes import Take, joined

RATE = 1000
EXPECTED = Expectation(seconds=2.0, budget=120, least=12)


class Listener:
    """Hears a take."""

    def __init__(self, retries: int = 2) -> None:
        self.pieces: list[Samples] = []
        self.ended = False
        self.counts: Counter[str] = Counter()
        self.take = Take(7, EXPECTED, RATE, retries, self._hear, self._count)

    def _hear(self, piece: Samples | None) -> None:
        assert not self.ended
        if piece is None:
            self.ended = True
        else:
            self.pieces.append(piece)

    def _count(self, name: str) -> None:
        self.counts[name] += 1

    @property
    def heard(self) -> Samples:
        return joined(self.pieces)

    def attempt(self, seconds: float, codes: int, *, stopped: bool = True) -> bool:
        """A whole attempt; whether another one is wanted."""
        for code in range(codes):
            self.take.code(code)
        self.take.decoded(codes, stopped=stopped)
        self.take.audio(tone(seconds))
        return self.take.completed()


def tone(seconds: float) -> Samples:
    return np.full(round(seconds * RATE), 0.1, np.float32)


def test_a_good_attempt_is_given_out_whole_once_it_is_complete() -> None:
    one = Listener()

    assert not one.attempt(2.0, 43)
    assert not one.ended
    one.take.let_out()

    assert (one.heard.size, one.ended, one.counts) == (2000, True, Counter())


def test_audio_is_kept_back_until_it_is_the_chunks_turn() -> None:
    one = Listener()
    one.take.audio(tone(0.5))
    assert one.heard.size == 0

    one.take.let_out()
    assert one.heard.size == 500

    one.take.audio(tone(0.25))
    one.take.let_out()
    assert (one.heard.size, one.ended) == (750, False)


def test_an_attempt_that_runs_away_is_made_again_from_another_seed() -> None:
    one = Listener()
    first = one.take.attempt.seed

    assert one.attempt(6.0, 120, stopped=False)

    assert one.take.attempt.seed != first
    assert not one.attempt(2.0, 43)
    one.take.let_out()
    assert one.heard.size == 2000
    assert one.counts == {"runaway": 1, "retry": 1}


def test_an_attempt_that_stops_long_before_its_text_could_be_over_is_made_again() -> None:
    one = Listener()

    assert one.attempt(0.2, 4)
    assert one.counts == {"short": 1, "retry": 1}


def test_after_its_retries_the_best_attempt_is_heard() -> None:
    one = Listener(retries=2)

    assert one.attempt(6.0, 120, stopped=False)
    assert one.attempt(4.5, 120, stopped=False)
    assert not one.attempt(5.0, 120, stopped=False)
    one.take.let_out()

    assert one.heard.size == 4500
    assert one.ended


def test_once_something_was_given_out_it_is_not_made_again() -> None:
    one = Listener()
    one.take.audio(tone(0.5))
    one.take.let_out()

    assert not one.attempt(5.0, 120, stopped=False)
    one.take.let_out()

    assert one.heard.size == 5500
    assert one.counts == {"runaway": 1}


def test_without_retries_a_faulty_attempt_is_heard() -> None:
    one = Listener(retries=0)

    assert not one.attempt(5.0, 120, stopped=False)


def test_a_loop_ends_the_attempt() -> None:
    one = Listener()
    ended = [one.take.code(5) for _ in range(40)]

    assert ended.index(True) == 31
    one.take.decoded(32, stopped=False)
    assert one.take.completed()
    assert one.counts == {"loop": 1, "retry": 1}


def test_after_a_loss_the_same_attempt_begins_again_and_nothing_is_heard_twice() -> None:
    one = Listener()
    seed = one.take.attempt.seed
    one.take.audio(tone(0.5))
    one.take.let_out()

    one.take.begin_again()
    assert one.take.attempt.seed == seed
    one.take.audio(tone(0.3))
    one.take.let_out()
    one.take.audio(tone(1.7))
    one.take.decoded(43, stopped=True)
    assert not one.take.completed()
    one.take.let_out()

    assert one.heard.size == 2000


def test_a_tail_that_was_cut_off_is_counted_and_no_reason_to_try_again() -> None:
    one = Listener()
    babble = np.concatenate([tone(2.4), np.zeros(500, np.float32), tone(2.0)])

    assert one.take.audio(babble)
    assert not one.take.completed()
    one.take.let_out()

    assert one.heard.size == 2900
    assert one.counts == {"tail": 1}


def test_what_has_ended_gives_nothing_more() -> None:
    one = Listener()
    one.take.audio(tone(0.5))
    one.take.end()
    one.take.end()
    one.take.let_out()

    assert (one.heard.size, one.ended) == (0, True)
