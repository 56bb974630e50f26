"""What a voice's profile learns, and how it is kept."""

import json
import logging
import random
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.synthesis.synthesizer import SpeedHint
from skaldcast.core.synthesis.voice_profile import (
    WINDOW,
    Observation,
    SynthesisTimer,
    VoiceProfile,
)
from skaldcast.core.synthesis.voice_profile_store import VoiceProfileStore
from skaldcast.core.text.pace import Pace


def whole(audio_s: float, synthesis_s: float, characters: int | None = None) -> Observation:
    return Observation(characters or round(audio_s / 0.065), audio_s, synthesis_s, synthesis_s)


def streamed(audio_s: float, latency_s: float, rate: float, late_s: float = 0.0) -> Observation:
    return Observation(
        round(audio_s / 0.065),
        audio_s,
        latency_s + rate * 0.2,
        latency_s + rate * audio_s,
        block_s=0.2,
        block_late_s=late_s,
    )


def taught(*observations: Observation, hint: SpeedHint | None = None) -> VoiceProfile:
    profile = VoiceProfile("tone:tone", hint)
    for observation in observations:
        profile.observe(observation)
    return profile


def test_a_new_voice_has_the_default_pace() -> None:
    assert VoiceProfile("tone:tone").pace() == Pace()


def test_a_hint_is_believed_until_something_is_measured() -> None:
    pace = VoiceProfile("tone:tone", SpeedHint(0.3, 0.8, 0.2, 0.07)).pace()
    assert pace.latency_s == 0.3
    assert pace.real_time_factor == 0.8
    assert pace.block_s == 0.2
    assert pace.seconds_per_character == 0.07


def test_one_chunk_tells_how_wrong_the_seed_is() -> None:
    pace = taught(whole(3.0, 2.4)).pace()
    assert pace.synthesis_s(3.0) == pytest.approx(2.4, rel=0.1)


@pytest.mark.parametrize(("latency_s", "rate"), [(0.3, 0.7), (0.05, 0.1), (1.0, 0.0), (0.0, 0.9)])
def test_chunks_of_several_lengths_tell_latency_and_rate_apart(
    latency_s: float, rate: float
) -> None:
    lengths = [2.4, 5.0, 3.0, 7.0, 6.0, 2.8, 4.0, 5.5] * 4
    pace = taught(*(whole(s, latency_s + rate * s) for s in lengths)).pace()
    assert pace.latency_s == pytest.approx(latency_s, abs=0.06)
    assert pace.real_time_factor == pytest.approx(rate, abs=0.02)


def test_chunks_of_one_length_still_predict_that_length() -> None:
    pace = taught(*[whole(4.0, 3.1)] * 30).pace()
    assert pace.synthesis_s(4.0) == pytest.approx(3.1, rel=0.01)
    assert pace.latency_s >= 0.0
    assert pace.real_time_factor >= 0.0


def test_work_that_grows_faster_than_the_audio_gives_no_negative_latency() -> None:
    pace = taught(*(whole(s, 0.1 * s * s) for s in [2.0, 4.0, 6.0, 8.0] * 5)).pace()
    assert pace.latency_s == 0.0
    assert pace.synthesis_s(6.0) == pytest.approx(3.6, rel=0.15)


def test_a_streaming_chunk_alone_tells_latency_rate_and_block() -> None:
    pace = taught(*[streamed(4.0, 0.3, 0.8)] * 5).pace()
    assert pace.latency_s == pytest.approx(0.3, abs=0.02)
    assert pace.real_time_factor == pytest.approx(0.8, abs=0.02)
    assert pace.block_s == 0.2


def test_an_outlier_moves_the_fit_little_and_the_jitter_much_once_it_repeats() -> None:
    rng = random.Random(3)
    usual = [whole(s, 0.3 + 0.5 * s) for s in (rng.uniform(2.0, 8.0) for _ in range(40))]
    calm, once = taught(*usual).pace(), taught(*usual, whole(5.0, 12.8)).pace()
    twice = taught(*usual, whole(5.0, 12.8), whole(4.0, 12.3)).pace()
    assert once.synthesis_s(5.0) == pytest.approx(calm.synthesis_s(5.0), rel=0.05)
    assert calm.jitter_s < 0.2
    assert once.jitter_s < 0.2
    assert twice.jitter_s > 9.0


