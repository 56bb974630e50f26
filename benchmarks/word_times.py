"""How exact a voice's word times are, against those of a recogniser.

    python benchmarks/word_times.py [VOICE ...]

Prints the errors of the words' starts on ten plain sentences. The gate is a median of 80 ms; exit
status 1 above it. What must be installed: benchmarks/recogniser.py.
"""

import sys

import numpy as np
from recogniser import plain, recogniser, transcribe
from sentences import PLAIN
from speaking import Speaker

GATE_S = 0.080


def main(voices: list[str]) -> int:
    worst = 0.0
    with recogniser() as model:
        for voice in voices:
            speaker = Speaker(voice)
            errors: list[float] = []
            for text in PLAIN:
                samples, words = speaker.speak(text)
                heard = transcribe(model, samples, speaker.sample_rate)
                ours = [(plain(text[word.start : word.end]), word.start_s) for word in words]
                errors += _errors(ours, [(plain(word), start) for word, start, _ in heard])
            error = np.array(errors)
            worst = max(worst, float(np.median(np.abs(error))))
            print(
                f"{voice}: {error.size} words, start error median "
                f"{np.median(np.abs(error)) * 1000:.0f} ms, 90th percentile "
                f"{np.percentile(np.abs(error), 90) * 1000:.0f} ms, bias "
                f"{np.median(error) * 1000:+.0f} ms (gate {GATE_S * 1000:.0f} ms)"
            )
    return 1 if worst > GATE_S else 0


def _errors(ours: list[tuple[str, float]], heard: list[tuple[str, float]]) -> list[float]:
    """Our start less the recogniser's, of the words that both have in the same order."""
    if [word for word, _ in ours] != [word for word, _ in heard]:
        print(f"  not counted, heard as: {' '.join(word for word, _ in heard)}")
        return []
    return [a - b for (_, a), (_, b) in zip(ours, heard, strict=True)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["hibari:heart"]))
