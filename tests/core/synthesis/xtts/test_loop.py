"""The decoding loop: chunks of several threads at once, each whole, the first one at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.synthesizer import Cancellation, Samples
from skaldcast.core.synthesis.xtts import loop
from skaldcast.core.synthesis.xtts.checkpoint import Checkpoint
from skaldcast.core.synthesis.xtts.decoder import Prompt, Sequence
from skaldcast.core.synthesis.xtts.device import Lane
from skaldcast.core.synthesis.xtts.guard import Expectation
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.loop import DecodingLoop
from skaldcast.core.synthesis.xtts.orders import Order
from skaldcast.core.synthesis.xtts.takes import Take, joined
from skaldcast.core.synthesis.xtts.vocoder import Vocoder
from tests.core.synthesis.xtts.decoding import TEXTS, alone, decoder, prompt

LANE = Lane("cpu")


class Rig:
    """A loop, its parts within reach."""

    def __init__(
        self, checkpoint: Checkpoint, slots: int = 4, retries: int = 0, **others: Any
    ) -> None:
        self.checkpoint = checkpoint
        self.decoder = decoder(checkpoint, slots)
        self.vocoder = Vocoder(checkpoint.model, LANE, LANE)
        self.loop = DecodingLoop(
            self.decoder, self.vocoder, LANE, 24_000, retries=retries, **others
        )

    def start_with(self, chunks: int) -> None:
        """Start the loop once so many chunks have been given to it, by threads of their own."""
        changed = self.loop._changed
        with changed:
            assert changed.wait_for(lambda: len(self.loop._inbox) == chunks, 60)
        self.loop.start()

    def order(self, text: str, place: int, codes: int = 60, seed: int = 0) -> Order:
        speaker = self.checkpoint.model.speaker_manager.speakers["Test Speaker"]
        return Order(
            text=text,
            language="en",
            tokens=prompt(self.checkpoint, text).tokens,
            latent=speaker["gpt_cond_latent"],
            embedding=speaker["speaker_embedding"],
            # So long that no guard steps in.
            expectation=Expectation(seconds=100.0, budget=codes, least=0),
            seed=seed,
            order=place,
        )

    def speak(self, order: Order) -> Samples:
        return joined(list(self.loop.speak(order, Cancellation())))

    def expected(self, order: Order) -> Samples:
        """Its codes decoded alone, and vocoded in one go."""
        own = decoder(self.checkpoint, 1)
        one = prompt(self.checkpoint, order.text, order.seed, order.expectation.budget)
        sequence = own.join(one)
        while not sequence.done:
            own.step()
        with torch.inference_mode():
            latents = own.latents_of(sequence)
            audio = self.checkpoint.model.hifigan_decoder(latents, g=order.embedding)
        return audio.squeeze().numpy()


def same(one: Samples, other: Samples) -> bool:
    return one.shape == other.shape and float(np.abs(one - other).max()) < 1e-5


@pytest.fixture
def rig(endless: Checkpoint) -> Iterator[Rig]:
    made = Rig(endless)
    made.loop.start()
    yield made
    made.loop.close()


def test_a_chunk_is_spoken_sample_by_sample_as_in_one_go(rig: Rig) -> None:
    order = rig.order(TEXTS[0], 1)

    assert same(rig.speak(order), rig.expected(order))


def test_chunks_of_several_threads_are_each_what_they_would_be_alone(rig: Rig) -> None:
    orders = [rig.order(text, n, 30 + 7 * n, seed=n) for n, text in enumerate(TEXTS)]

    with ThreadPoolExecutor(len(orders)) as pool:  # twice as many as there are slots
        spoken = list(pool.map(rig.speak, orders))

    for audio, order in zip(spoken, orders, strict=True):
        assert same(audio, rig.expected(order))


def test_the_first_chunk_is_given_out_in_pieces_and_the_others_after_it(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, told = Rig(endless), list[int]()

    class Telling(Take):
        """Tells whose turn it is when it gives something out, in the loop's own thread."""

        def __init__(self, seed: int, *rest: Any) -> None:
            expectation, rate, retries, give, count = rest

            def tell(samples: Samples | None) -> None:
                told.append(seed)
                give(samples)

            super().__init__(seed, expectation, rate, retries, tell, count)

    monkeypatch.setattr(loop, "Take", Telling)
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(rig.speak, rig.order(TEXTS[n], n, 150, seed=n)) for n in (1, 2, 3)]
        rig.start_with(3)
        assert all(one.result(60).size for one in done)
    rig.loop.close()

    assert told.count(1) > 3
    assert told == sorted(told)


