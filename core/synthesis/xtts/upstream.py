"""The fallback: upstream's own `inference_stream`, several at once on one model.

Upstream keeps the prompt of the running text in its model, so two texts on one model give wrong
codes. Each worker thread gets a wrapper that shares the weights and nothing else. Codes are drawn
from torch's one generator: a seed gives the same speech only while nothing else is spoken.
"""

import copy
from collections import Counter
from collections.abc import Iterator
from threading import Lock, local
from typing import Any, cast

from ...errors import SynthesizerError
from ..synthesizer import Cancellation, Samples
from .device import Arrival, Lane
from .float32 import check_audio, exact
from .guard import AudioGuard
from .library import torch
from .orders import Order
from .sampling import Sampling
from .vocoder import samples

_CHUNK_CODES = 20
"""Upstream's own default."""


class UpstreamSpeaker:
    """Speaks orders by `inference_stream`, each on its caller's thread."""

    def __init__(self, model: Any, sampling: Sampling, sample_rate: int) -> None:
        self._model = model
        self._sampling = sampling
        self._sample_rate = sample_rate
        self._own = local()  # a wrapper and a lane for each worker thread
        self._lock = Lock()  # protects _counts, and the seeding of torch's generator
        self._counts: Counter[str] = Counter()

    def speak(self, order: Order, cancellation: Cancellation) -> Iterator[Samples]:
        """As `orders.Speaker` says."""
        if not hasattr(self._own, "model"):
            self._own.model = shared_copy(self._model)
            self._own.model.tokenizer = self._own.text = _ReadText()
            self._own.lane = Lane(str(self._model.device))
        guard = AudioGuard(self._sample_rate, order.expectation)
        try:
            for audio in self._stream(order):
                if cancellation.cancelled:
                    return
                kept = guard.push(audio)
                if kept.size:
                    yield kept
                if guard.ended:
                    break
        except RuntimeError as error:
            raise SynthesizerError(f"the XTTS model failed: {error}") from error
        rest = guard.finish()
        if rest.size:
            yield rest
        if guard.cut_tail:
            with self._lock:
                self._counts["tail"] += 1

    def _stream(self, order: Order) -> Iterator[Samples]:
        lane, how = self._own.lane, self._sampling
        self._own.text.tokens = order.tokens
        with self._lock:
            torch.manual_seed(order.seed)
        stream = self._own.model.inference_stream(
            order.text,
            order.language,
            order.latent,
            order.embedding,
            stream_chunk_size=_CHUNK_CODES,
            temperature=how.temperature,
            top_k=how.top_k,
            top_p=how.top_p,
            repetition_penalty=how.repetition_penalty,
            speed=order.speed,
            max_new_tokens=order.expectation.budget,
        )
        while True:
            with lane.work(), exact(self._model.device.type):
                audio = next(stream, None)
                if audio is None:
                    return
                check_audio(audio)
                arrival = Arrival(audio, lane.mark(), lane)
            yield samples(arrival)

    def take_counts(self) -> dict[str, int]:
        """As `orders.Speaker` says."""
        with self._lock:
            counts, self._counts = dict(self._counts), Counter()
        return counts

    def figures(self) -> None:
        """Nothing is measured: there are no slots."""

    def measure_anew(self) -> None:
        """Nothing is measured."""

    def close(self) -> None:
        """Nothing runs here of its own accord."""


class _ReadText:
    """Stands for upstream's tokenizer: the text has been read already."""

    tokens: tuple[int, ...] = ()

    def encode(self, *_: object, **__: object) -> list[int]:
        return list(self.tokens)


def shared_copy(model: Any) -> Any:
    """An ``Xtts`` with the weights of `model` and a state of its own."""
    xtts, gpt, inner = (_shallow(m) for m in (model, model.gpt, model.gpt.gpt_inference))
    inner.generation_config = copy.deepcopy(inner.generation_config)
    gpt._modules["gpt_inference"] = inner
    xtts._modules["gpt"] = gpt
    return xtts


def _shallow(module: Any) -> Any:
    made: Any = object.__new__(cast("type[Any]", type(module)))
    made.__dict__.update(module.__dict__)
    made.__dict__["_modules"] = dict(module._modules)
    return made
