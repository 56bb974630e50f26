"""Columns fit into any terminal."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from skaldcast.tui.console.columns import Column, fit, laid_out

COLUMNS = (Column("name", 6), Column("size", 4, right=True), Column("what it is", 5))
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Mn")), max_size=30)


def table(width: int, *rows: tuple[str, ...]) -> list[str]:
    widths = fit(COLUMNS, rows, width)
    return [laid_out(COLUMNS, widths, row) for row in rows]


def test_with_room_each_column_is_as_wide_as_its_texts():
    assert table(40, ("heart", "9", "calm and clear")) == ["heart     9  calm and clear"]


def test_without_room_the_last_columns_give_first():
    assert table(20, ("a long name", "9", "calm and clear")) == ["a long…     9  calm…"]


def test_what_has_no_room_at_all_is_left_out_from_the_end():
    assert table(12, ("heart", "9", "calm")) == ["heart     9"]
    assert table(5, ("a long name", "9", "calm")) == ["a lo…"]


@given(st.lists(st.tuples(texts, texts, texts), max_size=5), st.integers(1, 60))
def test_no_row_is_wider_than_the_terminal(rows: list[tuple[str, ...]], width: int):
    widths = fit(COLUMNS, rows, width)
    for row in rows:
        assert cell_len(laid_out(COLUMNS, widths, row)) <= width
