"""XTTS v2 as a synthesizer: cheap to make and to list, torch only once it is loaded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ...errors import SynthesizerError
from ...types import AudioFormat, Voice
from ..figures import SynthesisFigures
from ..polish import Polish
from ..synthesizer import Block, Cancellation, SpeedHint, SynthesisRequest
from . import languages
from .checkpoint_folder import CONFIG, MODEL, SPEAKERS, VOCABULARY, open_folder
from .installed import INSTALL, missing_libraries
from .options import XttsOptions
from .voice_files import SUFFIX
from .voice_list import list_voices

if TYPE_CHECKING:
    from .model import XttsModel

FETCH = "skaldcast fetch xtts-v2"


class XttsSynthesizer:
    """The studio speakers of an XTTS v2 checkpoint, and the voices that were added.

    Its options are the settings under ``xtts``. `batch_capacity` chunks go through the model in
    lock-step; the one that is heard first is given out as it is made.
    """

    name = "xtts"
    pauses = True

    def __init__(self, options: Mapping[str, str]) -> None:
        self.options = XttsOptions.parse(options)
        self.format = AudioFormat(24_000)
        self.batch_capacity = self.options.slots
        self.on_gpu = self.options.device != "cpu"
        self.speed_hint: SpeedHint | None = SpeedHint(latency_s=0.4, real_time_factor=0.3)
        self._model: XttsModel | None = None

    def voices(self) -> Sequence[Voice]:
        return list_voices(self.options.checkpoint, self.options.voices)

    def missing(self) -> str:
        """The command that installs what is missing, empty where nothing is."""
        if missing_libraries():
            return INSTALL
        return "" if self.options.checkpoint.exists() else FETCH

    def most_characters(self, language: str) -> int:
        """How long a chunk in `language` may be; raises `SynthesizerError` for one that the
        checkpoint does not speak."""
        return languages.limit(self._supported(language))

    def least_characters(self, language: str) -> int:
        """From which length on a chunk in `language` is spoken well; raises `SynthesizerError` for
        one that the checkpoint does not speak."""
        return languages.least(self._supported(language))

    def _supported(self, language: str) -> str:
        known: Iterable[str] = languages.MOST_CHARACTERS
        if self.options.checkpoint.exists():
            known = open_folder(self.options.checkpoint).languages
        return languages.supported(language, known)

    def version(self, voice: str) -> str | None:
        """The decoder, and size and time of the files that `voice` is made of: hashing the weights
        takes seconds. None where the checkpoint is not there."""
        checkpoint = self.options.checkpoint
        own = self.options.voices / f"{voice}{SUFFIX}"
        files = [checkpoint / name for name in (MODEL, CONFIG, VOCABULARY)]
        files += [own] if own.is_file() else [checkpoint / SPEAKERS]
        try:
            facts = [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        except OSError:
            return None
        return f"{self.options.decoder} {facts}"

    def load(self, voice: str) -> None:
        """Load the checkpoint, and speak once unheard; takes seconds. Raises `SynthesizerError`."""
        if missing := missing_libraries():
            raise SynthesizerError(
                f"XTTS needs {', '.join(missing)}; install it with: {INSTALL} "
                "(and first the torch that fits your GPU)"
            )
        folder = open_folder(self.options.checkpoint)
        from .model import XttsModel  # imports torch

        model = XttsModel(self.options, folder)
        try:
            self.speed_hint = model.warm_up(voice)
        except BaseException:
            model.close()
            raise
        self.batch_capacity = model.slots
        self.format = AudioFormat(model.sample_rate)
        self._model = model

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        """Yield blocks as they are made: the first after few codes, where the chunk is the one to
        be heard first, else once all before it is made. Raises `SynthesizerError`."""
        if self._model is None:
            raise SynthesizerError("xtts is not loaded: call load() first")
        return _blocks(self._model, request, cancellation)

    def take_counts(self) -> Mapping[str, int]:
        """What the guards have done since the last call, by name."""
        return self._model.take_counts() if self._model is not None else {}

    def figures(self) -> SynthesisFigures | None:
        """What was measured of the chunks so far; None where nothing was."""
        return self._model.figures() if self._model is not None else None

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
            self._model = None


def _blocks(
    model: "XttsModel", request: SynthesisRequest, cancellation: Cancellation
) -> Iterator[Block]:
    polish = Polish(model.sample_rate, model.gain_db(request.voice), request.loudness_lufs)
    for piece in model.speak(request, cancellation):
        samples = polish.push(piece)
        if samples.size:
            yield Block(samples)
    rest = polish.finish()
    if rest.size:
        yield Block(rest)
