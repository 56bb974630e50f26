"""The loaded model: what the synthesizer asks for speech. It lives in the worker process only."""

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from ...errors import SynthesizerError
from ..figures import SynthesisFigures
from ..synthesizer import Cancellation, Samples, SpeedHint, SynthesisRequest
from .budget import slots_that_fit
from .checkpoint import load_checkpoint, pick_device
from .checkpoint_folder import CheckpointFolder
from .decoder import Decoder
from .device import Lane, is_out_of_memory, told
from .float32 import Float32
from .gains import KeptGains, gain_of
from .guard import Expectation
from .languages import ENGLISH_CHARACTERS_PER_S, halves, limit, supported
from .library import Tensor, torch
from .loop import DecodingLoop
from .memory import measure
from .options import XttsOptions
from .orders import Order, Speaker
from .prompts import spoken_text
from .sampling import Sampling
from .takes import joined
from .upstream import UpstreamSpeaker
from .vocoder import Vocoder
from .voice_files import VoiceFolder
from .windows import StepSizes

_log = logging.getLogger(__name__)

_TRIAL = "The bell rang once more over the frozen harbour, and nobody answered it."
_LANGUAGE_EXTRAS = {"ja": "ja", "zh-cn": "zh", "ko": "ko"}


@dataclass(frozen=True, slots=True)
class LoadedVoice:
    """A voice on the device."""

    latent: Tensor
    embedding: Tensor
    gain_db: float | None
    """None until it is measured."""


