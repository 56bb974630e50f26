"""Which chunk gets the model next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import StateError
from skaldcast.core.synthesis.queue import SynthesisQueue
from skaldcast.core.types import Priority

ITEMS = st.lists(st.sampled_from(Priority), max_size=20)


def filled(*priorities: Priority) -> SynthesisQueue[int]:
    queue = SynthesisQueue[int]()
    for number, priority in enumerate(priorities):
        queue.push(priority, number)
    return queue


def emptied(queue: SynthesisQueue[int]) -> list[int]:
    return [item for item in iter(queue.pop, None) if item is not None]


@given(ITEMS)
def test_the_urgent_go_first_and_else_those_that_came_first(priorities: list[Priority]):
    queue = filled(*priorities)
    numbers = sorted(range(len(priorities)), key=lambda n: (priorities[n], n))
    assert list(queue) == numbers
    assert len(queue) == len(numbers)
    assert emptied(queue) == numbers
    assert len(queue) == 0


def test_the_next_one_can_be_looked_at():
    queue = filled(Priority.DEMAND, Priority.INTERRUPT)
    assert (queue.peek(), len(queue)) == (1, 2)
    assert SynthesisQueue[int]().peek() is None


def test_an_empty_queue_gives_nothing():
    assert SynthesisQueue[int]().pop() is None


def test_a_full_queue_takes_nothing_and_is_not_changed():
    queue = SynthesisQueue[str](2)
    queue.push(Priority.DEMAND, "a")
    assert queue.room == 1
    queue.push(Priority.DEMAND, "b")
    assert queue.room == 0
    with pytest.raises(StateError, match="full"):
        queue.push(Priority.INTERRUPT, "c")
    assert list(queue) == ["a", "b"]


def test_a_queue_needs_a_place_at_least():
    with pytest.raises(ValueError, match="capacity"):
        SynthesisQueue[int](0)


def test_what_comes_back_goes_first_of_its_priority_even_when_the_queue_is_full():
    queue = SynthesisQueue[str](2)
    for item in "ab":
        queue.push(Priority.DEMAND, item)
    queue.push_back(Priority.DEMAND, "again")
    queue.push_back(Priority.INTERRUPT, "urgent")
    assert list(queue) == ["urgent", "again", "a", "b"]
    assert queue.room == 0


def test_what_comes_back_into_an_empty_queue_goes_before_what_follows():
    queue = SynthesisQueue[str]()
    queue.push_back(Priority.DEMAND, "again")
    queue.push(Priority.DEMAND, "next")
    assert list(queue) == ["again", "next"]


def test_items_of_a_passed_epoch_are_not_given_out():
    queue = filled(Priority.INTERRUPT, Priority.DEMAND)
    queue.raise_epoch()
    queue.push(Priority.PREFETCH, 7)
    assert len(queue) == 1
    assert list(queue) == [7]
    assert emptied(queue) == [7]


def test_items_of_a_passed_epoch_take_no_place():
    queue = SynthesisQueue[int](2)
    for _ in range(5):
        queue.push(Priority.DEMAND, 1)
        queue.push(Priority.DEMAND, 2)
        queue.raise_epoch()
        assert queue.room == 2
    assert queue.pop() is None


@given(ITEMS, st.sets(st.integers(0, 20)))
def test_what_nobody_wants_is_taken_out_and_the_rest_keeps_its_order(
    priorities: list[Priority], unwanted: set[int]
):
    queue = filled(*priorities)
    before = list(queue)
    queue.drop(lambda number: number in unwanted)
    assert emptied(queue) == [number for number in before if number not in unwanted]
