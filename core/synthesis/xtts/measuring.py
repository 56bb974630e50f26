"""How fast a model is here: codes per second by slots, and the vocoder's work by window sizes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .decoder import Decoder, Prompt
from .device import Lane
from .guard import CODES_PER_S
from .library import torch
from .random_model import random_voice
from .sampling import Sampling
from .vocoder import Vocoder, samples
from .windows import StepSizes

_TEXT_TOKENS = 60
"""A chunk of some 100 characters."""
_ENOUGH = 0.95
"""A setting is taken where no greater one brings more than this share of the best."""


@dataclass(frozen=True, slots=True)
class SlotSpeed:
    """What so many slots do."""

    slots: int
    codes_per_s: float
    """Of all slots together."""

    @property
    def real_time_factor(self) -> float:
        """Of all slots together, the vocoder not counted."""
        return CODES_PER_S / self.codes_per_s

    @property
    def slot_real_time_factor(self) -> float:
        """Of each slot."""
        return self.real_time_factor * self.slots


@dataclass(frozen=True, slots=True)
class Tuned:
    """The settings that were found best."""

    slots: int
    step_codes: int


class SteppingDecoder:
    """So many sequences that never end, to be timed step by step."""

    def __init__(self, model: Any, slots: int, *, graphs: bool = True) -> None:
        device = str(model.device)
        lane, copies = Lane(device), Lane(device)
        self.slots = slots
        self._decoder = Decoder(model, slots, Sampling(), lane, copies, graphs=graphs)
        latent, _ = random_voice(model)
        for seed in range(slots):
            tokens = tuple(range(2, _TEXT_TOKENS + 2))
            self._decoder.join(Prompt(tokens, latent, seed, self._decoder.most_codes))

    def seconds(self, steps: int) -> float:
        """How long so many steps take, the last one's codes read."""
        began = time.perf_counter()
        for _ in range(steps):
            self._decoder.step()
        return time.perf_counter() - began


def slot_speeds(model: Any, slots: Sequence[int], *, steps: int = 8, rounds: int = 5) -> list[Any]:
    """`SlotSpeed` of each number of slots. They are timed in turns and the best of each counts,
    so that what else the machine does falls on all of them."""
    decoders = [SteppingDecoder(model, count) for count in slots]
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


def vocoder_s(model: Any, sizes: StepSizes, codes: int = 215) -> float:
    """CPU seconds (on a GPU: seconds) that streaming an utterance of so many codes takes."""
    clock = time.perf_counter if model.device.type == "cuda" else time.process_time
    lane = Lane(str(model.device))
    _, embedding = random_voice(model)
    latents = torch.randn(1, codes, model.gpt.model_dim, device=model.device)
    began = clock()
    stream = Vocoder(model, lane, lane).open(embedding, 1.0, sizes)
    for count in range(1, codes + 1):
        part = latents[:, :count]
        arrival = stream.push(count, lambda p=part: (p, lane.mark()), final=count == codes)
        if arrival is not None:
            samples(arrival)
    return clock() - began


def tune(
    model: Any, most_slots: int = 16, codes: int = 215
) -> Iterator[SlotSpeed | tuple[int, float] | Tuned]:
    """Search slots and window sizes: what each measured, and `Tuned` at last.

    The fewest slots are taken that do nearly as much as any number, as long as each slot is still
    faster than speech; then the smallest windows whose work is nearly the least.
    """
    counts = [count for count in (1, 2, 4, 6, 8, 12, 16, 24, 32) if count <= most_slots]
    speeds: list[SlotSpeed] = []
    for count in counts:
        speeds += slot_speeds(model, [count])
        yield speeds[-1]
    works: dict[int, float] = {}
    for step in (24, 36, 48, 72, 96):
        works[step] = vocoder_s(model, StepSizes(12, step), codes)
        yield step, works[step]
    yield choose(speeds, works)


def choose(speeds: Sequence[SlotSpeed], works: dict[int, float]) -> Tuned:
    """The best of what was measured; `works` is the vocoder's by step size. Plain."""
    usable = [speed for speed in speeds if speed.slot_real_time_factor < 0.8] or list(speeds[:1])
    most = max(speed.codes_per_s for speed in usable)
    slots = next(s.slots for s in usable if s.codes_per_s >= _ENOUGH * most)
    least = min(works.values())
    step = next(step for step, work in sorted(works.items()) if _ENOUGH * work <= least)
    return Tuned(slots, step)
