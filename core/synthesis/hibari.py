"""The embedded voice: hibari-tts, whose weights come in its wheel (Apache-2.0)."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import numpy as np

from ..errors import SynthesizerError
from ..types import AudioFormat, SpokenForm, Voice
from .hibari_model import HOP, SAMPLE_RATE, HibariModel, pauses, sounding
from .phonemes import LAG_S, SENTENCE_PAUSE_S, Phonemizer, Phrase
from .polish import Polish
from .pronunciation import inline
from .synthesizer import Block, Cancellation, SpeedHint, SynthesisRequest
from .word_times import moved, timed_words

GAIN_DB = 7.6
"""Brings the voice to -18 LUFS: `benchmarks/loudness.py` measures it."""


class HibariSynthesizer:
    """American English on the processor alone, about 100 times faster than speech.

    Takes no options. Text without a letter or digit that English can read gives no blocks.
    """

    name = "hibari"
    batch_capacity = 1
    pauses = True
    spoken_form = SpokenForm.PHONEMES
    # Deliberately modest, for a busy machine; the engine measures the truth.
    speed_hint: SpeedHint | None = SpeedHint(
        latency_s=0.02, real_time_factor=0.02, block_s=0.0, seconds_per_character=0.052
    )

    def __init__(self, options: Mapping[str, str]) -> None:
        if options:
            raise SynthesizerError(f"hibari has no option {next(iter(options))!r}; it takes none")
        self.format = AudioFormat(SAMPLE_RATE)
        self._model: HibariModel | None = None
        self._phonemizer: Phonemizer | None = None

    def voices(self) -> Sequence[Voice]:
        return (
            Voice(
                "hibari",
                "heart",
                languages=("en-US", "en"),
                licence="Apache-2.0",
                source="hibari-tts 0.2.1, distilled from Kokoro-82M",
                description="American woman, calm and clear",
            ),
        )

    def version(self, voice: str) -> str:
        """Weights and lexicon come with the package."""
        del voice
        return version("hibari-tts")

    def pronounce(self, word: str, ipa: str) -> str:
        return inline(word, ipa)

    def load(self, voice: str) -> None:
        try:
            # onnxruntime and the lexicon take 0.3 s each: on two processors at the same time.
            with ThreadPoolExecutor(1) as pool:
                model = pool.submit(HibariModel, voice)
                self._phonemizer = Phonemizer()
                self._phonemizer.warm_up()
                self._model = model.result()
            request = SynthesisRequest("Warm up, old friend.", voice)
            for _ in self.synthesize(request, Cancellation()):
                pass
        except Exception as error:  # hibari and onnxruntime have no exception tree of their own
            raise SynthesizerError(
                f"voice 'hibari:{voice}' could not be loaded: {error}; reinstall hibari-tts==0.2.1"
            ) from error

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        """Yield each sentence in blocks of up to 1.5 s as it is rendered.

        The same text, speed and seed give the same samples. Raises `SynthesizerError`.
        """
        if self._model is None or self._phonemizer is None:
            raise SynthesizerError("hibari is not loaded: call load() first")
        return self._blocks(self._model, self._phonemizer, request, cancellation)

    def close(self) -> None:
        self._model = self._phonemizer = None

    def _blocks(
        self,
        model: HibariModel,
        phonemizer: Phonemizer,
        request: SynthesisRequest,
        cancellation: Cancellation,
    ) -> Iterator[Block]:
        rng = np.random.default_rng(request.seed)
        position, lead = 0, 0
        try:
            pause = round(SENTENCE_PAUSE_S / request.speed * SAMPLE_RATE)
            for phrase in phonemizer.phrases(request.text):
                for block in _speak(model, phrase, request, rng, position, lead):
                    if cancellation.cancelled:
                        return
                    yield block
                    position += block.samples.size
                    lead = pause if phrase.ends_sentence else 0
        except Exception as error:  # as in load
            raise SynthesizerError(f"hibari failed on {request.text[:60]!r}: {error}") from error


def _speak(
    model: HibariModel,
    phrase: Phrase,
    request: SynthesisRequest,
    rng: np.random.Generator,
    position: int,
    lead: int,
) -> Iterator[Block]:
    """Yield a phrase's blocks, the first with all its words and `lead` frames of silence before
    them; `position` is its first frame."""
    spectrum = model.spectrum(phrase.ids, request.speed)
    levels = spectrum.levels()
    first, last = sounding(levels)
    polish = Polish(SAMPLE_RATE, GAIN_DB, request.loudness_lufs)
    remaining = (last - first) * HOP
    begun = False
    for part in model.render(spectrum, first, last, rng):
        remaining -= part.size
        samples = polish.push(part)
        if not remaining:
            samples = np.concatenate((samples, polish.finish()))
        if begun and samples.size:
            yield Block(samples)
        elif samples.size:
            words = timed_words(phrase.words, spectrum.ends_s, pauses(levels), LAG_S)
            offset_s = (position + lead - polish.skipped - first * HOP) / SAMPLE_RATE
            samples = np.concatenate((np.zeros(lead, np.float32), samples))
            yield Block(samples, moved(words, offset_s))
            begun = True
