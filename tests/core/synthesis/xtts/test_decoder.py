"""The batched decoder gives upstream's codes, and each sequence what it would give alone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.decoder import Sequence
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.memory import slot_bytes
from tests.core.synthesis.xtts import tiny
from tests.core.synthesis.xtts.decoding import (
    GREEDY,
    TEXTS,
    alone,
    decoder,
    prompt,
    run_out,
    upstream,
)


@pytest.mark.parametrize("text", TEXTS)
def test_greedy_codes_and_latents_are_those_of_upstream(endless: Checkpoint, text: str) -> None:
    codes, latents = upstream(endless, text, 80)
    one = decoder(endless, 1, GREEDY)
    sequence = one.join(prompt(endless, text, budget=80))
    while not sequence.done:
        one.step()

    assert sequence.codes == codes
    assert (one.latents_of(sequence)[0] - latents).abs().max() < 1e-5


def test_weights_are_laid_out_anew_once_and_stay_what_they_are(endless: Checkpoint) -> None:
    linear = endless.model.gpt.gpt.h[0].attn.c_attn
    before = linear.weight.detach().clone()
    decoder(endless, 1)
    place = linear.weight.data_ptr()
    decoder(endless, 1)

    assert linear.weight.t().is_contiguous()
    assert linear.weight.data_ptr() == place
    assert torch.equal(linear.weight, before)


def test_a_model_that_stops_is_stopped_where_upstream_stops(checkpoint: Checkpoint) -> None:
    for text in TEXTS[:4]:
        codes, _ = upstream(checkpoint, text, 200)

        sequence = alone(checkpoint, prompt(checkpoint, text, budget=200), GREEDY)

        assert sequence.stopped == (codes[-1] == tiny.STOP)
        assert sequence.codes == [code for code in codes if code != tiny.STOP]
        assert sequence.latents == len(codes)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_eight_sampled_sequences_at_once_are_those_made_one_by_one(
    endless: Checkpoint, lag: int
) -> None:
    prompts = [prompt(endless, text, seed) for seed, text in enumerate(TEXTS)]
    together = decoder(endless, 8, lag=lag)
    sequences = [together.join(one) for one in prompts]
    run_out(together)

    for sequence, one in zip(sequences, prompts, strict=True):
        assert sequence.codes == alone(endless, one).codes


def test_latents_in_a_batch_are_those_made_alone(endless: Checkpoint) -> None:
    prompts = [prompt(endless, text, seed) for seed, text in enumerate(TEXTS)]
    together = decoder(endless, 8)
    sequences = [together.join(one) for one in prompts]
    while not sequences[0].done:
        together.step()

    for sequence, one in zip(sequences, prompts, strict=True):
        own = decoder(endless, 1)
        single = own.join(one)
        while not single.done:
            own.step()
        difference = together.latents_of(sequence) - own.latents_of(single)
        assert difference.abs().max() < 1e-5


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(
        st.tuples(st.integers(0, 7), st.integers(1, 40), st.integers(0, 12)),
        min_size=1,
        max_size=7,
    ),
    rows=st.integers(1, 4),
    lag=st.integers(0, 1),
)
def test_joining_and_leaving_between_steps_changes_nobodys_codes(
    endless: Checkpoint, plan: list[tuple[int, int, int]], rows: int, lag: int
) -> None:
    one = decoder(endless, rows, lag=lag)
    waiting = [
        (prompt(endless, TEXTS[text], n, budget), wait)
        for n, (text, budget, wait) in enumerate(plan)
    ]
    sequences: list[Sequence] = []
    while waiting or one.active:
        if waiting and one.free:
            joining, wait = waiting.pop(0)
            sequences.append(one.join(joining))
            for _ in range(wait):
                for sequence in one.step():
                    if sequence.done:
                        one.leave(sequence)
        for sequence in one.step():
            if sequence.done:
                one.leave(sequence)

    for sequence in sequences:
        assert sequence.codes == alone(endless, sequence.prompt).codes


def test_a_sequence_that_leaves_in_the_middle_disturbs_nobody(endless: Checkpoint) -> None:
    one = decoder(endless, 3, lag=1)
    first, second, third = (one.join(prompt(endless, TEXTS[n], n, 40)) for n in range(3))
    for _ in range(10):
        one.step()

    one.leave(first)
    run_out(one)

    assert second.codes == alone(endless, second.prompt).codes
    assert third.codes == alone(endless, third.prompt).codes


def test_another_seed_gives_other_codes_and_the_same_seed_the_same(endless: Checkpoint) -> None:
    codes = [alone(endless, prompt(endless, TEXTS[0], seed)).codes for seed in (1, 1, 2)]

    assert codes[0] == codes[1] != codes[2]


def test_nobody_elses_random_numbers_matter(endless: Checkpoint) -> None:
    expected = alone(endless, prompt(endless, TEXTS[0])).codes
    one = decoder(endless, 1)
    sequence = one.join(prompt(endless, TEXTS[0]))
    while not sequence.done:
        torch.rand(3)
        one.step()

    assert sequence.codes == expected


def test_after_shrinking_it_goes_on_with_fewer_rows(endless: Checkpoint) -> None:
    one = decoder(endless, 4)
    for text in TEXTS[:4]:
        one.join(prompt(endless, text))
    one.step()

    one.shrink(2)

    assert (one.free, one.active) == (2, [])
    sequence = one.join(prompt(endless, TEXTS[5], 5))
    run_out(one)
    assert sequence.codes == alone(endless, sequence.prompt).codes


def test_the_longest_text_and_the_most_codes_fit(endless: Checkpoint) -> None:
    one = decoder(endless, 1)
    long = prompt(endless, "a" * (one.most_tokens - 1), budget=one.most_codes)
    assert len(long.tokens) == one.most_tokens
    sequence = one.join(long)

    run_out(one)

    assert len(sequence.codes) == one.most_codes == 602


def test_rows_and_columns_that_graphs_compute_in_vain_change_no_code(endless: Checkpoint) -> None:
    one = decoder(endless, 6)
    one._graphs.enabled = True  # rows in powers of two and few spans, as with graphs
    sequences = [one.join(prompt(endless, TEXTS[n], n, 10 + 60 * n)) for n in range(5)]
    run_out(one)
    late = one.join(prompt(endless, TEXTS[5], 9, 300))
    run_out(one)

    for sequence in (*sequences, late):
        assert sequence.codes == alone(endless, sequence.prompt).codes


def test_what_a_slot_is_said_to_take_is_what_it_takes(endless: Checkpoint) -> None:
    before = decoder(endless, 1)
    state = before._state

    taken = (before._cache.numel() + state.latents.numel()) * 4
    assert abs(slot_bytes(endless.model.gpt) - taken) <= 2 * 32 * 4
