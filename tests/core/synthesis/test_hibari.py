"""The embedded voice, with its real weights."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.hibari import HibariSynthesizer
from skaldcast.core.synthesis.hibari_model import HibariModel
from skaldcast.core.synthesis.loudness import integrated_loudness, true_peak_db
from skaldcast.core.synthesis.synthesizer import (
    Block,
    Cancellation,
    SynthesisRequest,
    Synthesizer,
)
from skaldcast.core.types import WordTime

RATE = 24_000
LINE = "The old gate stood at the end of the road, and nobody had opened it for years."


@pytest.fixture(scope="module")
def hibari() -> Iterator[HibariSynthesizer]:
    synthesizer = HibariSynthesizer({})
    synthesizer.load("heart")
    yield synthesizer
    synthesizer.close()


def blocks(hibari: HibariSynthesizer, text: str, speed: float = 1.0, seed: int = 0) -> list[Block]:
    request = SynthesisRequest(text, "heart", speed, seed)
    return list(hibari.synthesize(request, Cancellation()))


def sound(hibari: HibariSynthesizer, text: str, speed: float = 1.0, seed: int = 0) -> NDArray:
    return np.concatenate([block.samples for block in blocks(hibari, text, speed, seed)])


def words(hibari: HibariSynthesizer, text: str, speed: float = 1.0) -> list[WordTime]:
    return [word for block in blocks(hibari, text, speed) for word in block.words]


def test_it_is_a_synthesizer(hibari: HibariSynthesizer) -> None:
    assert isinstance(hibari, Synthesizer)


def test_silence_is_trimmed_at_both_ends(hibari: HibariSynthesizer) -> None:
    spoken = sound(hibari, LINE)

    for edge in (spoken[: RATE // 25], spoken[-RATE // 20 :]):
        assert np.abs(edge).max() > 0.003
    assert spoken[0] == 0
    assert spoken[-1] == 0


def test_it_is_as_loud_as_it_should_be(hibari: HibariSynthesizer) -> None:
    spoken = np.concatenate([sound(hibari, text) for text in (LINE, "He took the lamp and left.")])

    assert integrated_loudness(spoken, RATE) == pytest.approx(-18.0, abs=1.0)
    assert true_peak_db(spoken) <= -1.0


def test_the_same_request_gives_the_same_samples(hibari: HibariSynthesizer) -> None:
    """What was redone after a crash can be joined to what came before it."""
    np.testing.assert_array_equal(sound(hibari, LINE, seed=3), sound(hibari, LINE, seed=3))


def test_another_seed_gives_another_take(hibari: HibariSynthesizer) -> None:
    one, other = sound(hibari, LINE, seed=1), sound(hibari, LINE, seed=2)

    assert abs(one.size - other.size) < RATE / 50
    assert not np.array_equal(one[:20_000], other[:20_000])


def test_speed_is_the_speaking_rate(hibari: HibariSynthesizer) -> None:
    slow, fast = sound(hibari, LINE, 0.8).size, sound(hibari, LINE, 1.6).size

    assert slow / fast == pytest.approx(2.0, rel=0.15)


def test_the_first_block_is_short_so_that_it_comes_early(hibari: HibariSynthesizer) -> None:
    sizes = [block.samples.size for block in blocks(hibari, LINE)]

    assert 0 < sizes[0] < RATE / 2
    assert max(sizes) < 2 * RATE


def test_blocks_join_without_a_click(hibari: HibariSynthesizer) -> None:
    parts = [block.samples for block in blocks(hibari, LINE)]
    spoken = np.concatenate(parts)
    jumps = np.abs(np.diff(spoken))

    for edge in np.cumsum([part.size for part in parts])[:-1]:
        near = jumps[edge - 400 : edge + 400]
        assert jumps[edge - 1] <= max(0.02, np.percentile(near, 99.9))


def test_sentences_in_a_chunk_are_parted_by_a_pause(hibari: HibariSynthesizer) -> None:
    together = sound(hibari, "He sat down. She stood up.").size
    apart = sound(hibari, "He sat down.").size + sound(hibari, "She stood up.").size

    assert together - apart == pytest.approx(0.35 * RATE, abs=0.01 * RATE)


@pytest.mark.parametrize("text", ["...", "!!!", "—", "😀", "\x00\x01", "“”", "你好"])
def test_what_cannot_be_spoken_gives_no_block(hibari: HibariSynthesizer, text: str) -> None:
    assert blocks(hibari, text) == []


def test_a_chunk_of_320_characters_without_a_mark_is_spoken(hibari: HibariSynthesizer) -> None:
    text = ("the rain fell on the long road home and " * 8)[:319]

    assert sound(hibari, text).size > 10 * RATE


def test_a_fragment_that_ends_in_a_comma_is_spoken_whole(hibari: HibariSynthesizer) -> None:
    times = words(hibari, "Beyond the shattered gate,")

    assert len(times) == 4
    assert times[-1].end_s == pytest.approx(
        sound(hibari, "Beyond the shattered gate,").size / RATE, abs=0.2
    )


def test_words_come_in_order_and_inside_the_sound(hibari: HibariSynthesizer) -> None:
    text = f"{LINE} Queen Isolde paid $9.99 at 3:45 pm."
    times = words(hibari, text)

    assert [text[word.start : word.end] for word in times[-7:]] == [
        "Queen",
        "Isolde",
        "paid",
        "9.99",
        "at",
        "3:45",
        "pm",
    ]
    starts = [word.start_s for word in times]
    assert starts == sorted(starts)
    assert all(word.start_s <= word.end_s for word in times)
    assert times[-1].end_s <= sound(hibari, text).size / RATE


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.4])
def test_a_word_after_a_pause_begins_where_its_sound_does(
    hibari: HibariSynthesizer, speed: float
) -> None:
    text = "They looked, and then they ran."
    spoken = sound(hibari, text, speed)
    after = words(hibari, text, speed)[2]

    # The last window of silence in the stretch before the word.
    begin = round((after.start_s - 0.2) * RATE)
    windows = spoken[begin : begin + 120 * 80].reshape(-1, 120)
    quiet = np.flatnonzero(np.sqrt((windows**2).mean(axis=1)) < 0.003)
    onset_s = (begin + 120 * (quiet[-1] + 1)) / RATE
    assert after.start_s == pytest.approx(onset_s, abs=0.04)


def test_cancelling_ends_it_before_the_next_block(hibari: HibariSynthesizer) -> None:
    cancellation = Cancellation()
    running = hibari.synthesize(SynthesisRequest(LINE, "heart"), cancellation)
    next(running)

    cancellation.cancel()

    assert list(running) == []


def test_an_error_inside_is_told_with_the_text(
    hibari: HibariSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(HibariModel, "spectrum", faulty)

    with pytest.raises(SynthesizerError, match=r"'Good evening.*out of memory"):
        blocks(hibari, "Good evening.")


def test_a_voice_that_is_not_there_is_a_synthesizer_error() -> None:
    with pytest.raises(SynthesizerError, match="hibari:nobody"):
        HibariSynthesizer({}).load("nobody")


def test_it_takes_no_options() -> None:
    with pytest.raises(SynthesizerError, match="'pitch'"):
        HibariSynthesizer({"pitch": "1"})


def test_asking_before_loading_and_after_closing_is_an_error() -> None:
    synthesizer = HibariSynthesizer({})

    with pytest.raises(SynthesizerError, match="not loaded"):
        synthesizer.synthesize(SynthesisRequest("Hello.", "heart"), Cancellation())
