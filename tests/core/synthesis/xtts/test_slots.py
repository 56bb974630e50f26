"""The chunk that is heard first gets a slot first."""

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.xtts.slots import SlotBoard


def board(*orders: int) -> SlotBoard[str]:
    made: SlotBoard[str] = SlotBoard()
    for n, order in enumerate(orders):
        made.submit(f"{order}.{n}", order)
    return made


def all_of(one: SlotBoard[str]) -> list[str]:
    found: list[str] = []
    while (item := one.next()) is not None:
        found.append(item)
    return found


@given(st.lists(st.integers(0, 9)))
def test_slots_are_given_by_order_and_then_by_arrival(orders: list[int]) -> None:
    expected = sorted(
        (f"{order}.{n}" for n, order in enumerate(orders)), key=lambda item: int(item[0])
    )
    assert all_of(board(*orders)) == expected


def test_one_that_cuts_in_goes_before_those_that_wait() -> None:
    one = board(5, 6)
    one.submit("now", 1)

    assert one.next() == "now"


def test_one_that_is_withdrawn_gets_none() -> None:
    one = board(1, 2)
    one.withdraw("1.0")
    one.withdraw("1.0")

    assert all_of(one) == ["2.1"]
    assert len(one) == 1


def test_one_that_has_a_slot_is_still_the_first_until_it_is_over() -> None:
    one = board(1, 2)
    assert one.next() == "1.0"
    assert (one.first, one.waiting, one.is_waiting("1.0")) == ("1.0", 1, False)

    one.withdraw("1.0")

    assert (one.first, one.in_order()) == ("2.1", ["2.1"])


def test_one_that_is_tried_again_waits_at_its_old_place() -> None:
    one = board(3, 4)
    assert one.next() == "3.0"
    one.submit("3.0", 3)

    assert all_of(one) == ["3.0", "4.1"]
    assert len(one) == 2


def test_one_that_waits_twice_gets_one_slot() -> None:
    one = board(1)
    one.submit("1.0", 1)

    assert (one.waiting, all_of(one)) == (1, ["1.0"])


def test_an_empty_board_has_no_first() -> None:
    assert (board().first, board().next(), len(board())) == (None, None, 0)
