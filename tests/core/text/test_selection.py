"""Which of several boundaries is chosen, one consideration at a time."""

import pytest

from skaldcast.core.text.language import language
from skaldcast.core.text.pace import Pace
from skaldcast.core.text.profiles import CINEMATIC, Limits
from skaldcast.core.text.scanner import Scanner
from skaldcast.core.text.selection import Cut, Selector, Wait, Window
from skaldcast.core.types import Boundary

LIMITS = Limits.of(CINEMATIC, Pace())
REST = " and some more words that have no mark in them at all so that nothing else is chosen"


def choice(text: str, *, cap: int = 123, short: bool = False, closed: bool = False) -> Cut | Wait:
    scanner = Scanner(language("en"), 500)
    scanner.append(text)
    scanner.scan(len(text))
    window = Window(text, 0, scanner.known, closed, scanner.judged, scanner.marks, cap, short)
    return Selector(LIMITS, language("en")).choose(window)


def chosen(text: str, *, cap: int = 123, short: bool = False) -> str:
    """The first chunk of `text`, followed by a long rest."""
    cut = choice(text + REST * 3, cap=cap, short=short)
    assert isinstance(cut, Cut)
    return (text + REST * 3)[: cut.end]


def test_the_stronger_of_two_marks_wins() -> None:
    text = "The old man who kept the northern gate looked at the road, then at the sky; he sighed,"
    assert chosen(text).endswith("sky; ")


def test_of_two_equal_marks_the_one_nearer_to_the_middle_of_the_target_wins() -> None:
    text = "The old man who kept the northern gate, the last of them, looked at the long road,"
    assert chosen(text).endswith("long road, ")


def test_the_first_chunk_ends_at_the_first_good_mark() -> None:
    text = "The old man who kept the northern gate, the last of them, looked at the long road,"
    assert chosen(text, short=True).endswith("gate, ")


def test_nothing_beyond_the_cap_is_chosen() -> None:
    text = "The old man who kept the northern gate, the last of them, looked at the long road."
    assert chosen(text, cap=60).endswith("them, ")


def test_a_comma_that_would_leave_one_word_of_the_sentence_is_passed_over() -> None:
    text = "I have never seen so wide a thing, no, not here, {}. He went"
    assert chosen(text.format("where we all have lived"), cap=52).endswith("here, ")
    assert chosen(text.format("sir"), cap=48).endswith("no, ")


def test_a_word_that_begins_a_sentence_is_not_left_alone() -> None:
    text = "They had walked for long hours. Then, at the set of sun, they saw the tower."
    assert chosen(text, short=True).endswith("sun, ")


@pytest.mark.parametrize("word", ["vs.", "i.e.", "e.g.", "cf.", "approx.", "Mr.", "J.", "U.S."])
def test_an_abbreviation_is_no_sentence_of_one_word(word: str) -> None:
    text = "They came to the old village of the elves, {} the village of dwarves, who lived there."
    assert choice(text.format(word), short=True, closed=True) == Cut(43, Boundary.COMMA)
    lonely = choice(text.format("dears. And"), short=True, closed=True)
    assert lonely == Cut(50, Boundary.SENTENCE)


def test_a_word_behind_an_abbreviation_is_not_the_first_of_a_sentence() -> None:
    text = (
        "They came down to the green valley{} halfway, along the river, to their old stone homes."
    )
    assert choice(text.format(" i.e."), short=True, closed=True) == Cut(49, Boundary.COMMA)
    assert choice(text.format("-end."), short=True, closed=True) != Cut(49, Boundary.COMMA)


def test_a_comma_before_a_conjunction_is_chosen_over_one_in_a_list() -> None:
    text = "The merchants of the city brought silk, and salt from the coast, amber from the north,"
    assert chosen(text, cap=66).endswith("coast, ")
    clause = "The merchants of the city brought us silk, but they took our salt, amber and wool,"
    assert chosen(clause, short=True).endswith("silk, ")


def test_a_relative_clause_does_not_raise_the_comma_before_it() -> None:
    text = "And then the grey heap of old blankets, {} was the parson himself, sat up and spoke,"
    assert chosen(text.format("and this"), cap=70).endswith("blankets, ")
    assert chosen(text.format("which"), cap=70).endswith("himself, ")


def test_a_paragraphs_last_words_are_not_left_alone() -> None:
    text = "The wind had fallen at last, and all of the long valley lay as still as stone. {}The"
    assert chosen(text.format("Nobody spoke of it. ")).endswith("stone. ")
    assert chosen(text.format("Nobody spoke of it.\n\n")).endswith("it.\n\n")


def test_a_paragraph_that_can_stand_alone_is_not_crossed() -> None:
    text = "The wind had fallen and the valley lay.\n\nNobody spoke of it at all that night. The"
    assert chosen(text).endswith("lay.\n\n")


def test_a_choice_waits_until_nothing_that_may_come_can_beat_it() -> None:
    text = "The old man who kept the northern gate looked at the road, then went on and on and"
    assert isinstance(choice(text), Wait)
    assert choice(text + REST * 3) == Cut(59, Boundary.COMMA)


def test_a_choice_that_nothing_can_beat_does_not_wait_for_the_whole_window() -> None:
    text = "The old man who kept the northern gate of the old town looked at the road. Then he went"
    text += REST
    known = next(end for end in range(len(text)) if isinstance(choice(text[:end]), Cut))
    assert known < 75 + LIMITS.tail_known + 3


def test_an_end_that_would_leave_too_short_a_rest_is_no_choice() -> None:
    text = "The old man who kept the northern gate looked at the road. Then he went in."
    assert choice(text, closed=True) == Cut(len(text), Boundary.PARAGRAPH)
