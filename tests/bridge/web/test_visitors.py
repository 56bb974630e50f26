"""Who is let go, and who is not."""

from collections.abc import Collection
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.bridge.web.visitors import Stay, Visitors

LOOKS = 3


class Pipe:
    """A connection, and what waits for it."""

    def __init__(self) -> None:
        self.waiting = 0
        self.broken_off = False

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.broken_off = True


class Bench:
    def __init__(self) -> None:
        self.visitors = Visitors(LOOKS)
        self.gone: list[str] = []

    def pipe(self) -> Pipe:
        pipe = Pipe()
        self.visitors.answer(pipe)
        return pipe

    def stay(self, token: str) -> Stay:
        stay = Stay(token, lambda: self.gone.append(token))
        self.visitors.enter(stay)
        return stay

    def look(self, in_force: Collection[str] | None = None) -> None:
        self.visitors.look(in_force)


def test_who_takes_nothing_is_broken_off_and_nobody_else():
    bench = Bench()
    stuck, idle, reading = bench.pipe(), bench.pipe(), bench.pipe()
    for look in range(LOOKS + 1):
        assert not stuck.broken_off
        stuck.waiting, reading.waiting = 1_000 + look, 1_000 - look
        bench.look()
    assert stuck.broken_off
    assert [idle.broken_off, reading.broken_off] == [False, False]


@given(st.lists(st.integers(0, 5), max_size=30))
def test_it_takes_so_many_looks_in_a_row(sizes: list[int]):
    bench = Bench()
    pipe = bench.pipe()
    for size in sizes:
        pipe.waiting = size
        bench.look()
    took_nothing = "".join(str(int(0 < before <= now)) for before, now in pairwise(sizes))
    assert pipe.broken_off == ("1" * LOOKS in took_nothing)


def test_a_connection_that_asks_again_is_no_other():
    bench = Bench()
    pipe = bench.pipe()
    pipe.waiting = 1
    for _ in range(LOOKS + 1):
        bench.visitors.answer(pipe)
        bench.look()
    assert pipe.broken_off


def test_what_is_open_ends_once_with_its_token():
    bench = Bench()
    for token in ("a", "b", "a"):
        bench.stay(token)
    bench.look({"a", "b"})
    assert bench.gone == []
    bench.look({"b"})
    bench.look({"b"})
    assert bench.gone == ["a", "a"]


def test_tokens_that_cannot_be_read_send_nobody_away():
    bench = Bench()
    bench.stay("a")
    bench.look(None)
    assert bench.gone == []


def test_who_has_left_is_not_ended_any_more():
    bench = Bench()
    left, over = bench.stay("a"), bench.stay("b")
    over.is_over = lambda: True
    bench.visitors.leave(left)
    bench.look({"a", "b"})
    assert not bench.visitors.any_by_token
    bench.look(set())
    assert bench.gone == []


def test_at_the_end_all_are_broken_off():
    bench = Bench()
    pipe = bench.pipe()
    bench.visitors.close()
    assert pipe.broken_off