class XttsModel:
    """Loads the checkpoint and speaks with it. `synthesize` of several threads may call it."""

    def __init__(self, options: XttsOptions, folder: CheckpointFolder) -> None:
        """Raises `SynthesizerError`. The device is taken, and given back by `close`."""
        self._options = options
        self._own_voices = VoiceFolder(options.voices)
        self._gains = KeptGains(self._own_voices, options.gains, folder)
        self._lock = Lock()  # protects _voices: threads add to it
        self._voices: dict[str, LoadedVoice] = {}
        self._float32 = Float32()
        try:
            loaded = load_checkpoint(folder, pick_device(options.device))
            self.model = loaded.model
            self.sample_rate = loaded.sample_rate
            self.languages = folder.languages
            self.slots = self._slots()
            self._speaker = self._make_speaker()
        except SynthesizerError:
            self._float32.restore()
            raise
        except BaseException as error:
            self._float32.restore()
            if not (isinstance(error, RuntimeError) and options.device != "cpu"):
                raise
            raise SynthesizerError(told(error)) from error

    @property
    def on_cuda(self) -> bool:
        return self.model.device.type == "cuda"

    @property
    def _sizes(self) -> StepSizes:
        return StepSizes(self._options.first_codes, self._options.step_codes)

    def _slots(self) -> int:
        if not self.on_cuda:
            return self._options.slots
        torch.cuda.synchronize(self.model.device)  # the weights are there for all lanes
        memory = measure(self.model, self._sizes)
        slots = slots_that_fit(memory, self._options.vram_share, self._options.slots)
        if slots < self._options.slots:
            _log.warning("%d slots instead of %d fit into VRAM", slots, self._options.slots)
        return slots

    def _make_speaker(self) -> Speaker:
        sampling = sampling_of(self.model.config)
        if self._options.decoder == "batched":
            try:
                return self._make_loop(sampling)
            except SynthesizerError as error:
                _log.warning("the batched decoder is off, upstream's is used instead: %s", error)
        return UpstreamSpeaker(self.model, sampling, self.sample_rate)

    def _make_loop(self, sampling: Sampling) -> DecodingLoop:
        device = str(self.model.device)
        lane = Lane(device, urgent=True)
        # Each has a lane for its copies: behind the vocoder's, codes would wait for a whole window.
        decoder = self._make_decoder(sampling, lane, Lane(device))
        vocoder = Vocoder(self.model, Lane(device), Lane(device))
        loop = DecodingLoop(
            decoder,
            vocoder,
            lane,
            self.sample_rate,
            sizes=self._sizes,
            retries=self._options.retries,
            on_broken=_end_process,
        )
        loop.start()
        return loop

    def _make_decoder(self, sampling: Sampling, lane: Lane, copies: Lane) -> Decoder:
        """A decoder of as many slots as have room, whatever the measure said."""
        graphs = self._options.graphs
        while True:
            try:
                return Decoder(self.model, self.slots, sampling, lane, copies, graphs=graphs)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                self.slots //= 2
                if not self.slots:
                    raise SynthesizerError(
                        "too little VRAM for a single XTTS slot; close other programs, or set "
                        "xtts.device to cpu"
                    ) from error
                _log.warning("out of VRAM; going on with %d slots", self.slots)

    def speak(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Samples]:
        """The audio of a chunk as it comes, not levelled and not trimmed; none where there is
        nothing to say. Raises `SynthesizerError`."""
        language = supported(request.language, self.languages)
        text = spoken_text(request.text)
        if not text:
            return
        for part, tokens in self._fitting(text, language):
            if cancellation.cancelled:
                return
            yield from self._speaker.speak(
                self._order(part, tokens, language, request), cancellation
            )

    def gain_db(self, voice: str) -> float:
        """Brings a voice to `TARGET_LUFS`: what is known of it, else measured once, and kept."""
        known = self._voice(voice).gain_db
        if known is not None:
            return known
        return self._learn_gain(voice, list(self.speak(self._trial(voice), Cancellation())))

    def _learn_gain(self, voice: str, pieces: list[Samples]) -> float:
        """What follows from the trial sentence, spoken by `voice`."""
        measured = gain_of(joined(pieces), self.sample_rate)
        gain_db = 0.0 if measured is None else measured
        with self._lock:
            self._voices[voice] = replace(self._voices[voice], gain_db=gain_db)
        if measured is not None:
            self._gains.keep(voice, measured)
        return gain_db

    def warm_up(self, voice: str) -> SpeedHint:
        """Speak unheard, so that nothing is done for the first time later: a first piece, then a
        sentence with all other slots at work beside it. What was measured of that; it also tells
        the voice's gain, where nobody knew it."""
        self._speak_first_piece(voice)
        measured = Cancellation()
        with ThreadPoolExecutor(self.slots) as pool:
            for place in range(1, self.slots):
                pool.submit(self._consume, voice, place, measured)
            began = time.perf_counter()
            first_at, pieces = began, list[Samples]()
            for piece in self.speak(self._trial(voice), Cancellation()):
                first_at = first_at if pieces else time.perf_counter()
                pieces.append(piece)
            ended = time.perf_counter()
            measured.cancel()
        self._speaker.take_counts()  # nobody hears it
        self._speaker.measure_anew()
        if self._voice(voice).gain_db is None:
            self._learn_gain(voice, pieces)
        seconds = [piece.size / self.sample_rate for piece in pieces]
        if len(seconds) < 2:
            return SpeedHint(ended - began, 0.0, 0.0, 1 / ENGLISH_CHARACTERS_PER_S)
        return SpeedHint(
            latency_s=first_at - began,
            real_time_factor=(ended - first_at) / sum(seconds[1:]),
            block_s=seconds[0],
            seconds_per_character=1 / ENGLISH_CHARACTERS_PER_S,
        )

    def take_counts(self) -> dict[str, int]:
        """What guards and device have done since the last call, by name."""
        return self._speaker.take_counts()

    def figures(self) -> SynthesisFigures | None:
        """What was measured of the chunks so far; None where nothing was."""
        return self._speaker.figures()

    def close(self) -> None:
        self._speaker.close()
        self._float32.restore()

    def _speak_first_piece(self, voice: str) -> None:
        cancellation = Cancellation()
        for _ in self.speak(self._trial(voice), cancellation):
            cancellation.cancel()

    def _consume(self, voice: str, order: int, cancellation: Cancellation) -> None:
        for _ in self.speak(replace(self._trial(voice), order=order), cancellation):
            pass

    def _trial(self, voice: str) -> SynthesisRequest:
        language = "en" if "en" in self.languages else self.languages[0]
        return SynthesisRequest(_TRIAL, voice, language=language)

    def _fitting(self, text: str, language: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The text, cut in two as often as it takes until the model can read each part. The
        chunker's limit is of what is written: in words ("1984") it may be longer."""
        if len(text) <= limit(language):
            tokens = self._encode(text, language)
            if len(tokens) <= int(self.model.gpt.max_text_tokens) - 3:
                yield text, tokens
                return
        for half in halves(text):
            if half:
                yield from self._fitting(half, language)

    def _encode(self, text: str, language: str) -> tuple[int, ...]:
        tokenizer, text = self.model.tokenizer, text.lower()
        try:
            return tuple(tokenizer.encode(text, lang=language))
        except NotImplementedError:
            # num2words has no numbers of Hindi and no ordinals of Czech: the model gets the digits.
            marked = f"[{language}]{text}".replace(" ", "[SPACE]")
            return tuple(tokenizer.tokenizer.encode(marked).ids)
        except ImportError as error:
            extra = _LANGUAGE_EXTRAS.get(language, "languages")
            raise SynthesizerError(
                f"XTTS cannot read {language!r} ({error}); install what it needs with: "
                f'pip install "coqui-tts[{extra}]"'
            ) from error
        except Exception as error:  # num2words and others have no exception tree of their own
            raise SynthesizerError(f"XTTS cannot read {text[:60]!r}: {error}") from error

    def _order(
        self, text: str, tokens: tuple[int, ...], language: str, request: SynthesisRequest
    ) -> Order:
        voice = self._voice(request.voice)
        most = int(self.model.gpt.max_gen_mel_tokens)
        return Order(
            text=text,
            language=language,
            tokens=tokens,
            latent=voice.latent,
            embedding=voice.embedding,
            expectation=Expectation.of(text, language, most, request.speed),
            seed=request.seed,
            speed=request.speed,
            order=request.order,
        )

    def _voice(self, name: str) -> LoadedVoice:
        with self._lock:
            loaded = self._voices.get(name)
        if loaded is None:
            loaded = self._load_voice(name)
            with self._lock:
                loaded = self._voices.setdefault(name, loaded)
        return loaded

    def _load_voice(self, name: str) -> LoadedVoice:
        manager = self.model.speaker_manager
        if name in self._own_voices.names():
            voice = self._own_voices.load(name)
            latent, embedding = voice.gpt_cond_latent, voice.speaker_embedding
            tensors = torch.from_numpy(latent), torch.from_numpy(embedding)
            gain_db = voice.gain_db
        elif manager is not None and name in manager.speakers:
            row = manager.speakers[name]
            tensors = row["gpt_cond_latent"], row["speaker_embedding"]
            gain_db = self._gains.of_speaker(name)
        else:
            raise SynthesizerError(f"there is no XTTS voice {name!r}; `skaldcast voices` lists all")
        channels = int(self.model.gpt.model_dim)
        if tensors[0].shape[-1] != channels:
            raise SynthesizerError(
                f"the voice {name!r} was made with a model of {tensors[0].shape[-1]} channels, this"
                f" one has {channels}; add it anew from its recordings"
            )
        latent, embedding = (t.to(self.model.device, torch.float32) for t in tensors)
        if self.on_cuda:  # other lanes read them, which know nothing of this thread's copies
            torch.cuda.current_stream(self.model.device).synchronize()
        return LoadedVoice(latent, embedding, gain_db)


def _end_process() -> None:
    """Only a new process can use the card again. The engine starts one, as after any crash, and
    asks it for what this one did not finish."""
    _log.error("the graphics card answers no more; XTTS is started anew")
    logging.shutdown()
    os._exit(1)


def sampling_of(config: Any) -> Sampling:
    """How the checkpoint's own configuration wants codes drawn."""
    return Sampling(
        temperature=float(config.temperature),
        top_k=int(config.top_k),
        top_p=float(config.top_p),
        repetition_penalty=float(config.repetition_penalty),
    )
