"""Upstream's generator on one model in several threads, with a wrapper for each."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from skaldcast.core.synthesis.synthesizer import Cancellation, Samples
from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.guard import Expectation
from skaldcast.core.synthesis.xtts.orders import Order
from skaldcast.core.synthesis.xtts.takes import joined
from skaldcast.core.synthesis.xtts.upstream import UpstreamSpeaker, shared_copy
from tests.core.synthesis.xtts import tiny
from tests.core.synthesis.xtts.decoding import GREEDY, TEXTS, prompt


def order(checkpoint: Checkpoint, text: str, budget: int = 60) -> Order:
    speaker = checkpoint.model.speaker_manager.speakers[tiny.SPEAKERS[0]]
    return Order(
        text=text,
        language="en",
        tokens=prompt(checkpoint, text).tokens,
        latent=speaker["gpt_cond_latent"],
        embedding=speaker["speaker_embedding"],
        expectation=Expectation(seconds=100.0, budget=budget, least=0),
    )


def test_texts_in_several_threads_do_not_disturb_each_other(endless: Checkpoint) -> None:
    speaker = UpstreamSpeaker(endless.model, GREEDY, 24_000)

    def speak(text: str) -> Samples:
        return joined(list(speaker.speak(order(endless, text), Cancellation())))

    alone = [speak(text) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(speak, TEXTS))

    for one, other in zip(alone, together, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_wrapper_shares_the_weights_and_nothing_else(endless: Checkpoint) -> None:
    model = endless.model
    made = shared_copy(model)

    for one, other in zip(model.parameters(), made.parameters(), strict=True):
        assert one.data_ptr() == other.data_ptr()
    made.gpt.gpt_inference.cached_prefix_emb = "mine"
    assert getattr(model.gpt.gpt_inference, "cached_prefix_emb", None) != "mine"
    assert made.gpt.gpt_inference.generation_config is not model.gpt.gpt_inference.generation_config


def test_a_cancelled_chunk_ends_at_the_next_piece(endless: Checkpoint) -> None:
    speaker = UpstreamSpeaker(endless.model, GREEDY, 24_000)
    cancellation = Cancellation()
    running = speaker.speak(order(endless, TEXTS[0], 300), cancellation)
    next(running)

    cancellation.cancel()

    assert list(running) == []
