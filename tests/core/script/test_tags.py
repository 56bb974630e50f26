"""Who a line says it is spoken by."""

import pytest

from .reading import pieces_of, script


@pytest.mark.parametrize(
    "line",
    [
        "[Strahd] Come in.",
        "[strahd] Come in.",
        "[Strahd]: Come in.",
        "[Strahd, whispering] Come in.",
        "[The Count (amused)] Come in.",
        "Strahd: Come in.",
        "STRAHD: Come in.",
        "the count: Come in.",
        "Strahd (whispering): Come in.",
        "Strahd [coldly]: Come in.",
        "Strahd: (softly) Come in.",
        "**Strahd:** Come in.",
        "**Strahd**: Come in.",
        "*Strahd:* Come in.",
        "__Strahd:__ Come in.",
        "**Strahd (whispering):** Come in.",
        "**Strahd** (whispering): Come in.",
        "**Strahd:** *(whispering)* Come in.",
        "- **Strahd:** Come in.",
        "> **Strahd:** Come in.",
        "  Strahd: Come in.",
        "**Strahd**\nCome in.",
        "[Strahd]\nCome in.",
        "Strahd:\nCome in.",
        "STRAHD\nCome in.",
        "STRAHD (O.S.)\n(softly)\nCome in.",
        "**Strahd** *(softly)*: Come in.",
        "**[Strahd]:** Come in.",
        "🧛‍♂️ **Strahd:** Come in.",
    ],
)
def test_a_known_name_at_a_lines_start_speaks_the_line(line: str):
    assert script(line) == ["Strahd: Come in."]


@pytest.mark.parametrize(
    "line",
    [
        'Guard: "Halt!"',
        '**Guard:** "Halt!"',
        '- **Guard:** "Halt!"',
        '[Guard] "Halt!"',
        'Guard (nervously): "Halt!"',
    ],
)
def test_an_unknown_name_speaks_what_follows_it(line: str):
    assert script(line) == ['Guard: "Halt!"']


@pytest.mark.parametrize(
    "name", ["Guard", "TOWN GUARD #2", "Dr. Mordenheim", "Old Bonegrinder", "Kasimir of the Dusk"]
)
def test_an_unknown_name_needs_no_quotation_marks(name: str):
    assert script(f"{name}: Halt!") == [f"{name}: Halt!"]


@pytest.mark.parametrize(
    "line",
    [
        "One thing was clear: the gate was shut.",
        "Note: Nobody saw it.",
        "**Note:** Nobody saw it.",
        "Suddenly: a scream.",
        "Finally: The end.",
        "The truth: There was none.",
        "At 12:30 the bell tolls.",
        "12:30: The bell tolls.",
        "https://example.org is down.",
        "He said: Nothing.",
        'Inscription: "Here lies Strahd."',
        "Description: A long hall.",
        "**Armor Class:** 15",
        "**The Left Door:** A heavy oak door.",
        "1. **Sneak Past:** Try the kitchen.",
        "- **Sneak Past:** Try the kitchen.",
        "Strahd stood there: silent.",
        "They called for Strahd: in vain.",
        "The Ratio 3:1 holds.",
        "Guard: nobody.",
        "- Strahd: the lord of the castle",
        "- **Strahd** (failed): he walks away.",
        "THE END\nIt was late.",
        "A: Yes.",
    ],
)
def test_prose_with_a_colon_is_nobodys(line: str):
    assert [piece.character for piece in pieces_of(line, quotes=False)] == [None] * len(
        pieces_of(line, quotes=False)
    )


@pytest.mark.parametrize(
    "line", ["[1] Notes", "[sic] Yes", "[Thunder] Rain.", "[door slams] Rain."]
)
def test_a_bracket_that_is_no_name_makes_nobody_speak(line: str):
    assert all(piece.character is None for piece in pieces_of(line))


def test_who_has_spoken_speaks_again_however_the_line_reads():
    assert script("Player 1: Attack!\nPlayer 1: seventeen.") == [
        "Player 1: Attack!",
        "Player 1: seventeen.",
    ]


