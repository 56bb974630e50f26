"""How fast text is made speakable, in megabytes of it a second of processor time.

    python benchmarks/spoken.py [MEGABYTES]

By chunks, as the engine does it: a story and dense tables of numbers, without a lexicon and with
ones of 1,000 and 10,000 invented words, of which the story has none; then what could make it slow,
in one piece, with what doubling it costs (2 is linear, 4 quadratic).
"""

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from skaldcast.core.spoken.lexicon import Entry, Lexicon
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.types import SpokenForm

_HOSTILE = 40_000
"""Characters; chunks have some 300 at most."""
STORY = Path(__file__).parents[1] / "tests" / "data" / "story.txt"
NAMED = "King Vorlan II sent 20 riders, Mr. Hale among them, over 60 ft. of ice on 3 May 1492. "
HOSTILE = {
    "digits": "7", "fractions": "1/", "dots": ".", "dice": "1d6+", "capitals": "IV", "dotted": "1.",
    "at signs": "a@", "addresses": "a://b", "colons": "1:", "hyphens": "1-", "commas": "1,234,",
    "hashes": "#a", "quotes": "5' ", "abbreviations": "e.g. ", "months": "May 1 ", "money": "$1 ",
    "letters": "a", "spaces": " ", "emoji": "🙂", "soft hyphens": "a\u00ad", "newlines": "a\n",
}  # fmt: skip


def invented(count: int) -> Lexicon:
    """Entries of words like "Vorlanth"."""
    generator = random.Random(0)
    names = ("".join(generator.choices("bdgklmnrstvzaeiou", k=9)).title() for _ in range(count))
    return Lexicon([Entry(name, name.lower()) for name in names])


def table(generator: random.Random) -> str:
    """A line of a game's table, with numbers that do not come again."""
    number = generator.randrange
    return (
        f"{number(1, 999999):,} gp, {number(1, 99)}d{number(4, 20)}+{number(1, 30)}, "
        f"{number(1, 500)} ft., DC {number(5, 30)}, {number(1000, 2000)}, "
        f"{number(1, 99)}.{number(1, 99)}%. "
    )


def chunks(text: str) -> list[str]:
    chunker = Chunker()
    return [chunk.text for chunk in chunker.push(text) + chunker.finish()]


def seconds(pieces: Sequence[str], speakable: SpeakableText) -> float:
    """Processor time for all pieces, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for piece in pieces:
            speakable.speak(piece, "en", SpokenForm.WORDS)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 1.0) * 1e6)
    generator = random.Random(1)
    texts = {
        "prose": STORY.read_text("utf-8"),
        "prose with names and numbers": STORY.read_text("utf-8").replace("\n\n", f"\n\n{NAMED}"),
        "tables": "".join(table(generator) for _ in range(size // 50)),
    }
    print(f"{'MB/s':30}{'no lexicon':>12}{'1,000':>12}{'10,000':>12}")
    lexicons = [Lexicon(), invented(1_000), invented(10_000)]
    for name, text in texts.items():
        pieces = chunks((text * (size // len(text) + 1))[:size])
        characters = sum(map(len, pieces)) / 1e6
        rates = [characters / seconds(pieces, SpeakableText(lexicon)) for lexicon in lexicons]
        print(f"{name:30}" + "".join(f"{rate:12.2f}" for rate in rates))
    print(f"\n{'in one piece':30}{'MB/s':>12}{'doubled':>12}")
    speakable = SpeakableText(lexicons[1])
    speakable.warm_up("en")
    for name, unit in HOSTILE.items():
        text = unit * (_HOSTILE // len(unit))
        once, twice = (seconds([piece], speakable) for piece in (text[: _HOSTILE // 2], text))
        print(f"{name:30}{len(text) / 1e6 / twice:12.2f}{twice / max(once, 1e-9):12.2f}")


if __name__ == "__main__":
    main()
