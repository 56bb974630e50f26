"""The streaming vocoder: the model's own HiFi-GAN on windows of frames, beside the decoder."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..synthesizer import Samples
from .device import Arrival, Lane, Mark
from .float32 import check_audio, exact
from .library import Tensor, torch
from .windows import HOLD_BACK, StepSizes, Window, WindowPlan, interpolated

Latents: TypeAlias = Callable[[], tuple[Tensor, Mark]]
"""Gives latents, float32 (1, count, channels), and the mark behind what made them."""


class Vocoder:
    """Makes audio of latents. Its kernels go into `lane`, what they give through `copies`."""

    def __init__(self, model: Any, lane: Lane, copies: Lane) -> None:
        inner = model.hifigan_decoder
        self.hop = int(inner.output_hop_length)
        """Samples of a frame."""
        self._generator = inner.waveform_decoder
        self._lane, self._copies = lane, copies
        self._kind = model.device.type
        scales = [inner.ar_mel_length_compression / inner.output_hop_length]
        if inner.output_sample_rate != inner.input_sample_rate:
            scales.append(inner.output_sample_rate / inner.input_sample_rate)
        self._scales = tuple(scales)

    def open(self, embedding: Tensor, speed: float, sizes: StepSizes) -> "VocoderStream":
        """Begin an utterance of the voice with `embedding`, float32 (1, 512, 1)."""
        if speed == 1.0:
            return VocoderStream(self, embedding, self._scales, WindowPlan(sizes, HOLD_BACK))
        # A change of speed is one interpolation more, which moves more of the last frames.
        moved = math.ceil((0.5 / speed + 1) * math.prod(self._scales))
        scales = (1.0 / speed, *self._scales)
        return VocoderStream(self, embedding, scales, WindowPlan(sizes, HOLD_BACK + moved))

    def vocode(
        self,
        latents: Tensor,
        made: Mark,
        scales: tuple[float, ...],
        embedding: Tensor,
        window: Window,
    ) -> Arrival:
        """The frames `window` gives out, on their way to the host: float32 (samples,)."""
        self._lane.wait(made)
        with torch.inference_mode(), exact(self._kind), self._lane.work():
            self._lane.uses(latents)
            # Of all latents, which costs little: on a part torch would round in another way.
            frames = latents.transpose(1, 2)
            for scale in scales:
                frames = torch.nn.functional.interpolate(frames, scale_factor=scale, mode="linear")
            audio = self._generator(frames[..., window.first :], g=embedding)[0, 0]
            check_audio(audio)
            begin, end = window.begin - window.first, window.end - window.first
            wanted = audio[begin * self.hop : end * self.hop].contiguous()
        return Arrival(wanted, self._lane.mark(), self._copies)


class VocoderStream:
    """One utterance."""

    def __init__(
        self, vocoder: Vocoder, embedding: Tensor, scales: tuple[float, ...], plan: WindowPlan
    ) -> None:
        self._vocoder = vocoder
        self._embedding = embedding
        self._scales = scales
        self._plan = plan

    def push(self, count: int, latents: Latents, *, final: bool = False) -> Arrival | None:
        """Now there are `count` latents; what is ready by that, on its way. With `final` these
        are all, and nothing is held back. `latents` is called only where it is needed."""
        window = self._plan.next(count, interpolated(count, self._scales), final=final)
        if window is None:
            return None
        tensor, made = latents()
        return self._vocoder.vocode(tensor, made, self._scales, self._embedding, window)


def samples(arrival: Arrival) -> Samples:
    """What has arrived, float32 (samples,), waited for where it must be."""
    return np.array(arrival.take().numpy(), np.float32)