def test_the_narrator_can_be_named():
    assert script("[Strahd] Come.\n[Narrator] He waits.\nNarrator: Long.\nGM: Roll.") == [
        "Strahd: Come.",
        "He waits.",
        "Long.",
        "Roll.",
    ]


def test_each_tag_begins_an_utterance():
    pieces = pieces_of("Strahd: Come in.\nStrahd: Sit.")
    assert [(piece.text, piece.begins) for piece in pieces] == [
        ("Come in.\n", True),
        ("Sit.", True),
    ]


def test_a_tag_holds_to_the_end_of_its_paragraph():
    assert script("[Strahd]\nI was a warrior.\nI was just.\n\nHe waits.") == [
        "Strahd: I was a warrior. I was just.",
        "He waits.",
    ]


def test_a_line_of_its_own_ends_a_tag_that_stands_in_it():
    assert script("Strahd: Come in.\nThe door opens.") == ["Strahd: Come in.", "The door opens."]


def test_a_tag_goes_on_over_wrapped_lines():
    wrapped = "and the wind has howled in this hall for a hundred years, stranger."
    assert script(f"Strahd: Welcome,\n{wrapped}\nSit.") == [f"Strahd: Welcome, {wrapped} Sit."]


def test_a_known_name_may_change_who_speaks_within_a_line():
    assert script("[Strahd] Come in. [Ireena] No!") == ["Strahd: Come in.", "Ireena: No!"]


def test_where_speech_is_in_quotation_marks_the_rest_is_the_narrators():
    assert script('Strahd: "Come in." He bows. "Sit."') == [
        'Strahd: "Come in."',
        "He bows.",
        'Strahd: "Sit."',
    ]


def test_an_action_before_the_quotation_does_not_hide_it():
    assert script('[Strahd] *smiles* "Come in." He bows.') == [
        "smiles",
        'Strahd: "Come in."',
        "He bows.",
    ]


def test_quotation_marks_later_in_a_speech_are_part_of_it():
    assert script('Strahd: They said "no" to me.') == ['Strahd: They said "no" to me.']


def test_with_one_voice_a_tagged_line_is_not_divided():
    assert script('Strahd: "Come in." He bows.', quotes=False) == ['Strahd: "Come in." He bows.']


def test_the_cues_speaker_says_what_has_no_tag():
    assert script("Come in.\n\nSit.\n\n[Ireena] No.\n\nAh.", speaker="Strahd") == [
        "Strahd: Come in. Sit.",
        "Ireena: No.",
        "Strahd: Ah.",
    ]


def test_a_cues_speaker_with_quotation_marks_has_a_narrator():
    text = '"Come in." He bows.\n\nHe waits.\n\n"Sit."'
    assert script(text, speaker="Strahd") == [
        'Strahd: "Come in."',
        "He bows. He waits.",
        'Strahd: "Sit."',
    ]


class TestActions:
    @pytest.mark.parametrize(
        ("line", "spoken"),
        [
            ("*smiles* Come in.", ["smiles", "Strahd: Come in."]),
            ("Come in. *He bows.* Sit.", ["Strahd: Come in.", "He bows.", "Strahd: Sit."]),
            ("Well, *sighs* come.", ["Strahd: Well,", "sighs", "Strahd: come."]),
            ("I *really* mean it.", ["Strahd: I really mean it."]),
            ("*Never* do that.", ["Strahd: Never do that."]),
            ("I am **not** amused.", ["Strahd: I am not amused."]),
            ("Come *closer, do not", ["Strahd: Come closer, do not"]),
        ],
    )
    def test_the_narrator_tells_what_a_character_does(self, line: str, spoken: list[str]):
        assert script(f"[Strahd] {line}") == spoken

    def test_in_narration_it_is_emphasis(self):
        assert script("He *really* bows. *He leaves.*") == ["He really bows. He leaves."]
