"""The script parser as a whole: what depends on how text comes, what is lost, what is held."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.script.parser import ScriptParser

from .reading import joined, known, pieces_of

PIECES = [
    "*", "**", "***", "_", "[", "]", "[[", "]]", "(", ")", "((", "))", "<", ">", "<!--", "-->",
    "<br>", "\\", "`", "```", "```json", "~~", "!", "![", "](", "http://a.b/c_d", '"', "“", "”",
    "„", "«", "»", "'", "’", "\n", "\n\n", "\n---\n", "\n# ", "\n- ", "\n1. ", "\n> ", "\n|",
    "\n//", " ", "  ", "\t", ":", ",", ".", "?", "…", "—", "Strahd", "Ireena", "the Count",
    "Guard", "Note",
    "[Strahd] ", "[pause 1.5]", "[pause]", "[slow]", "[/slow]", "[fast]", "[door slams]", "[1]",
    "Strahd: ", '\nStrahd: "', "\n**Strahd:** ", "\nGuard: Halt!", ' said Strahd', " he said", ',"',
    "Strahd smiled. ", "Come in", "and then", "*smiles*", "*He bows.*", "(softly)", "12:30",
    "2 * 3", "🐉", "é", "日本", "7", "#", "=", "-", "\r\n",
]  # fmt: skip
wild = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
texts = st.one_of(wild, st.text(max_size=200))
speakers = st.sampled_from([None, "Strahd"])


@settings(max_examples=300)
@given(st.data(), texts, st.booleans(), speakers)
def test_any_way_of_cutting_the_input_gives_the_same_pieces(
    data: st.DataObject, text: str, quotes: bool, speaker: str | None
):
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    whole = pieces_of(text, quotes=quotes, speaker=speaker)
    for ends in (cuts, range(len(text))):
        assert pieces_of(text, ends, quotes=quotes, speaker=speaker) == whole


@pytest.mark.parametrize("seed", range(40))
def test_a_long_wild_text_gives_the_same_pieces_however_it_is_cut(seed: int):
    dice = random.Random(seed)
    few = dice.sample(PIECES, dice.randint(3, len(PIECES)))
    text = "".join(dice.choices(few, k=400))
    whole = pieces_of(text)
    for ends in (dice.sample(range(len(text)), min(40, len(text))), range(len(text))):
        assert pieces_of(text, ends) == whole


@given(texts, st.booleans(), speakers)
def test_pieces_are_runs_of_the_text_in_its_order(text: str, quotes: bool, speaker: str | None):
    end = 0
    for piece in pieces_of(text, quotes=quotes, speaker=speaker):
        assert piece.start >= end
        end = piece.start + len(piece.text)
        assert piece.text == text[piece.start : end]


@given(st.data(), texts)
def test_what_is_released_early_stays_in_order_and_is_said_once(data: st.DataObject, text: str):
    parser = ScriptParser(characters=known, quotes=True)
    pieces = []
    for character in text:
        pieces += parser.push(character)
        if data.draw(st.booleans()):
            pieces += parser.release()
            assert not parser.holds
    end = 0
    for piece in joined(pieces + parser.finish()):
        assert piece.start >= end
        end = piece.start + len(piece.text)
        assert piece.text == text[piece.start : end]
