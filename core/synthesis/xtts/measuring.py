"""How fast a model is here: codes per second by slots, and the vocoder's work by window sizes."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .decoder import Decoder, Prompt
from .device import Lane
from .guard import CODES_PER_S
from .library import torch
from .random_model import random_voice
from .sampling import Sampling
from .speeds import FirstBlock, Measured, SlotSpeed, WindowWork, choose
from .vocoder import Vocoder, samples
from .windows import StepSizes

_TEXT_TOKENS = 60
"""A chunk of some 100 characters."""
UTTERANCE_CODES = 215
"""Ten seconds."""
_SLOTS = (1, 2, 4, 6, 8, 12, 16, 24, 32)
_STEPS = (24, 36, 48, 72, 96)


class SteppingDecoder:
    """So many sequences that never end, to be timed step by step."""

    def __init__(self, model: Any, slots: int, *, graphs: bool = True) -> None:
        device = str(model.device)
        lane, copies = Lane(device), Lane(device)
        self.slots = slots
        self._on_cuda = lane.on_cuda
        self._decoder = Decoder(model, slots, Sampling(), lane, copies, graphs=graphs)
        for seed in range(slots):
            self._decoder.join(_prompt(model, seed, self._decoder.most_codes))

    def seconds(self, steps: int) -> float:
        """How long so many steps take, until the device is done with the last one."""
        began = time.perf_counter()
        for _ in range(steps):
            self._decoder.step()
        if self._on_cuda:
            torch.cuda.synchronize()
        return time.perf_counter() - began


def _prompt(model: Any, seed: int, codes: int) -> Prompt:
    latent, _ = random_voice(model)
    return Prompt(tuple(range(2, _TEXT_TOKENS + 2)), latent, seed, codes)


def slot_speeds(
    model: Any, slots: Sequence[int], *, steps: int = 8, rounds: int = 5, graphs: bool = True
) -> list[SlotSpeed]:
    """`SlotSpeed` of each number of slots. They are timed in turns and the best of each counts,
    so that what else the machine does falls on all of them."""
    speeds = _slot_speeds(model, slots, steps, rounds, graphs=graphs)
    if model.device.type == "cuda":
        # Each has streams of its own, and what was theirs is lent to no other stream.
        torch.cuda.empty_cache()
    return speeds


def _slot_speeds(
    model: Any, slots: Sequence[int], steps: int, rounds: int, *, graphs: bool
) -> list[SlotSpeed]:
    decoders = [SteppingDecoder(model, count, graphs=graphs) for count in slots]
    for one in decoders:
        one.seconds(3)  # warms up, and records the graph
    best = [float("inf")] * len(decoders)
    for _ in range(rounds):
        for index, one in enumerate(decoders):
            best[index] = min(best[index], one.seconds(steps))
    return [
        SlotSpeed(one.slots, one.slots * steps / seconds)
        for one, seconds in zip(decoders, best, strict=True)
    ]


def vocoder_s(model: Any, sizes: StepSizes, codes: int = UTTERANCE_CODES) -> float:
    """CPU seconds (on a GPU: seconds, warmed up) that streaming an utterance of so many codes
    takes."""
    if model.device.type == "cuda":
        _vocoder_s(model, sizes, codes, time.perf_counter)
        return _vocoder_s(model, sizes, codes, time.perf_counter)
    return _vocoder_s(model, sizes, codes, time.process_time)


def _vocoder_s(model: Any, sizes: StepSizes, codes: int, clock: Callable[[], float]) -> float:
    lane = Lane(str(model.device))
    _, embedding = random_voice(model)
    with lane.work():
        latents = torch.randn(1, codes, model.gpt.model_dim, device=model.device)
    began = clock()
    stream = Vocoder(model, lane, lane).open(embedding, 1.0, sizes)
    for count in range(1, codes + 1):
        part = latents[:, :count]
        arrival = stream.push(count, lambda p=part: (p, lane.mark()), final=count == codes)
        if arrival is not None:
            samples(arrival)
    return clock() - began


def window_work(model: Any, sizes: StepSizes, codes: int = UTTERANCE_CODES) -> WindowWork:
    """`vocoder_s`, with what it is about."""
    return WindowWork(sizes.most, vocoder_s(model, sizes, codes), codes / CODES_PER_S)


def first_block(
    model: Any, first_codes: int, *, graphs: bool = True, rounds: int = 3
) -> FirstBlock:
    """How long it takes from a chunk's prompt to its first audio on the host, with one slot, each
    part warmed up; the best of `rounds`."""
    device = str(model.device)
    lane = Lane(device, urgent=True)
    decoder = Decoder(model, 1, Sampling(), lane, Lane(device), graphs=graphs)
    vocoder = Vocoder(model, Lane(device), Lane(device))
    _, embedding = random_voice(model)
    best = float("inf")
    for seed in range(rounds + 1):
        began = time.perf_counter()
        sequence = decoder.join(_prompt(model, seed, decoder.most_codes))
        stream = vocoder.open(embedding, 1.0, StepSizes(first_codes, first_codes))
        arrival = None
        while arrival is None and not sequence.done:
            decoder.step()
            latents = lambda s=sequence: (decoder.latents_of(s), lane.mark())  # noqa: E731
            arrival = stream.push(sequence.latents, latents, final=sequence.done)
        if arrival is not None:
            samples(arrival)
        if seed:  # the first one warms up
            best = min(best, time.perf_counter() - began)
        decoder.leave(sequence)
    return FirstBlock(first_codes, best)


def tune(
    model: Any,
    most_slots: int = 16,
    codes: int = UTTERANCE_CODES,
    *,
    first_codes: int = 12,
    steps: int = 8,
    rounds: int = 5,
    graphs: bool = True,
) -> Iterator[Measured]:
    """Search slots and window sizes: what each measured, and what `choose` makes of it at last."""
    speeds: list[SlotSpeed] = []
    for count in (count for count in _SLOTS if count <= most_slots):
        speeds += slot_speeds(model, [count], steps=steps, rounds=rounds, graphs=graphs)
        yield speeds[-1]
    works: dict[int, float] = {}
    for step in [step for step in _STEPS if step >= first_codes] or [first_codes]:
        work = window_work(model, StepSizes(first_codes, step), codes)
        works[step] = work.seconds
        yield work
    yield choose(speeds, works)
