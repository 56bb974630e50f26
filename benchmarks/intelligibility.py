"""How well a voice is understood: the word error rate of a recogniser on twenty plain sentences of
a fantasy tale, spoken alone and through the whole engine, chunk joints included.

    python benchmarks/intelligibility.py [VOICE ...]

The gates: 5 % through the engine, and no more than 1 point above the synthesizer alone. Exit status
1 where one is missed. What must be installed: benchmarks/recogniser.py.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import jiwer
import numpy as np
import soundfile
from faster_whisper import WhisperModel
from recogniser import plain, recogniser, transcribe
from sentences import STORY
from speaking import Speaker

from skaldcast.core import Narrator, NarratorOptions

GATE = 0.05
ABOVE_ALONE = 0.01
PARAGRAPHS = 4
"""The tale is one cue: chunks end where the engine finds it best, and not only with sentences."""


def hear(model: WhisperModel, samples: np.ndarray, sample_rate: int) -> str:
    return plain("".join(word for word, _, _ in transcribe(model, samples, sample_rate)))


def alone(model: WhisperModel, voice: str) -> float:
    """The word error rate of the synthesizer, sentence by sentence."""
    speaker = Speaker(voice)
    heard: list[str] = []
    for text in STORY:
        samples, _ = speaker.speak(text)
        heard.append(hear(model, samples, speaker.sample_rate))
        tell(text, heard[-1])
    return jiwer.wer([plain(text) for text in STORY], heard)


def through_the_engine(model: WhisperModel, voice: str) -> tuple[float, int]:
    """The word error rate of the whole tale as it left the engine, and into how many chunks it was
    cut."""
    step = len(STORY) // PARAGRAPHS
    text = "\n\n".join(" ".join(STORY[n : n + step]) for n in range(0, len(STORY), step))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tale.wav"
        chunks = asyncio.run(speak(voice, text, path))
        samples, sample_rate = soundfile.read(path, dtype="float32")
    heard = hear(model, samples, sample_rate)
    tell(text, heard)
    return jiwer.wer(plain(text), heard), chunks


async def speak(voice: str, text: str, path: Path) -> int:
    async with Narrator(NarratorOptions(voice, f"wav:{path}")) as narrator:
        narrator.play(text)
        await narrator.drain()
        return narrator.report()["chunks"]


def tell(text: str, heard: str) -> None:
    """Print the words that were heard otherwise."""
    said, got = plain(text).split(), heard.split()
    for part in jiwer.process_words(" ".join(said), heard).alignments[0]:
        if part.type != "equal":
            was = " ".join(said[part.ref_start_idx : part.ref_end_idx])
            became = " ".join(got[part.hyp_start_idx : part.hyp_end_idx])
            print(f"  said {was!r}, heard {became!r}")


def main(voices: list[str]) -> int:
    missed = False
    with recogniser() as model:
        for voice in voices:
            own = alone(model, voice)
            whole, chunks = through_the_engine(model, voice)
            print(
                f"{voice}: word error rate {whole:.2%} through the engine ({chunks} chunks), gate "
                f"{GATE:.0%}; {own:.2%} alone, gate {own + ABOVE_ALONE:.2%}"
            )
            missed = missed or whole > GATE or whole > own + ABOVE_ALONE
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["hibari:heart"]))