@pytest.mark.parametrize("chunks", [3, 15, 60])
@pytest.mark.parametrize("before", [0, 2])
def test_one_stall_inside_a_chunk_is_not_learned_as_the_voice_s_nature(
    chunks: int, before: int
) -> None:
    even = streamed(4.0, 0.3, 0.6)
    stalled = Observation(62, 4.0, 0.42, 6.7, block_s=0.2, block_late_s=1.8)
    calm = taught(*[even] * (chunks + 1)).pace()
    pace = taught(*[even] * before, stalled, *[even] * (chunks - before)).pace()
    assert pace.block_jitter_s <= calm.block_jitter_s + 0.1
    assert pace.rate_spread <= calm.rate_spread + 0.15
    assert pace.jitter_s <= calm.jitter_s + 0.1


def test_a_change_of_speed_is_followed_within_three_dozen_chunks() -> None:
    lengths = [2.4, 5.0, 3.0, 7.0] * 16
    profile = taught(*(whole(s, 0.1 + 0.1 * s) for s in lengths))
    for s in lengths[:36]:
        profile.observe(whole(s, 0.3 + 0.6 * s))
    assert profile.pace().synthesis_s(4.0) == pytest.approx(2.7, rel=0.15)


def test_the_jitter_covers_what_is_exceeded_once_in_a_thousand_times() -> None:
    rng = random.Random(1)
    chunks = [(s, 0.5 + 0.4 * s + rng.gauss(0.0, 0.1)) for s in [2.5, 4.0, 6.0, 5.0] * 600]
    pace = taught(*(whole(s, took) for s, took in chunks[:64])).pace()
    later = [took - pace.synthesis_s(s) for s, took in chunks[64:]]
    assert sum(late > pace.jitter_s for late in later) <= 0.003 * len(later)
    assert pace.jitter_s < 1.0


def test_late_blocks_are_remembered_as_long_as_the_window_is() -> None:
    late = streamed(4.0, 0.3, 0.5, late_s=0.7)
    even = streamed(4.0, 0.3, 0.5)
    assert taught(late, late, *[even] * (WINDOW - 2)).pace().block_jitter_s > 0.7
    assert taught(late, late, *[even] * (WINDOW - 1)).pace().block_jitter_s < 0.3


def test_the_speaking_rate_is_learned_and_an_odd_text_does_not_spoil_it() -> None:
    usual = [whole(0.08 * n, 1.0, n) for n in (40, 60, 80, 50) * 4]
    odd = whole(9.0, 1.0, 12)  # "2,147,483,647", say
    assert taught(*usual).pace().seconds_per_character == pytest.approx(0.08, rel=0.02)
    assert taught(*usual, odd).pace().seconds_per_character == pytest.approx(0.08, rel=0.05)


def test_a_short_chunk_of_one_block_does_not_make_a_streaming_voice_a_whole_chunk_one() -> None:
    profile = taught(streamed(4.0, 0.3, 0.8), whole(0.15, 0.42))
    assert profile.pace().block_s == 0.2
    profile.observe(whole(4.0, 3.5))
    assert profile.pace().block_s == 0.0


@pytest.mark.parametrize(
    "nonsense",
    [
        whole(0.0, 1.0, 5),
        whole(float("nan"), 1.0, 5),
        whole(2.0, float("inf")),
        whole(2.0, -1.0),
        Observation(0, 2.0, 1.0, 1.0),
        Observation(9, 2.0, 1.5, 1.0),
    ],
)
def test_what_cannot_be_is_not_learned(nonsense: Observation) -> None:
    profile = taught(nonsense)
    assert profile.observed == 0
    assert profile.pace() == Pace()


sensible = st.builds(
    lambda characters, audio_s, first_s, rest_s, late_s: Observation(
        characters, audio_s, first_s, first_s + rest_s, min(0.2, audio_s), late_s
    ),
    st.integers(1, 400),
    st.floats(0.01, 30.0),
    st.floats(0.0, 20.0),
    st.floats(0.0, 20.0),
    st.floats(0.0, 5.0),
)


@given(st.lists(sensible, max_size=80))
def test_whatever_is_seen_the_pace_is_finite_and_not_negative(seen: list[Observation]) -> None:
    pace = taught(*seen).pace()
    for value in (
        pace.seconds_per_character,
        pace.latency_s,
        pace.real_time_factor,
        pace.jitter_s,
        pace.block_s,
        pace.spread_s,
        pace.block_jitter_s,
        pace.rate_spread,
    ):
        assert 0.0 <= value < 1e4
    assert pace.seconds_per_character > 0.0


@given(st.lists(sensible, max_size=80))
def test_a_profile_that_was_kept_predicts_the_same(seen: list[Observation]) -> None:
    profile = taught(*seen)
    kept = json.loads(json.dumps(profile.to_dict()))
    again = VoiceProfile.from_dict(kept, "tone:tone")
    assert again.observed == profile.observed
    assert again.pace().synthesis_s(4.0) == pytest.approx(
        profile.pace().synthesis_s(4.0), rel=1e-2, abs=1e-3
    )


