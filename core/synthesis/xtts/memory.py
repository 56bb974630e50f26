"""Measures what slots of a model take on its device."""

from typing import Any

from .budget import Memory
from .decoder import Decoder, Prompt, longest_line
from .device import Lane
from .library import torch
from .sampling import Sampling
from .vocoder import Vocoder
from .windows import CONTEXT, HOLD_BACK, StepSizes, Window

_FLOAT_BYTES = 4


def slot_bytes(gpt: Any) -> int:
    """What a slot takes: its keys and values, and its latents."""
    config = gpt.gpt.config
    line = 2 * int(config.n_layer) * longest_line(gpt)
    return (line + int(gpt.max_gen_mel_tokens) + 2) * int(config.n_embd) * _FLOAT_BYTES


def measure(model: Any, sizes: StepSizes) -> Memory:
    """Run one slot with the longest prompt, and a window of the vocoder; CUDA only."""
    device = str(model.device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    lane = Lane(device)
    decoder = Decoder(model, 1, Sampling(), lane, lane, graphs=False, lag=0)
    channels = decoder.transformer.channels
    codes = sizes.most + (CONTEXT + HOLD_BACK) // 4
    window = Window(0, 0, HOLD_BACK)
    with lane.work():
        latent = torch.zeros(1, 32, channels, device=device)
        embedding = torch.zeros(1, 512, 1, device=device)
        latents = torch.zeros(1, codes, channels, device=device)
    decoder.join(Prompt((0,) * decoder.most_tokens, latent, seed=0, budget=2))
    decoder.step()
    vocoder = Vocoder(model, lane, lane)
    vocoder.vocode(latents, lane.mark(), (4.0, 1.1), embedding, window).take()
    peak = torch.cuda.max_memory_allocated(device) - before
    del decoder, vocoder, latents
    # Once, before the loop begins: what was measured is free again.
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(device)
    slot = slot_bytes(model.gpt)
    return Memory(free=free, slot=slot, workspace=max(0, peak - slot))
