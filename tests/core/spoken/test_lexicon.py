"""Names are found whole, in all their forms, and in time proportional to the text."""

import pytest

from skaldcast.core.spoken.lexicon import Entry, Lexicon, respelled, with_ending

LEXICON = Lexicon(
    [
        Entry("Malachar", "MAL-a-kar"),
        Entry("Caer", "KIRE"),
        Entry("Caer Morwyn", "KIRE MOR-win"),
        Entry("McCoy", "muh-COY"),
        Entry("polish", "POH-lish", case=True),
        Entry("Xan'thir", "ZAN-theer"),
        Entry("Ys", "eese"),
        Entry("Étaín", "ay-TEEN"),
        Entry("SRD", "S R D"),
    ]
)


def said(text: str) -> str:
    for hit in reversed(LEXICON.find(text)):
        edit = respelled(hit, text)
        text = text[: edit.start] + edit.words + text[edit.end :]
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Malachar rose", "Mal-uh-kar rose"),
        ("MALACHAR! malachar?", "Mal-uh-kar! mal-uh-kar?"),
        ("Malachar's, Malachars, Malachars' men", "Mal-uh-kar's, Mal-uh-kars, Mal-uh-kars' men"),
        ("“Malachar’s”", "“Mal-uh-kar’s”"),
        ("'Malachar' he said", "'Mal-uh-kar' he said"),
        ("Malacharian, unMalachar, Malachar_x", "Malacharian, unMalachar, Malachar_x"),
        ("Malachar-born", "Mal-uh-kar-born"),
        ("Caer Morwyn and Caer  Morwyn's gate", "Kire mor-win and Kire mor-win's gate"),
        ("Caer Dathyl", "Kire Dathyl"),
        ("McCoy and mccoy", "Muh-coy and mccoy"),
        ("polish Polish", "poh-lish Polish"),
        ("Xan'thir's", "Zan-theer's"),
        ("Ys", "Eese"),
        ("Étaín", "Ay-teen"),
        ("the SRD", "the S R D"),
    ],
)
def test_names_are_found_in_all_their_forms(text: str, expected: str) -> None:
    assert said(text) == expected


def test_of_two_entries_for_a_word_the_later_counts() -> None:
    lexicon = Lexicon([Entry("Ys", "one"), Entry("Ys", "two")])
    assert [hit.entry.say for hit in lexicon.find("Ys")] == ["two"]


def test_ten_thousand_entries_are_looked_up_by_their_first_words() -> None:
    lexicon = Lexicon(Entry(f"Name{n} of Ys", "x") for n in range(10_000))
    (hit,) = lexicon.find("Then Name7777 of Ys fell, and Name77 did not.")
    assert hit.entry.word == "Name7777 of Ys"


@pytest.mark.parametrize(
    ("ipa", "suffix", "expected"),
    [("kæt", "'s", "kæts"), ("dɔɡ", "s", "dɔɡz"), ("ʤɔɹʤ", "’s", "ʤɔɹʤᵻz"), ("kæt", "", "kæt")],
)
def test_endings_sound_as_they_do_in_english(ipa: str, suffix: str, expected: str) -> None:
    assert with_ending(ipa, suffix) == expected
