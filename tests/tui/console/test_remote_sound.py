"""Sound that is as loud as an engine elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.audio_feed import AudioFeed
from skaldcast.tui.console.remote_sound import LEVEL_S, RemoteSound


@given(peak=st.floats(0.01, 1.0), share=st.floats(0.05, 1.0))
def test_a_tap_finds_the_levels_that_were_told(peak: float, share: float):
    sound = RemoteSound(24_000)
    feed = AudioFeed(sound.sample_rate, lambda: None)
    sound.add_tap(feed)
    begin = sound.heard().frame
    sound.take(peak, peak * share, 1.0)
    found = feed.level(begin, sound.heard().frame)
    assert found == (pytest.approx(peak, rel=1e-3), pytest.approx(peak * share, rel=0.1))


def test_each_level_lasts_a_twentieth_of_a_second():
    sound = RemoteSound(24_000)
    for at in (1.0, 2.0):
        sound.take(0.0, 0.0, at)
    assert (sound.heard().frame, sound.heard().at_s) == (round(2 * LEVEL_S * 24_000), 2.0)


def test_silence_is_silent():
    sound = RemoteSound(24_000)
    feed = AudioFeed(24_000, lambda: None)
    sound.add_tap(feed)
    sound.take(0.0, 0.0, 1.0)
    assert feed.level(0, sound.heard().frame) == (0.0, 0.0)
