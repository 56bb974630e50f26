"""Who speaks what stands in quotation marks, in narration."""

import pytest

from .reading import pieces_of, script


@pytest.mark.parametrize(
    "text",
    [
        'Strahd said, "Come in."',
        'Strahd leaned in and whispered: "Come in."',
        'At last the Count spoke: "Come in."',
        'Strahd whispered "Come in."',
        'Strahd smiled. "Come in."',
        'Strahd smiled. He bowed. "Come in."',
        '"Come in," said Strahd.',
        '"Come in," Strahd said.',
        '"Come in," the Count said.',
        '"Come in," Strahd softly said.',
        '"Come in," said the Count.',
        '"Come in!" Strahd smiled at them.',
        '"Come in," Strahd\'s voice boomed.',
        '"Come in," *said Strahd*.',
        "“Come in,” said Strahd.",
        "„Come in“, sagte Strahd.",
        "»Come in«, sagte Strahd.",
        "« Come in », dit Strahd.",
        'Ireena looked up. "Come in," said Strahd.',
        'And Strahd said,"Come in."',
    ],
)
def test_speech_is_the_characters_whom_the_words_beside_it_name(text: str):
    said = [piece for piece in pieces_of(text) if "Come in" in piece.text]
    assert said[-1].character == "Strahd"
    assert "Strahd" not in said[-1].text


@pytest.mark.parametrize(
    "text",
    [
        '"Come in," said a voice. Strahd had not moved.',
        'The so-called "king" bowed to Strahd.',
        'Strahd had never seen the "Blood of the Vine" before.',
        'Strahd stood 6\'2" tall, and 5" wide.',
        "It's the dogs' bowl, 'tis Strahd's.",
        '"Come in." Nobody moved.',
        "Strahd's book lay open.",
    ],
)
def test_other_words_in_quotation_marks_are_the_narrators(text: str):
    assert script(text) == [text]


def test_narration_between_is_the_narrators():
    assert script('"I see," said Strahd, "that you came." He sat. "Good."') == [
        'Strahd: "I see,"',
        "said Strahd,",
        'Strahd: "that you came."',
        "He sat.",
        'Strahd: "Good."',
    ]


def test_another_speaker_in_the_paragraph_is_heard_by_name():
    assert script('"I see," said Strahd. "No!" Ireena cried.') == [
        'Strahd: "I see,"',
        "said Strahd.",
        'Ireena: "No!"',
        "Ireena cried.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'Strahd waits. "Fine," you say.',
        'Strahd turns. "Halt!" the guard shouts.',
        'Strahd turns. "Halt!" shouted Gertruda.',
        'Strahd turns. "Halt!" Gertruda shouted.',
        'Strahd turns. The guard shouts, "Halt!"',
    ],
)
def test_another_whom_the_cast_does_not_know_is_the_narrators(line: str):
    assert script(line) == [line]


def test_a_new_paragraph_has_a_new_speaker():
    assert script('"I see," said Strahd.\n\n"Yes."') == ['Strahd: "I see,"', 'said Strahd. "Yes."']


def test_a_quotation_goes_on_over_paragraphs_that_begin_with_its_mark():
    text = 'Strahd said, "I was just.\n\n"I was good.\n\n"No more."\n\nHe waits.'
    assert script(text) == [
        "Strahd said,",
        'Strahd: "I was just. "I was good. "No more."',
        "He waits.",
    ]


def test_a_quotation_that_never_closes_ends_with_its_paragraph():
    assert script('Strahd said, "I was\n\nThe rain falls. "Hm."') == [
        "Strahd said,",
        'Strahd: "I was',
        'The rain falls. "Hm."',
    ]


def test_with_one_voice_quotations_are_not_divided():
    text = '"I see," said Strahd.'
    assert len(pieces_of(text, quotes=False)) == 1


def test_a_name_too_far_behind_is_not_waited_for():
    text = '"' + "Word " * 60 + '," said Strahd.'
    assert script(text) == [text]
