"""The tone is continuous, and comes exactly when its options say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.synthesizer import Cancellation, SynthesisRequest, Synthesizer
from skaldcast.core.synthesis.tone import ToneSynthesizer


class VirtualTime(Cancellation):
    """A clock that only waiting moves; cancelled at `cancel_at_s`."""

    def __init__(self, cancel_at_s: float = float("inf")) -> None:
        super().__init__()
        self.now_s = 100.0
        self._cancel_at_s = 100.0 + cancel_at_s

    def clock(self) -> float:
        return self.now_s

    def wait(self, timeout_s: float) -> bool:
        # A real wait may end a little early or late.
        self.now_s = min(self.now_s + timeout_s * 0.9 + 0.001, self._cancel_at_s)
        if self.now_s >= self._cancel_at_s:
            self.cancel()
        return self.cancelled


def arrivals(tone: ToneSynthesizer, time: VirtualTime, text: str) -> list[tuple[float, int]]:
    """When each block came, in seconds after the chunk was taken, and its frames."""
    started_s = time.now_s
    blocks = tone.synthesize(SynthesisRequest(text, "tone"), time)
    return [(time.now_s - started_s, block.samples.size) for block in blocks]


def spoken(tone: ToneSynthesizer, text: str, speed: float = 1.0) -> np.ndarray:
    blocks = tone.synthesize(SynthesisRequest(text, "tone", speed), Cancellation())
    return np.concatenate([block.samples for block in blocks])


def silent_wait() -> ToneSynthesizer:
    return ToneSynthesizer({"rtf": "0", "latency": "0"})


def test_it_is_a_synthesizer() -> None:
    assert isinstance(ToneSynthesizer({}), Synthesizer)


def test_each_character_lasts_65_ms_inner_spaces_too() -> None:
    assert spoken(silent_wait(), "a b c").size == 5 * 0.065 * 24_000


def test_speed_shortens_it() -> None:
    assert spoken(silent_wait(), "abcd", speed=2.0).size == 2 * 0.065 * 24_000


@given(st.lists(st.text("abc ", min_size=1, max_size=30), min_size=1, max_size=6))
def test_its_phase_is_kept_across_blocks_and_chunks(texts: list[str]) -> None:
    tone = silent_wait()

    sound = np.concatenate([spoken(tone, text) for text in texts])

    expected = 0.25 * np.sin(2 * np.pi * 440 * np.arange(sound.size) / 24_000)
    np.testing.assert_allclose(sound, expected, atol=1e-5)


def test_a_cancelled_chunk_leaves_the_phase_where_its_sound_ended() -> None:
    tone = ToneSynthesizer({"block": "0.05", "rtf": "0", "latency": "0"})
    cancellation = Cancellation()
    blocks = tone.synthesize(SynthesisRequest("abcdefgh", "tone"), cancellation)
    heard = next(blocks).samples
    cancellation.cancel()
    assert list(blocks) == []

    sound = np.concatenate((heard, spoken(tone, "a")))

    expected = 0.25 * np.sin(2 * np.pi * 440 * np.arange(sound.size) / 24_000)
    np.testing.assert_allclose(sound, expected, atol=1e-5)


def test_block_n_comes_after_the_latency_and_n_blocks_of_work() -> None:
    time = VirtualTime()
    tone = ToneSynthesizer({"rtf": "0.5", "latency": "0.3", "block": "0.2"}, time.clock)

    came = arrivals(tone, time, "x" * 10)  # 0.65 s

    assert [frames for _, frames in came] == [4800, 4800, 4800, 1200]
    due = [0.3 + 0.5 * end_s for end_s in (0.2, 0.4, 0.6, 0.65)]
    for (came_s, _), due_s in zip(came, due, strict=True):
        assert due_s <= came_s <= due_s + 0.002


def test_late_waits_do_not_add_up() -> None:
    time = VirtualTime()
    tone = ToneSynthesizer({"rtf": "1", "latency": "0", "block": "0.01"}, time.clock)

    came = arrivals(tone, time, "x" * 200)

    assert came[-1][0] == pytest.approx(13.0, abs=0.002)


def test_block_0_gives_the_whole_chunk_at_its_end() -> None:
    time = VirtualTime()
    tone = ToneSynthesizer({"rtf": "0.7", "latency": "0.25", "block": "0"}, time.clock)

    came = arrivals(tone, time, "x" * 100)

    assert came == [(pytest.approx(0.25 + 0.7 * 6.5, abs=0.002), 156_000)]


def test_cancelling_ends_its_wait() -> None:
    time = VirtualTime(cancel_at_s=1.0)
    tone = ToneSynthesizer({"rtf": "0.7", "latency": "0.25", "block": "0"}, time.clock)

    assert arrivals(tone, time, "x" * 100) == []
    assert time.now_s == 101.0


def test_its_speed_hint_is_what_it_does() -> None:
    hint = ToneSynthesizer({"rtf": "0.5", "latency": "0.2", "block": "0.1"}).speed_hint

    assert (hint.latency_s, hint.real_time_factor, hint.block_s) == (0.2, 0.5, 0.1)
    assert hint.seconds_per_character == 0.065


def test_words_are_told_once_with_the_first_block() -> None:
    blocks = list(silent_wait().synthesize(SynthesisRequest("ab, cd", "tone"), Cancellation()))

    assert [(w.start, w.end) for w in blocks[0].words] == [(0, 2), (4, 6)]
    assert blocks[0].words[1].start_s == pytest.approx(4 * 0.065)
    assert not any(block.words for block in blocks[1:])


@pytest.mark.parametrize(
    "options",
    [{"rtf": "-1"}, {"latency": "soon"}, {"block": "nan"}, {"rtf": "inf"}, {"pitch": "1"}],
)
def test_a_bad_option_is_named(options: dict[str, str]) -> None:
    with pytest.raises(SynthesizerError, match=next(iter(options))):
        ToneSynthesizer(options)
