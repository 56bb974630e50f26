"""Picks the next code from the model's logits, as upstream's generator does."""

from dataclasses import dataclass

from .library import Tensor, torch


@dataclass(frozen=True, slots=True)
class Sampling:
    """How codes are drawn; the defaults are those of upstream's `inference_stream`."""

    temperature: float = 0.75
    top_k: int = 50
    """So many of the likeliest codes are looked at; 1 is greedy."""
    top_p: float = 0.85
    """Of these, the likeliest that together have this probability."""
    repetition_penalty: float = 10.0
    """Divides a positive logit of each code that came before, multiplies a negative one."""


def pick(logits: Tensor, seen: Tensor, uniform: Tensor, how: Sampling) -> Tensor:
    """The next codes, int64 of shape (rows,).

    `logits` float32 (rows, codes), `seen` bool (rows, codes), `uniform` float32 (rows,) in 0..1:
    one number decides a draw (the inverse of the cumulative distribution), so a row's codes
    depend on nothing but its logits and its own numbers, and the draw can be in a CUDA graph.
    """
    penalised = torch.where(logits < 0, logits * how.repetition_penalty, logits)
    penalised = torch.where(logits > 0, logits / how.repetition_penalty, penalised)
    scores = torch.where(seen, penalised, logits) / how.temperature
    values, codes = scores.topk(min(how.top_k, scores.shape[-1]), dim=-1)
    likely = values.softmax(-1)
    before = likely.cumsum(-1) - likely
    likely = likely * (before < how.top_p)
    reached = likely.cumsum(-1)
    chosen = (reached <= uniform[:, None] * reached[:, -1:]).sum(-1)
    # Rounding may put the number past the last code that can be drawn.
    last = (likely > 0).sum(-1) - 1
    return codes.gather(1, torch.minimum(chosen, last)[:, None])[:, 0]


def draws(seed: int, count: int) -> Tensor:
    """`count` uniform numbers of a generator of their own, float32 on the CPU: the same on every
    device, whatever else draws numbers meanwhile."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, generator=generator)
