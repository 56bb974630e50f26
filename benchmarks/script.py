"""How fast scripts are read, and made speakable with a lexicon of 1,000 names: MB of text a second
of processor time, for plain prose, a story with quoted speech, dialogue with much markup, and marks
only.

    python benchmarks/script.py

The bound is 1 MB/s for both together.
"""

import time

from spoken import invented

from skaldcast.core.script.cast import Cast, CharacterVoice
from skaldcast.core.script.parser import ScriptParser
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.types import SpokenForm

_PROSE = (
    "The old road climbed out of the valley between walls of black pine, and no bird sang in them. "
    "By noon the rain had turned to sleet; the mules would go no further, whatever was said to "
    "them, and so the company stood in the mud and looked up at the towers. Nobody spoke.\n\n"
)
_STORY = (
    "Ireena stepped back from the window, and her hand went to the silver sun at her throat. "
    '"You promised," she said at last, "that nobody in the village would be hurt."\n\n'
    '"I promise many things," said the Count. The fire had burned low, and the shadows of the '
    "chairs lay long across the floor, so that he seemed to stand in a *wood* of black trees.\n\n"
    "Somewhere below them a door fell shut, and then there was no sound but the rain.\n\n"
)
_DIALOGUE = (
    "**Strahd:** *He turns from the window.* Welcome to *my* house. [pause 0.5] Sit.\n\n"
    'Ireena stepped back. "You promised," she said, "that nobody would be hurt."\n\n'
    '"I promise many things," said the Count. The fire had burned low, and the shadows of the '
    'chairs lay long across the floor. "Few of them **matter**."\n\n'
    "1. Draw your sword\n2. Ask about the [crypt](https://example.org)\n\n---\n\n"
    "The wolves began to howl in the valley below, one after another, and did not stop.\n\n"
)
_MARKS = '*a* **b** [c] [d](e) "f" _g_ `h` \\* ((i)) <b>j</b> ~~k~~ [pause]\n'
_SIZE = 500_000
_PUSH = 64
_CHUNK = 160
"""About a chunk of text."""


def main() -> None:
    cast = Cast(
        [CharacterVoice("Strahd", aliases=("the Count",)), CharacterVoice("Ireena")], auto=True
    )
    together = "with words"
    print(f"{'text':<22}{'MB/s, whole':>14}{f'MB/s, {_PUSH} at once':>20}{together:>14}")
    for name, text in (
        ("prose", _PROSE),
        ("story", _STORY),
        ("dialogue, markup", _DIALOGUE),
        ("marks only", _MARKS),
    ):
        whole, pieces = (_speed(text, cast, size) for size in (_SIZE, _PUSH))
        words = _speed(text, cast, _CHUNK, SpeakableText(invented(1000)))
        print(f"{name:<22}{whole:>14.2f}{pieces:>20.2f}{words:>14.2f}")


def _speed(sample: str, cast: Cast, size: int, speakable: SpeakableText | None = None) -> float:
    """The best of three runs, by processor time; each piece is made speakable where that is asked
    for, as each chunk is in the engine."""
    text = sample * (_SIZE // len(sample))
    best = 0.0
    for _ in range(3):
        parser = ScriptParser(characters=cast.canonical, quotes=True)
        began = time.process_time()
        for start in range(0, len(text), size):
            pieces = parser.push(text[start : start + size])
            if speakable is not None:
                for piece in pieces:
                    speakable.speak(piece.text, "en", SpokenForm.WORDS)
        parser.finish()
        best = max(best, len(text) / (time.process_time() - began) / 1e6)
    return best


if __name__ == "__main__":
    main()
