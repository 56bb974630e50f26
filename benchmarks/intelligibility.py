"""How well a voice is understood: the word error rate of a recogniser on ten plain sentences.

    python benchmarks/intelligibility.py [VOICE ...]

The gate is 5 %; exit status 1 above it. What must be installed: benchmarks/recogniser.py.
"""

import sys

import jiwer
from recogniser import plain, recogniser, transcribe
from sentences import PLAIN
from speaking import Speaker

GATE = 0.05


def main(voices: list[str]) -> int:
    worst = 0.0
    with recogniser() as model:
        for voice in voices:
            speaker = Speaker(voice)
            heard: list[str] = []
            for text in PLAIN:
                samples, _ = speaker.speak(text)
                words = transcribe(model, samples, speaker.sample_rate)
                heard.append(plain("".join(word for word, _, _ in words)))
                if heard[-1] != plain(text):
                    print(f"  said  {plain(text)}\n  heard {heard[-1]}")
            rate = jiwer.wer([plain(text) for text in PLAIN], heard)
            print(f"{voice}: word error rate {rate:.2%} (gate {GATE:.0%})")
            worst = max(worst, rate)
    return 1 if worst > GATE else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["hibari:heart"]))
