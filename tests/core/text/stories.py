"""Texts for the chunker's tests."""

import random
from pathlib import Path

STORY = (Path(__file__).parents[2] / "data" / "story.txt").read_text("utf-8")

SENTENCES = [
    "Run!",
    "No.",
    "He ran.",
    "The door closed behind him without a sound.",
    "Snow had been falling since noon, and the road was gone.",
    '"Who goes there?" asked the guard.',
    '"Come in," she said, "and shut the door; it is cold out there."',
    "Dr. Hallam paid 1,250 crowns at 3:15 p.m. for the map, the lantern, etc., and left.",
    "Roll 2d6 + 3 for the wolf (it has 4.5 legs left).",
    "They waited... and waited, until nobody remembered what they had been waiting for.",
    "The captain looked at the sea — only looked — while the crew went on with their dice and "
    "the cook, who had seen worse, stirred the soup without lifting his eyes from the pot.",
    "there was nothing on the moor but the wind and the long grass and the stones that the old "
    "people had put there before anyone thought of writing down why they had done so",
]
"""Prose in all lengths."""

PIECES = [
    "the", "old ", " ", " ", "  ", "\n", "\n\n", ".", ". ", "! ", "? ", "...", "… ", ",", ", ",
    "; ", ": ", " — ", "—", " - ", "--", "–", '"', "“", "”", "’", "(", ") ", "»", "« ", "Mr. ",
    "U.S. ", "e.g. ", "St. ", "No. ", "5", "2d6 + 3", "3.14", "1,000 ", "12:30 ", "p.m. ", "etc. ",
    "I. ", "J. ", "and ", "but ", "as ", "more and more ", "who ", "und ", "et ", "The ", "castle ",
    "remembering ", "X", "https://a.b/c--d?x=1 ", "。", "、", "「", "」", "と", "中文", "あ", "！",
    "e\u0301", "👩‍🚀", "\u00a0", "x" * 50, "word word word word word ",
    "Then he went away, and nobody knew why. ",
]  # fmt: skip
"""What a text may be made of, awkward things first of all."""

_WORDS = [
    "keeper", "of", "northern", "watchtower", "walked", "slowly", "across", "frozen", "courtyard",
    "seven", "silent", "ravens", "watched", "him", "from", "broken", "wall", "somewhere", "beyond",
    "hills", "bell", "rang",
]  # fmt: skip


def prose(characters: int, seed: int = 0) -> str:
    """About so many characters of words without a mark."""
    choice = random.Random(seed).choice
    text = ""
    while len(text) < characters:
        text += " " + choice(_WORDS)
    return text[1:].capitalize()
