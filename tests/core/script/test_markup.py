"""What of a script is spoken, what is not, and where something begins."""

import pytest

from .reading import pieces_of, script


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("a *b* c **d** e ***f*** _g_ __h__", "a b c d e f g h"),
        ("snake_case and 2*3 and 2 * 3 and f***ing", "snake_case and 2*3 and 2 * 3 and f***ing"),
        ("un*believ*able", "unbelievable"),
        (r"\*a\* \[Strahd] 1\. \# x C:\dir", r"*a* [Strahd] 1. # x C:\dir"),
        ("`code` and ~~gone~~ and ~5", "code and gone and ~5"),
        ("[the map](https://a.b/c_(d)) and ![it](x.png)!", "the map and !"),
        ("<https://a.b> and https://a.b/c_d_e", "https://a.b and https://a.b/c_d_e"),
        ("3 < 4 and <3 and a<b", "3 < 4 and <3 and a<b"),
        ("<i>a</i> <b class='x'>b</b>", "a b"),
        ("a <!-- b --> c", "a c"),
        ("a ((b)) c [[d]] e", "a c e"),
        ("a (b) c", "a (b) c"),
        ("He left. [door slams] She wept.", "He left. She wept."),
        ("He opens [the door creaks].", "He opens the door creaks."),
        ("He saw [the king] there, [T]he walk[ed].", "He saw the king there, The walked."),
        ("So it is [sic], he wrote [1] and [12, 13] [...].", "So it is , he wrote and ."),
        ("a [unclosed b", "a [unclosed b"),
        ("a ((unclosed b", "a ((unclosed b"),
        ("a <unclosed b", "a <unclosed b"),
        ("a ] b )) c -->", "a ] b )) c -->"),
        ("**** and (((( and ]]]]", "**** and (((( and ]]]]"),
        ("🐉🐉🐉", "🐉🐉🐉"),
        ("a\n// not this\nb", "a b"),
        ("a\n| x | y |\n|---|---|\n| 1 | 2 |\nb", "a b"),
        ("a\n```python\nprint(1)\n```\nb", "a b"),
        ("a\n```\nHP: 10\n```\nb", "a b"),
        ("```markdown\nSpoken *words*.\n```", "Spoken words."),
        ("> a\n> b\n>> c", "a b c"),
        ("- [ ] a\n- [x] b", "a b"),
        ("3. [Attack]\n- [Flee]", "3. Attack Flee"),
        ("a\n<!-- b\nc -->\nd", "a d"),
        ("word\u200b \u00a0 word", "word\u200b word"),
    ],
)
def test_markup_is_not_spoken(text: str, spoken: str):
    assert " ".join(" ".join(script(text)).split()) == " ".join(spoken.split())


@pytest.mark.parametrize(
    "text",
    [
        "The old road climbed out of the valley.\n\nNo bird sang.  By noon, rain.\n",
        "   indented\n\ttext, and a # b, 5 + 5 = 10; 50% - yes!\r\nnext",
        "1984 was long ago. 3.5 miles, No. 7.",
        "#hashtag and C# and a|b and a/b // c",
        "—Dash. - dash",
    ],
)
def test_plain_prose_comes_out_as_it_is(text: str):
    assert "".join(piece.text for piece in pieces_of(text)) == text


@pytest.mark.parametrize(
    "mark", ["---", "***", "___", "* * *", "- - -", "====", "~", "⁂", "•••", "#"]
)
def test_a_rule_is_a_scene_break(mark: str):
    first, second = pieces_of(f"a\n\n{mark}\n\nb")
    assert (first.text.strip(), second.text) == ("a", "b")
    assert second.scene
    assert second.begins


def test_a_heading_is_spoken_and_begins_a_scene():
    pieces = pieces_of("a\n\n## The *Gate*\n\nb")
    assert [piece.text.strip() for piece in pieces] == ["a", "The", "Gate", "", "b"]
    assert [piece.scene for piece in pieces] == [False, True, False, False, False]
    assert [piece.begins for piece in pieces] == [False, True, False, False, True]


def test_a_heading_is_the_narrators_whoever_speaks_the_cue():
    assert script("Come.\n# Two\nSit.", speaker="Strahd") == [
        "Strahd: Come.",
        "Two",
        "Strahd: Sit.",
    ]


def test_items_of_lists_and_block_quotes_begin():
    pieces = pieces_of("- a\n* b\n1. c\n\n> d\n> e\n<br>f")
    begins = [piece.text.strip() for piece in pieces if piece.begins]
    assert begins == ["a", "b", "1. c", "d", "f"]


@pytest.mark.parametrize(
    ("mark", "pause_s"),
    [
        ("[pause]", 1.0),
        ("[pause 1.5]", 1.5),
        ("[Pause: 1,5 s]", 1.5),
        ("[pause 800ms]", 0.8),
        ("[pause for 2 seconds]", 2.0),
        ("[long pause]", 2.0),
        ("[beat]", 1.0),
        ("[pause 1][pause 2]", 3.0),
        ("[pause 999]", 30.0),
        ("[pause 20] [pause 20]", 30.0),
    ],
)
def test_a_pause_comes_before_what_follows(mark: str, pause_s: float):
    first, second = pieces_of(f"a {mark} b")
    assert (first.text, first.pause_s) == ("a ", 0.0)
    assert (second.text, second.pause_s) == ("b", pause_s)


def test_a_pause_at_the_end_is_kept():
    last = pieces_of("a [pause 2]")[-1]
    assert (last.text, last.start, last.pause_s) == ("", 11, 2.0)


def test_speeds_hold_until_they_are_closed():
    pieces = pieces_of("a [slow]b\n\nc[/slow] d [fast]e[/fast] f [slow]g")
    assert [(piece.text.strip(), piece.speed) for piece in pieces if piece.text.strip()] == [
        ("a", 1.0),
        ("b\n\nc", 0.8),
        ("d", 1.0),
        ("e", 1.25),
        ("f", 1.0),
        ("g", 0.8),
    ]


def test_words_that_a_note_divides_are_not_joined():
    first, second = pieces_of("a[door slams]b")
    assert second.begins == (first.text == "a")
