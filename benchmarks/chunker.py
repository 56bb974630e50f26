"""How fast the chunker is, on prose and on what could make it slow.

    python benchmarks/chunker.py [MEGABYTES]

Prints seconds of processor time for a megabyte in one piece and character by character, each with
its ratio to plain prose, and what doubling the text costs (2 is linear, 4 quadratic); then the
slowest texts and the durations of a story's chunks.
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
    "semicolons": "a; ", "exclamations": "! a", "spaced initials": "A. ", "numbered": "1. ",
    "titles": "Dr. ", "first person": "I. ", "ellipses": "... ", "dashed words": "a—b",
    "dots and dashes": ".—", "one letter": "a ", "two letters": "a b ", "thin spaces": "a\u2009",
    "lines": "a\n", "paragraphs": "a\n\n", "quoted": '"a" ', "guillemets": "« Oui ! » ",
    "more and more": "more and more ", "clinging": "the of ", "sums": "1 + ",
    "numbers": "1.000.000,00 ", "kana": "んっ", "mixed Japanese": "これは日本語のテキストです。",
    "mixed scripts": "中a文b", "Thai": "สวัสดีชาวโลกผมชื่อสมชายครับ", "Devanagari": "नमस्तेदुनियायहहै",
    "Arabic": "مرحبا بالعالم، ", "emoji": "🙂", "joined emoji": "👩‍🚀", "combining": "\u0301",
    "composed": "e\u0301", "table": "| a | b |\n|---|---|\n", "rows": "1,2,3,4,5\n",
    "code": "def f(x):\n    return [g(y) for y in x if y != 0]\n\n",
    "one wide gap": "a" + " " * 2_000_000 + "end. ", "gap of lines": "a" + " \n" * 1_000_000 + "b",
    "base64": "TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQ", "URLs": "https://a.b/c--d?x=1 ",
}  # fmt: skip


def seconds(pieces: Iterable[str]) -> float:
    """Processor time for all pieces."""
    chunker = Chunker()
    start = time.process_time()
    for piece in pieces:
        chunker.push(piece)
    chunker.finish()
    return time.process_time() - start


def measure(unit: str, size: int) -> tuple[float, float, float]:
    """Seconds a megabyte in one piece and by character, and the cost of twice the text."""
    text = (unit * (2 * size // len(unit) + 1))[: 2 * size]
    half, whole, single = seconds([text[:size]]), seconds([text]), seconds(text[:size])
    return half / size * 1e6, single / size * 1e6, whole / max(half, 1e-9)


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
    print(f"{'text':16} {'s/MB':>6} {'of prose':>9} {'by char':>9} {'of prose':>9} {'doubled':>9}")
    whole: dict[str, float] = {}
    single: dict[str, float] = {}
    for name, unit in {"prose": story, **UNITS}.items():
        whole[name], single[name], doubled = measure(unit, size)
        ratios = whole[name] / whole["prose"], single[name] / single["prose"]
        print(
            f"{name:16} {whole[name]:6.2f} {ratios[0]:9.2f} {single[name]:9.2f} {ratios[1]:9.2f} "
            f"{doubled:9.2f}"
        )
    for way, times in ("in one piece", whole), ("by character", single):
        slowest = max(times, key=times.__getitem__)
        print(f"slowest {way}: {slowest}, {times[slowest]:.2f} s/MB")
    histogram(story)


if __name__ == "__main__":
    main()
