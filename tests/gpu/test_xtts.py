"""XTTS on CUDA, with a model of the released size and random weights.

What the processor cannot show: full precision against float64, graphs and streams that change
nothing, and memory that does not grow.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skaldcast.core.synthesis.synthesizer import Cancellation, Samples
from skaldcast.core.synthesis.xtts.budget import slots_that_fit
from skaldcast.core.synthesis.xtts.decoder import Decoder, Prompt, Sequence
from skaldcast.core.synthesis.xtts.device import Lane
from skaldcast.core.synthesis.xtts.float32 import Float32
from skaldcast.core.synthesis.xtts.guard import Expectation
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.loop import DecodingLoop
from skaldcast.core.synthesis.xtts.memory import measure
from skaldcast.core.synthesis.xtts.orders import Order
from skaldcast.core.synthesis.xtts.random_model import random_model, random_voice
from skaldcast.core.synthesis.xtts.sampling import Sampling
from skaldcast.core.synthesis.xtts.takes import joined
from skaldcast.core.synthesis.xtts.upstream import UpstreamSpeaker
from skaldcast.core.synthesis.xtts.vocoder import Vocoder
from skaldcast.core.synthesis.xtts.windows import StepSizes

pytestmark = pytest.mark.gpu
DEVICE = "cuda"


@pytest.fixture(scope="module", autouse=True)
def full_precision() -> Iterator[None]:
    flags = Float32()
    yield
    flags.restore()


@pytest.fixture(scope="module")
def model() -> Any:
    return random_model(DEVICE)


def prompt(model: Any, length: int, seed: int, budget: int) -> Prompt:
    latent, _ = random_voice(model)
    return Prompt(tuple(range(2, length + 2)), latent, seed, budget)


def decode(model: Any, prompts: list[Prompt], *, graphs: bool, lag: int) -> list[list[int]]:
    decoder = Decoder(
        model, len(prompts), Sampling(), Lane(DEVICE), Lane(DEVICE), graphs=graphs, lag=lag
    )
    sequences = [decoder.join(one) for one in prompts]
    while decoder.active:
        for sequence in decoder.step():
            if sequence.done:
                decoder.leave(sequence)
    return [sequence.codes for sequence in sequences]


def order(model: Any, place: int, codes: int = 80) -> Order:
    latent, embedding = random_voice(model)
    return Order(
        text="",
        language="en",
        tokens=tuple(range(2, 40 + place)),
        latent=latent,
        embedding=embedding,
        expectation=Expectation(seconds=100.0, budget=codes, least=0),
        seed=place,
        order=place,
    )


def loop(model: Any, slots: int) -> DecodingLoop:
    lane = Lane(DEVICE, urgent=True)
    decoder = Decoder(model, slots, Sampling(), lane, Lane(DEVICE))
    vocoder = Vocoder(model, Lane(DEVICE), Lane(DEVICE))
    made = DecodingLoop(decoder, vocoder, lane, 24_000, sizes=StepSizes(), retries=0)
    made.start()
    return made


@pytest.mark.parametrize("kind", ["matmul", "linear", "conv1d", "attention"])
def test_products_are_of_full_precision(kind: str) -> None:
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(8, 1024, 1024, generator=generator, dtype=torch.float64)
    b = torch.randn(1024, 1024, generator=generator, dtype=torch.float64)
    work = {
        "matmul": lambda a, b: a @ b,
        "linear": torch.nn.functional.linear,
        "attention": lambda a, b: torch.nn.functional.scaled_dot_product_attention(
            *(t.view(8, 16, 1024, 64) for t in (a, a @ b / 32, a)),
            attn_mask=torch.ones(1024, 1024, dtype=torch.bool, device=a.device).tril(),
        ),
        "conv1d": lambda a, b: torch.nn.functional.conv1d(a, b[:, :, None].repeat(1, 1, 3)),
    }[kind]

    exact = work(a, b)
    ours = work(a.float().to(DEVICE), b.float().to(DEVICE)).double().cpu()

    assert (ours - exact).abs().max() / exact.abs().max() < 1e-5  # TF32 would show 1e-3


def test_the_vocoder_is_of_full_precision(model: Any) -> None:
    _, embedding = random_voice(model)
    generator = model.hifigan_decoder.waveform_decoder
    frames = torch.randn(1, 1024, 60, device=DEVICE)
    with torch.inference_mode():
        ours = generator(frames, g=embedding).double()
        exact = generator.double()(frames.double(), g=embedding.double())
        generator.float()

    assert (ours - exact).pow(2).mean().sqrt() / exact.pow(2).mean().sqrt() < 1e-4


def test_graphs_and_reading_late_change_no_code(model: Any) -> None:
    prompts = [prompt(model, 30 + 7 * n, n, 40) for n in range(8)]
    plain = decode(model, prompts, graphs=False, lag=0)

    assert decode(model, prompts, graphs=True, lag=0) == plain
    assert decode(model, prompts, graphs=True, lag=1) == plain


def test_graphs_are_recorded_and_not_given_up(model: Any) -> None:
    decoder = Decoder(model, 2, Sampling(), Lane(DEVICE), Lane(DEVICE))
    sequences = [decoder.join(prompt(model, 30, n, 40)) for n in range(2)]
    while not sequences[0].done:
        decoder.step()

    assert decoder._graphs.enabled
    assert len(decoder._graphs) == 2 * 5  # one and two rows, five spans


def test_codes_on_the_gpu_are_those_of_the_processor_as_long_as_rounding_allows(
    model: Any,
) -> None:
    ours: list[Sequence] = []
    for one in (model, random_model("cpu")):
        one.load_state_dict(model.state_dict())
        lane = Lane(str(one.device))
        decoder = Decoder(one, 1, Sampling(top_k=1), lane, lane, lag=0)
        ours.append(decoder.join(prompt(one, 40, 0, 8)))
        while not ours[-1].done:
            decoder.step()

    assert ours[0].codes == ours[1].codes


def test_streams_side_by_side_give_what_a_chunk_gives_alone(model: Any) -> None:
    one = loop(model, 4)

    def speak(order: Order) -> Samples:
        return joined(list(one.speak(order, Cancellation())))

    orders = [order(model, n) for n in range(12)]
    alone = [speak(one_order) for one_order in orders]
    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(speak, orders))
    one.close()

    for a, b in zip(alone, together, strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= 1e-4 * np.sqrt(np.mean(np.square(a)))


def test_memory_does_not_grow_over_five_hundred_chunks(model: Any) -> None:
    one = loop(model, 8)
    used: list[int] = []

    def speak(n: int) -> None:
        place = replace(order(model, n % 8, 30 + n % 50), order=n)
        for _ in one.speak(place, Cancellation()):
            pass

    with ThreadPoolExecutor(8) as pool:
        for block in range(10):
            list(pool.map(speak, range(block * 50, block * 50 + 50)))
            used.append(torch.cuda.memory_reserved())
    one.close()

    assert used[-1] <= used[2] * 1.02


def test_upstreams_generator_in_several_threads_gives_what_it_gives_alone(model: Any) -> None:
    speaker = UpstreamSpeaker(model, Sampling(top_k=1), 24_000)

    def speak(order: Order) -> Samples:
        return joined(list(speaker.speak(order, Cancellation())))

    orders = [order(model, n, 45) for n in range(4)]
    alone = [speak(one) for one in orders]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(speak, orders))

    for a, b in zip(alone, together, strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= 1e-4 * np.sqrt(np.mean(np.square(a)))


def test_a_fault_in_a_kernel_is_known_as_the_end_of_the_process() -> None:
    program = """
from skaldcast.core.synthesis.xtts.device import is_broken
from skaldcast.core.synthesis.xtts.library import torch
try:
    torch.zeros(4, device="cuda")[torch.tensor([9], device="cuda")].cpu()
except RuntimeError as error:
    print(is_broken(error))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert ended.stdout == "True\n"


def test_out_of_memory_is_survived_with_fewer_slots(model: Any) -> None:
    free, total = torch.cuda.mem_get_info()
    one = loop(model, 4)
    decoder = one._decoder
    torch.cuda.set_per_process_memory_fraction((total - free + 2**28) / total)
    try:
        orders = [order(model, n, 300) for n in range(4)]
        with ThreadPoolExecutor(4) as pool:
            spoken = list(pool.map(lambda o: joined(list(one.speak(o, Cancellation()))), orders))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        one.close()

    assert all(audio.size for audio in spoken)
    assert 1 <= decoder.rows <= 4


def test_what_a_slot_takes_is_measured(model: Any) -> None:
    memory = measure(model, StepSizes())

    assert 200e6 < memory.slot < 400e6
    assert memory.workspace < 4e9
    assert slots_that_fit(memory, 0.6, 4) >= 1