def test_until_the_first_chunk_has_audio_no_other_one_slows_it_down(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(endless)
    codes_of_the_first: list[int] = []
    join = rig.decoder.join

    def joining(one: Prompt) -> Sequence:
        codes_of_the_first.append(len(rig.decoder.active[0].codes) if rig.decoder.active else 0)
        return join(one)

    monkeypatch.setattr(rig.decoder, "join", joining)
    cancellation = Cancellation()
    streams = [rig.loop.speak(rig.order(TEXTS[n], n, 100), cancellation) for n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(lambda s=stream: joined(list(s))) for stream in streams]
        rig.start_with(3)
        assert all(one.result(60).size for one in done)
    rig.loop.close()

    assert codes_of_the_first[0] == 0
    assert codes_of_the_first[1] == 12
    assert codes_of_the_first[2] == 13


def test_a_cancelled_chunk_ends_and_its_slot_is_free(endless: Checkpoint) -> None:
    rig = Rig(endless, slots=1)
    rig.loop.start()
    cancellation = Cancellation()
    running = rig.loop.speak(rig.order(TEXTS[0], 1, 600), cancellation)
    next(running)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(rig.speak, rig.order(TEXTS[1], 2, 30))

        cancellation.cancel()

        assert sum(piece.size for piece in running) < 600 * 1114
        assert waiting.result(30).size > 0
    rig.loop.close()


def test_a_reader_that_reads_no_further_frees_the_slot(endless: Checkpoint) -> None:
    rig = Rig(endless, slots=1)
    rig.loop.start()
    running = rig.loop.speak(rig.order(TEXTS[0], 1, 600), Cancellation())
    next(running)
    running.close()

    assert rig.speak(rig.order(TEXTS[1], 2, 30)).size > 0
    rig.loop.close()


def test_a_chunk_that_was_cancelled_before_it_began_says_nothing(rig: Rig) -> None:
    cancellation = Cancellation()
    cancellation.cancel()

    assert list(rig.loop.speak(rig.order(TEXTS[0], 1, 600), cancellation)) == []


class Failing:
    """Stands before a method and lets its `at`-th calls fail."""

    def __init__(self, method: Any, at: set[int], error: Exception) -> None:
        self._method, self._at, self._error = method, at, error
        self.calls = 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        if self.calls in self._at:
            raise self._error
        return self._method(*arguments)


@pytest.mark.parametrize("part", ["step", "join", "vocode"])
@pytest.mark.parametrize("at", [1, 3])
def test_out_of_memory_halves_the_slots_and_loses_nothing(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch, part: str, at: int
) -> None:
    rig = Rig(endless)
    owner: Any = rig.vocoder if part == "vocode" else rig.decoder
    failing = Failing(getattr(owner, part), {at}, torch.OutOfMemoryError("no memory"))
    monkeypatch.setattr(owner, part, failing)
    orders = [rig.order(text, n, 60, seed=n) for n, text in enumerate(TEXTS[:4])]
    rig.loop.start()

    with ThreadPoolExecutor(4) as pool:
        spoken = list(pool.map(rig.speak, orders))

    for audio, order in zip(spoken, orders, strict=True):
        assert same(audio, rig.expected(order))
    assert rig.decoder.rows == 2
    assert rig.loop.take_counts()["out_of_memory"] == 1
    rig.loop.close()


def test_where_half_the_slots_have_no_room_either_a_quarter_is_tried(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(endless)
    full = torch.OutOfMemoryError("no memory")
    monkeypatch.setattr(rig.decoder, "step", Failing(rig.decoder.step, {2}, full))
    monkeypatch.setattr(rig.decoder, "shrink", Failing(rig.decoder.shrink, {1}, full))
    order = rig.order(TEXTS[0], 1)
    rig.loop.start()

    assert same(rig.speak(order), rig.expected(order))
    assert rig.decoder.rows == 1
    rig.loop.close()


def test_where_nothing_has_room_any_more_each_chunk_is_told_so(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(endless)
    full = torch.OutOfMemoryError("no memory")
    monkeypatch.setattr(rig.decoder, "step", Failing(rig.decoder.step, set(range(99)), full))
    monkeypatch.setattr(rig.decoder, "shrink", Failing(rig.decoder.shrink, set(range(99)), full))
    rig.loop.start()

    for place in (1, 2):
        with pytest.raises(SynthesizerError, match="out of memory"):
            rig.speak(rig.order(TEXTS[0], place))
    rig.loop.close()


def test_out_of_memory_with_a_single_slot_is_told_and_the_next_chunk_is_spoken(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(endless, slots=1)
    failing = Failing(rig.decoder.step, {2}, torch.OutOfMemoryError("no memory"))
    monkeypatch.setattr(rig.decoder, "step", failing)
    rig.loop.start()

    with pytest.raises(SynthesizerError, match="out of memory"):
        rig.speak(rig.order(TEXTS[0], 1))
    assert rig.speak(rig.order(TEXTS[0], 2)).size > 0
    rig.loop.close()


def test_a_fault_in_the_model_fails_the_chunk_and_not_the_next_one(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(endless)
    monkeypatch.setattr(rig.decoder, "step", Failing(rig.decoder.step, {2}, ValueError("odd")))
    rig.loop.start()

    with pytest.raises(SynthesizerError, match="odd"):
        rig.speak(rig.order(TEXTS[0], 1))
    assert rig.speak(rig.order(TEXTS[0], 2)).size > 0
    rig.loop.close()


def test_a_device_that_answers_no_more_is_told_to_the_owner_once_and_for_all_chunks(
    endless: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    rig = Rig(endless, on_broken=lambda: told.append("broken"))
    gone = RuntimeError("CUDA error: an illegal memory access was encountered\nmore")
    monkeypatch.setattr(rig.decoder, "step", Failing(rig.decoder.step, {2}, gone))
    rig.loop.start()

    with pytest.raises(SynthesizerError, match="illegal memory access"):
        rig.speak(rig.order(TEXTS[0], 1))
    assert told == ["broken"]
    rig.loop.close()


def test_a_chunk_that_runs_away_is_made_again_while_it_is_not_due(endless: Checkpoint) -> None:
    rig = Rig(endless, retries=1)
    rig.loop.start()
    first = rig.order(TEXTS[0], 1, 200)
    second = replace(rig.order(TEXTS[1], 2, 40), seed=5)
    begun = Event()

    def listen() -> Samples:
        pieces: list[Samples] = []
        for piece in rig.loop.speak(first, Cancellation()):
            pieces.append(piece)
            begun.set()
        return joined(pieces)

    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(listen)
        assert begun.wait(30)
        made = rig.speak(second)
        assert same(listening.result(30), rig.expected(first))

    # Never stopping is the tiny model's habit, so the second attempt is no better.
    assert rig.loop.take_counts() == {"runaway": 3, "retry": 1}
    assert made.size > 0
    rig.loop.close()


def test_after_the_end_nothing_is_taken(endless: Checkpoint) -> None:
    rig = Rig(endless)
    rig.loop.start()
    running = rig.loop.speak(rig.order(TEXTS[0], 1, 600), Cancellation())
    next(running)

    rig.loop.close()
    rig.loop.close()

    with pytest.raises(SynthesizerError, match="closed"):
        list(running)
    with pytest.raises(SynthesizerError, match="closed"):
        list(rig.loop.speak(rig.order(TEXTS[0], 2), Cancellation()))


def test_codes_are_those_of_the_seed(rig: Rig, endless: Checkpoint) -> None:
    assert alone(endless, prompt(endless, TEXTS[0], 3)).codes != (
        alone(endless, prompt(endless, TEXTS[0], 4)).codes
    )
    assert not same(
        rig.speak(rig.order(TEXTS[0], 1, seed=3)), rig.speak(rig.order(TEXTS[0], 2, seed=4))
    )