def test_the_timer_sees_latency_blocks_and_the_latest_of_them() -> None:
    timer = SynthesisTimer(10.0)
    for at_s in (10.4, 10.5, 10.9, 10.7 + 0.0, 10.8):
        timer.block(at_s, 0.2)
    seen = timer.observation(15)
    assert seen is not None
    assert seen.audio_s == pytest.approx(1.0)
    assert seen.first_block_s == pytest.approx(0.4)
    assert seen.synthesis_s == pytest.approx(0.8)
    assert seen.block_s == pytest.approx(0.2)
    assert seen.block_late_s == pytest.approx(0.3)


def test_the_timer_tells_a_whole_chunk_and_one_without_sound() -> None:
    timer = SynthesisTimer(0.0)
    assert timer.observation(9) is None
    timer.block(1.0, 3.0)
    seen = timer.observation(9)
    assert seen is not None
    assert (seen.block_s, seen.first_block_s, seen.synthesis_s) == (0.0, 1.0, 1.0)


def test_the_store_gives_back_what_it_was_given(tmp_path: Path) -> None:
    store = VoiceProfileStore(tmp_path / "not" / "there yet")
    profile = VoiceProfile("hibari:heart")
    profile.observe(whole(3.0, 2.0))
    assert store.save(profile)
    assert store.load("hibari:heart").pace() == profile.pace()
    assert store.load("hibari:other").pace() == Pace()
    assert [p.suffix for p in store.folder.iterdir()] == [".json"]


def test_voices_whose_names_look_alike_have_files_of_their_own(tmp_path: Path) -> None:
    store = VoiceProfileStore(tmp_path)
    names = ["a:b", "a-b", "A:b", "a/b", "a:ß", "a:ö", "../a", "x" * 300, "x" * 301]
    paths = {str(store.path(name)).lower() for name in names}
    assert len(paths) == len(names)
    assert all(store.path(name).parent == tmp_path for name in names)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 99}',
        b'{"format": 1, "voice": "tone:tone"}',
        b'{"format": 1, "voice": "tone:tone", "fields": ["x"], "recent": [[1]], "observed": 1}',
        b'{"format": 1, "voice": "tone:tone", "fields": 3, "recent": [1], "observed": 1}',
        b'{"format": 1, "voice": "else:else", "fields": [], "recent": [], "observed": 0}',
        b"[" * 100_000,
    ],
)
def test_a_broken_file_is_ignored_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    store = VoiceProfileStore(tmp_path)
    store.path("tone:tone").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert store.load("tone:tone").pace() == Pace()
    assert str(store.path("tone:tone")) in caplog.text
    assert store.save(VoiceProfile("tone:tone")), "and it is replaced by the next save"
    caplog.clear()
    store.load("tone:tone")
    assert not caplog.text


def test_the_profile_of_another_voice_is_not_taken_for_this_one() -> None:
    with pytest.raises(ValueError, match="not a profile of hibari:heart"):
        VoiceProfile.from_dict(taught(whole(3.0, 2.0)).to_dict(), "hibari:heart")


def test_values_of_the_wrong_kind_are_a_broken_file_too(tmp_path: Path) -> None:
    store = VoiceProfileStore(tmp_path)
    data = taught(whole(3.0, 2.0)).to_dict()
    rows = data["recent"]
    assert isinstance(rows, list)
    rows[0][1] = "three"
    store.path("tone:tone").write_text(json.dumps(data), encoding="utf-8")
    assert store.load("tone:tone").pace() == Pace()


def test_a_folder_that_cannot_be_written_is_told_and_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    store = VoiceProfileStore(tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        assert not store.save(VoiceProfile("tone:tone"))
    assert "was not saved" in caplog.text
    assert store.load("tone:tone").pace() == Pace()


def test_a_failed_replacement_leaves_no_litter(tmp_path: Path) -> None:
    store = VoiceProfileStore(tmp_path)
    store.path("tone:tone").mkdir()
    assert not store.save(VoiceProfile("tone:tone"))
    assert [p.name for p in tmp_path.iterdir()] == [store.path("tone:tone").name]


def test_readers_never_see_half_a_file_while_others_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    profile = taught(*[streamed(4.0, 0.3, 0.8)] * WINDOW)
    VoiceProfileStore(tmp_path).save(profile)

    def write() -> None:
        store = VoiceProfileStore(tmp_path)
        for _ in range(40):
            store.save(profile)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert VoiceProfileStore(tmp_path).load("tone:tone").observed == WINDOW
    for writer in writers:
        writer.join()
    assert len(list(tmp_path.iterdir())) == 1
