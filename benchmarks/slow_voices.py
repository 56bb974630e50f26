"""Voices that are hardly faster than speech: gaps, holds and the wait before the first sound.

    python benchmarks/slow_voices.py

Two cases of the tone voice into a private null sink: blocks at 0.8 of real time with 0.3 s before
each chunk, 200 chunks of mixed length; and whole chunks only, at 0.7 with 0.25 s before each, on
sentences of one and of thirty words in turn (first audio within 2.5 s). Promised: no underrun.
"""

import asyncio
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

WORDS = (
    *("stone", "river", "lantern", "whisper", "against", "hollow", "mountain", "under", "golden"),
    *("storm", "keep", "watcher", "slowly", "silver", "road", "wind", "beneath", "ancient"),
    *("tower", "bell", "snow", "a", "of", "the", "and", "by"),
)


def sentence(random_: random.Random, words: int) -> str:
    return " ".join(random_.choices(WORDS, k=words)).capitalize() + "."


def cases() -> dict[str, str]:
    random_ = random.Random(7)
    mixed = [sentence(random_, random_.randint(3, 40)) for _ in range(150)]
    turns = [sentence(random_, 30 if n % 2 else 1) for n in range(24)]
    return {
        "tone?rtf=0.8&latency=0.3": " ".join(mixed),
        "tone?rtf=0.7&latency=0.25&block=0": " ".join(turns),
    }


async def _speak(voice: str, text: str) -> dict[str, object]:
    from skaldcast.core import Narrator, NarratorOptions

    async with Narrator(NarratorOptions(voice=voice)) as narrator:
        await narrator.play(text).wait_finished()
        return narrator.report()


def main() -> None:
    from benchmarks.sink import SoundServer, TimedRecording, silences

    server = SoundServer()
    server.start()
    os.environ.update(server.environment)
    try:
        for voice, text in cases().items():
            recording = TimedRecording(server.environment)
            report = asyncio.run(_speak(voice, text))
            gaps = silences(recording.sounding())
            recording.stop()
            print(
                f"{voice}: {report['chunks']} chunks, first audio "
                f"{report['time_to_first_audio_s']:.2f} s, underruns {report['underruns']}, "
                f"holds {report['holds']} ({report['hold_s']:.2f} s), silences in the recording "
                f"{gaps.size} ({gaps.sum():.2f} s), least margin {report['margin_min_s']:.2f} s"
            )
    finally:
        server.close()


if __name__ == "__main__":
    main()
