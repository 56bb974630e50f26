"""Kokoro-82M: a second voice on the processor, for those who want a man's or a British one.

It needs the extra ``[kokoro]``, and about half of a processor's time for speech in real time.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import platformdirs

from ..errors import SynthesizerError
from ..types import AudioFormat, SpokenForm, Voice
from .kokoro_model import INSTALL, MODEL_SHA256, SAMPLE_RATE, KokoroModel, installed
from .phonemes import LAG_S, SENTENCE_PAUSE_S, Phonemizer, Phrase
from .polish import Polish
from .pronunciation import inline
from .synthesizer import Block, Cancellation, SpeedHint, SynthesisRequest
from .trim import quiet_stretches
from .word_times import moved, timed_words

GAIN_DB = {"bm_george": 3.4, "af_heart": 4.3}
"""Brings each voice to -18 LUFS: `benchmarks/loudness.py` measures it."""
_OPTIONS = ("cache", "threads")


class KokoroSynthesizer:
    """English in two voices, sentence by sentence.

    Options: `cache` (the folder for the joined model, 92 MB; the user's cache folder unless
    given) and `threads` (2, or 1 where there is one processor). Raises `SynthesizerError` on any
    other. Text without a letter or digit that English can read gives no blocks.
    """

    name = "kokoro"
    batch_capacity = 1
    pauses = True
    spoken_form = SpokenForm.PHONEMES
    speed_hint: SpeedHint | None = SpeedHint(
        latency_s=0.2, real_time_factor=0.6, block_s=0.0, seconds_per_character=0.06
    )

    def __init__(self, options: Mapping[str, str]) -> None:
        for key in options:
            if key not in _OPTIONS:
                raise SynthesizerError(
                    f"kokoro has no option {key!r}; its options are {', '.join(_OPTIONS)}"
                )
        self.format = AudioFormat(SAMPLE_RATE)
        self._cache = Path(
            options.get("cache") or platformdirs.user_cache_path("skaldcast", appauthor=False)
        )
        self._threads = _threads(options.get("threads"))
        self._model: KokoroModel | None = None
        self._phonemizers: dict[bool, Phonemizer] = {}  # by whether they are British

    def voices(self) -> Sequence[Voice]:
        return (
            _voice("bm_george", "en-GB", "British man, warm and grave"),
            _voice("af_heart", "en-US", "American woman, warm"),
        )

    def missing(self) -> str:
        """The command that installs what is missing, empty where nothing is."""
        return "" if installed() else INSTALL

    def version(self, voice: str) -> str:
        """The network's digest and hibari's version, whose phonemes it speaks; the voices are
        files of ours."""
        del voice
        return f"{MODEL_SHA256[:16]} {version('hibari-tts')}"

    def pronounce(self, word: str, ipa: str) -> str:
        return inline(word, ipa)

    def load(self, voice: str) -> None:
        if not installed():
            raise SynthesizerError(f"kokoro is not installed; install it with: {INSTALL}")
        try:
            self._model = KokoroModel(self._cache, self._threads)
            self._phonemizer(voice).warm_up()
            for _ in self.synthesize(SynthesisRequest("Warm up.", voice), Cancellation()):
                pass
        except SynthesizerError:
            raise
        except Exception as error:  # onnxruntime and hibari have no exception tree of their own
            raise SynthesizerError(
                f"voice 'kokoro:{voice}' could not be loaded: {error}; install it anew: {INSTALL}"
            ) from error

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        """Yield one block for each sentence; cancelling ends a running one at once.

        The same text and speed give the same samples. Raises `SynthesizerError`.
        """
        if self._model is None:
            raise SynthesizerError("kokoro is not loaded: call load() first")
        phonemizer = self._phonemizer(request.voice)
        return self._blocks(self._model, phonemizer, request, cancellation)

    def close(self) -> None:
        self._model = None
        self._phonemizers.clear()

    def _phonemizer(self, voice: str) -> Phonemizer:
        british = voice.startswith("b")
        if british not in self._phonemizers:
            self._phonemizers[british] = Phonemizer(british=british)
        return self._phonemizers[british]

    def _blocks(
        self,
        model: KokoroModel,
        phonemizer: Phonemizer,
        request: SynthesisRequest,
        cancellation: Cancellation,
    ) -> Iterator[Block]:
        position, lead = 0, 0
        try:
            pause = round(SENTENCE_PAUSE_S / request.speed * SAMPLE_RATE)
            for phrase in phonemizer.phrases(request.text):
                block = _speak(model, phrase, request, cancellation, position, lead)
                if cancellation.cancelled:
                    return
                if block.samples.size:
                    yield block
                    position += block.samples.size
                    lead = pause if phrase.ends_sentence else 0
        except Exception as error:  # as in load
            if cancellation.cancelled:
                return  # onnxruntime raises where its run is ended
            raise SynthesizerError(f"kokoro failed on {request.text[:60]!r}: {error}") from error


def _speak(
    model: KokoroModel,
    phrase: Phrase,
    request: SynthesisRequest,
    cancellation: Cancellation,
    position: int,
    lead: int,
) -> Block:
    """A phrase's block, `lead` frames of silence before it; `position` is its first frame."""
    samples, ends_s = model.speak(request.voice, phrase.ids, request.speed, cancellation)
    polish = Polish(SAMPLE_RATE, GAIN_DB[request.voice], request.loudness_lufs)
    polished = np.concatenate((polish.push(samples), polish.finish()))
    if not polished.size:
        return Block(polished)
    words = timed_words(phrase.words, ends_s, quiet_stretches(samples, SAMPLE_RATE), LAG_S)
    offset_s = (position + lead - polish.skipped) / SAMPLE_RATE
    return Block(np.concatenate((np.zeros(lead, np.float32), polished)), moved(words, offset_s))


def _voice(name: str, language: str, description: str) -> Voice:
    return Voice(
        "kokoro",
        name,
        languages=(language, "en"),
        licence="Apache-2.0",
        source="Kokoro-82M v1.0, int8",
        description=description,
    )


def _threads(value: str | None) -> int:
    if value is None:
        return min(2, os.cpu_count() or 1)
    if not value.isdecimal() or not 1 <= int(value) <= 64:
        raise SynthesizerError(f"kokoro's option threads={value!r} is not a number from 1 to 64")
    return int(value)
