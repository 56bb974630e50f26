"""A linear layer as fast as it goes for the few rows of a step, which is as fast as its weights are
read. Which product does that depends on the device, and is found by measuring.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from .library import Tensor, torch

_WIDTH = 128
"""Outputs of a slice. On two cores one row takes half the time of a single product, and eight rows
less than half; on one core they take no longer than it (measured; 64 to 256 are about alike)."""
_FEW = 8
"""Rows up to which cuBLAS reads the weights in one pass where the inputs come first."""
_LONG, _PARTS = 4096, 4
"""Inputs from which on it leaves most of a card idle, unless the sum is made in parts."""


@dataclass(frozen=True, slots=True)
class Sliced:
    """``x @ weight + bias`` on the processor. One product of few rows is done by one thread,
    however many there are; a batch of products, each of some of the outputs, is done by all."""

    weight: Tensor
    """Float32 (slices, inputs, width), the inputs of each output side by side in memory."""
    bias: Tensor
    """Float32 (slices, 1, width)."""

    def __call__(self, x: Tensor) -> Tensor:
        """`x` is float32 (rows, inputs), what comes out (rows, outputs)."""
        slices, inputs, width = self.weight.shape
        if slices == 1:
            return torch.addmm(self.bias[0, 0], x, self.weight[0])
        rows = x.shape[0]
        product = torch.baddbmm(self.bias, x.expand(slices, rows, inputs), self.weight)
        return product.transpose(0, 1).reshape(rows, slices * width)


@dataclass(frozen=True, slots=True)
class OnCard:
    """``x @ weight + bias`` on a graphics card.

    All linear layers of a step took, on an H200, 1.1 ms with 4 rows and plain products 1.3; with 8
    1.7 and 2.4; with 16 and with 32 1.9, and 4.3 and 3.6.
    """

    weight: Tensor
    """Float32 (outputs, inputs), contiguous."""
    bias: Tensor
    """Float32 (outputs,)."""

    def __call__(self, x: Tensor) -> Tensor:
        """As that of `Sliced`; with many rows the outputs of all rows lie side by side."""
        rows, inputs = x.shape
        if rows > _FEW:
            return torch.addmm(self.bias[:, None], self.weight, x.t()).t()
        if rows > 1 and inputs >= _LONG:
            parts = x.reshape(rows, _PARTS, -1).transpose(0, 1)
            weights = self.weight.view(-1, _PARTS, inputs // _PARTS).permute(1, 2, 0)
            return torch.bmm(parts, weights).sum(0).add_(self.bias)
        return torch.addmm(self.bias, x, self.weight.t())


Linear: TypeAlias = Sliced | OnCard


def laid_out(linear: Any) -> Linear:
    """Of a layer with a ``weight`` (inputs, outputs), which is laid out anew in memory, once, and
    keeps its values."""
    linear.weight.data = linear.weight.data.t().contiguous().t()
    weight, bias = linear.weight.detach(), linear.bias.detach()
    if weight.is_cuda:
        return OnCard(weight.t(), bias)
    inputs, outputs = weight.shape
    width = outputs if outputs % _WIDTH else _WIDTH
    slices = weight.t().view(outputs // width, width, inputs).transpose(1, 2)
    return Sliced(slices, bias.view(outputs // width, 1, width))
