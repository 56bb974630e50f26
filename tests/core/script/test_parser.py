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
    "STRAHD\n",
    "Strahd: ", '\nStrahd: "', "\n**Strahd:** ", "\nGuard: Halt!", ' said Strahd', " he said", ',"',
    "Strahd smiled. ", "Come in", "and then",
    "*smiles*", "*He bows.*", "(softly)", "12:30",
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


def released(text: str, **settings: object) -> str:
    """What is given out of a text that stalls."""
    parser = ScriptParser(characters=known, quotes=True, **settings)  # type: ignore[arg-type]
    return "".join(piece.text for piece in parser.push(text) + parser.release())


@pytest.mark.parametrize(
    "text",
    [
        "Strahd",
        "The old",
        '"Come in',
        '"Come in," said the',
        "19",
        "Hello. *He",
        "[Strahd] *He bows",
    ],
)
def test_words_that_are_held_in_doubt_go_when_the_source_stalls(text: str):
    words = text.removeprefix("[Strahd] ").replace("*", "")
    assert released(text).strip() == words


@pytest.mark.parametrize(
    "text",
    ["[door sl", "[[note", "((ooc", "<!-- note", "<b", "```json\n{", "*", "- "],
)
def test_what_is_likely_not_spoken_stays_when_the_source_stalls(text: str):
    assert released(f"It was so.\n{text}") == "It was so.\n"


def test_a_comment_that_was_open_when_the_source_stalled_is_not_spoken():
    parser = ScriptParser()
    pieces = parser.push("a <!-- b") + parser.release() + parser.push(" c --") + parser.push("> d")
    assert "".join(piece.text for piece in pieces + parser.finish()) == "a  d"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The old road climbed out of the val", 0),
        ("The old road, it is told, climbed. It", 0),
        ("Once", 4),
        ("Strahd said, ", 0),
        ('Strahd said, "Come', 0),
        ("He was *very", 0),
        ("It is 12:30 and (as they say", 0),
        ("Once the gate was [so", 3),
    ],
)
def test_prose_is_held_back_only_where_it_may_be_markup(text: str, held: int):
    parser = ScriptParser(characters=known, quotes=True)
    pieces = parser.push(text)
    assert len(text) - held == sum(len(piece.text) for piece in pieces) + text.count("*")
    assert parser.holds == (held > 0)


@pytest.mark.parametrize("mark", ["*", "[", "(", "_", "<", '"', "`", "<!--", "[[", "((", "!["])
def test_what_never_closes_is_held_up_to_a_bound(mark: str):
    parser = ScriptParser(characters=known, quotes=True, speaker="Strahd")
    given = sum(len(piece.text) for piece in parser.push(f"a {mark}" + "word " * 1000))
    assert given > 900


@pytest.mark.parametrize(
    "unit",
    ["*", "[", "(", "_", "<", '"', "`", "~", "!", "![", "[](", "<!--", "```\n", "> ", "- ",
     "#",
     "\n", " ", "\\", "[a", '"a ', "*a ", "((a", "[[a ", "“", "A: ", "**A", "1. ", "Strahd ",
     "a\n\"b"],
)  # fmt: skip
def test_hostile_text_takes_bounded_memory(unit: str):
    parser = ScriptParser(characters=known, quotes=True)
    text = unit * (20_000 // len(unit))
    for start in range(0, len(text), 100):
        parser.push(text[start : start + 100])
    assert len(parser._look.text) < 6000  # pyright: ignore[reportPrivateUsage]


def test_a_parser_that_has_finished_is_as_new():
    parser = ScriptParser(characters=known, quotes=True)
    parser.push('[Strahd] "Come [slow] in')
    parser.finish()
    assert parser.push("Now then, he left.\n") + parser.finish() == pieces_of(
        "Now then, he left.\n"
    )
