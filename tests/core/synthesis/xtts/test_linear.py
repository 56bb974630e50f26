"""A linear layer is the same layer, whatever products it is made of."""

from types import SimpleNamespace
from typing import Any

import pytest

from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.linear import OnCard, Sliced, laid_out


def layer(inputs: int, outputs: int) -> Any:
    generator = torch.Generator().manual_seed(outputs)
    weight = torch.nn.Parameter(torch.randn(inputs, outputs, generator=generator))
    bias = torch.nn.Parameter(torch.randn(outputs, generator=generator))
    return SimpleNamespace(weight=weight, bias=bias)


@pytest.mark.parametrize("rows", [1, 2, 9])
@pytest.mark.parametrize(("outputs", "slices"), [(384, 3), (128, 1), (66, 1), (192, 1)])
def test_it_gives_what_a_single_product_gives(rows: int, outputs: int, slices: int) -> None:
    one = layer(40, outputs)
    x = torch.randn(rows, 40, generator=torch.Generator().manual_seed(rows))
    with torch.inference_mode():
        expected = x.double() @ one.weight.double() + one.bias.double()
        linear = laid_out(one)
        found = linear(x)

    assert isinstance(linear, Sliced)
    assert linear.weight.shape[0] == slices
    assert found.shape == (rows, outputs)
    assert (found - expected).abs().max() < 1e-4


@pytest.mark.parametrize("rows", [1, 2, 8, 9, 70])
@pytest.mark.parametrize("inputs", [40, 4096])
def test_a_cards_layer_gives_what_a_single_product_gives(rows: int, inputs: int) -> None:
    one = layer(inputs, 96)
    x = torch.randn(rows, inputs, generator=torch.Generator().manual_seed(rows))
    with torch.inference_mode():
        expected = x.double() @ one.weight.double() + one.bias.double()
        found = OnCard(one.weight.t().contiguous(), one.bias)(x)

    assert found.shape == (rows, 96)
    assert (found - expected).abs().max() < 1e-6 * expected.abs().max() * inputs**0.5


def test_the_layer_it_is_made_of_keeps_its_values() -> None:
    one = layer(40, 256)
    before = one.weight.detach().clone()
    laid_out(one)

    assert torch.equal(one.weight, before)
