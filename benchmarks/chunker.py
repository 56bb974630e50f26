"""How fast the chunker is, on prose and on what could make it slow.

    python benchmarks/chunker.py [MEGABYTES]

Prints megabytes a second of processor time for text in one piece and character by character, the
ratio to plain prose, and what doubling the text costs (2 is linear, 4 quadratic); then the
durations of a story's chunks.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from skaldcast.core.text.chunker import Chunker

STORY = Path(__file__).parents[1] / "tests" / "data" / "story.txt"

UNITS = {
    "dots": ".", "letters": "a", "spaces": " ", "quotes": '"', "initials": "A.B.",
    "no marks": "lorem ipsum dolor sit amet ", "commas": "a, ", "dotted words": "U.S. ",
    "closers": '."', "brackets": ") ", "dashes": "—", "newlines": "\n", "ideographs": "中",
    "spaced dots": ". ", "conjunctions": "and ", "wide gaps": " " * 5000 + "word. ",
}  # fmt: skip


def seconds(pieces: Iterable[str]) -> float:
    """Processor time for all pieces."""
    chunker = Chunker()
    start = time.process_time()
    for piece in pieces:
        chunker.push(piece)
    chunker.finish()
    return time.process_time() - start


def line(name: str, unit: str, size: int, prose_s: float | None) -> float:
    """Measure and print one kind of text; the seconds in one piece."""
    text = (unit * (2 * size // len(unit) + 1))[: 2 * size]
    half, whole, single = seconds([text[:size]]), seconds([text]), seconds(text[:size])
    megabytes = size / 1e6
    print(
        f"{name:14} {megabytes / half:7.2f} {megabytes / single:9.2f} "
        f"{half / (prose_s or half):9.2f} {whole / max(half, 1e-9):9.2f}"
    )
    return half


def histogram(text: str) -> None:
    """Print how long the chunks of `text` are, by the default pace."""
    chunker = Chunker()
    chunks = chunker.push(text) + chunker.finish()
    counts = Counter(int(chunk.estimated_s * 2) / 2 for chunk in chunks)
    print(f"\n{len(chunks)} chunks of {STORY.name}, seconds:")
    for start in sorted(counts):
        print(f"{start:5.1f}-{start + 0.5:.1f} {'#' * counts[start]}")
    kinds = Counter(chunk.boundary.name for chunk in chunks)
    print(", ".join(f"{name.lower()} {count}" for name, count in kinds.most_common()))


def main() -> None:
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 1.0) * 1e6)
    story = STORY.read_text("utf-8")
    print(f"{'text':14} {'MB/s':>7} {'by char':>9} {'of prose':>9} {'doubled':>9}")
    prose_s = line("prose", story, size, None)
    for name, unit in UNITS.items():
        line(name, unit, size, prose_s)
    histogram(story)


if __name__ == "__main__":
    main()
