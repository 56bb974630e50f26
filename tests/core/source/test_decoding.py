"""Bytes in any pieces to characters."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.source.decoding import TextDecoder


def decode(*pieces: bytes) -> tuple[str, int]:
    decoder = TextDecoder()
    text = "".join(decoder.decode(piece) for piece in pieces) + decoder.decode(b"", final=True)
    return text, decoder.left_out


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(text=st.text(), places=st.lists(st.integers(0, 1000), max_size=8))
def test_utf_8_comes_out_as_it_went_in_however_it_is_cut(text: str, places: list[int]):
    expected = text.replace("\ufffd", "").removeprefix("\ufeff")
    data = text.encode()
    assert decode(*cut(data, places))[0] == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@given(text=st.text(), places=st.lists(st.integers(0, 1000), max_size=8))
def test_a_byte_order_mark_tells_the_encoding(encoding: str, text: str, places: list[int]):
    text = text.replace("\ufffd", "")
    assert decode(*cut(text.encode(encoding), places)) == (text, 0)


def test_a_big_endian_mark_is_understood_too():
    assert decode(b"\xfe\xff\x00h\x00i") == ("hi", 0)


def test_what_is_no_utf_8_is_left_out_and_counted():
    assert decode(b"two \xff\xfe three") == ("two  three", 2)


def test_a_character_cut_off_at_the_end_is_left_out_and_counted():
    assert decode(b"caf", b"\xc3") == ("caf", 1)


def test_text_is_given_out_before_more_comes():
    decoder = TextDecoder()
    assert decoder.decode(b"H") == "H"


@given(data=st.binary(max_size=64), places=st.lists(st.integers(0, 100), max_size=8))
def test_any_bytes_give_the_same_text_however_they_are_cut(data: bytes, places: list[int]):
    assert decode(*cut(data, places))[0] == decode(data)[0]
