"""What nobody can have typed is a paste."""

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key

from skaldcast.tui.console.typed_flood import TypedFlood

MUCH = "The gate stood open.\n\n" * 200


def key(character: str) -> Key:
    return Key("enter", "\r") if character == "\n" else Key(character, character)


def typed(flood: TypedFlood, text: str, per_s: float) -> str:
    """The keys that stay keys."""
    return "".join(
        character
        for number, character in enumerate(text)
        if not flood.keeps(key(character), number / per_s)
    )


@given(st.text("ab\n", max_size=1_000), st.floats(1.0, 1e6))
def test_a_thousand_keys_stay_keys_however_fast_they_come(text: str, per_s: float):
    assert typed(TypedFlood(), text, per_s) == text


def test_a_key_that_is_held_down_stays_a_key():
    assert typed(TypedFlood(), "j" * 20_000, 150.0) == "j" * 20_000


@given(st.text("ab\n", min_size=1_000, max_size=3_000))
def test_of_a_flood_nothing_is_lost_and_the_order_stays(text: str):
    flood = TypedFlood()
    assert typed(flood, text, 1e6) + flood.give() == text
    assert not flood.is_kept


def test_a_key_that_is_no_text_stays_a_key_in_the_middle_of_a_flood():
    flood = TypedFlood()
    typed(flood, MUCH, 1e6)
    assert flood.is_kept
    assert not flood.keeps(Key("f8", None), 1.0)
    assert not flood.keeps(Key("ctrl+q", "\x11"), 1.0)


def test_after_a_pause_one_types_again():
    flood = TypedFlood()
    typed(flood, MUCH * 50, 1e6)
    assert not flood.keeps(key("a"), 1.0)
    assert flood.quiet_s(2.0) == 1.0
