"""When the ambience is ducked."""

import pytest

from skaldcast.core.ambience.ducking import Ducking
from skaldcast.core.ambience.times import REST_S


def test_it_is_ducked_from_the_voice_s_beginning_until_it_has_rested():
    ducking = Ducking(voice_sounds=False)
    assert not ducking.ducked(10.0)
    ducking.voice(True, 10.0)
    assert ducking.ducked(10.0)
    ducking.voice(False, 12.0)
    assert ducking.ducked(12.0 + REST_S / 2)
    assert not ducking.ducked(12.0 + REST_S)


def test_a_breath_between_sentences_does_not_raise_it():
    ducking = Ducking(voice_sounds=True)
    for time_s in range(5):
        ducking.voice(False, time_s)
        assert ducking.ducked(time_s + 0.5)
        ducking.voice(True, time_s + 0.5)
        assert ducking.ducked(time_s + 0.9)


@pytest.mark.parametrize("times", [1, 3])
def test_being_told_twice_that_the_voice_rests_changes_nothing(times: int):
    ducking = Ducking(voice_sounds=True)
    for n in range(times):
        ducking.voice(False, 1.0 + n * REST_S / 4)
    assert not ducking.ducked(1.0 + REST_S)
