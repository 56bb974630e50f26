"""The sound of the ambience."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.ambience.checks import MUTE_DB
from skaldcast.core.ambience.mixer import MAX_DECKS, Mixer
from skaldcast.core.ambience.times import DUCK_S, LEVEL_S, RISE_S, SCENE_S
from tests.core.ambience.sounds import RATE, ArraySource, ones

KEPT = RATE
DUCK_DB = 12.0


def mixer(level_db: float = 0.0, *, ducked: bool = False) -> Mixer:
    return Mixer(RATE, KEPT, level_db, DUCK_DB, ducked=ducked)


def begun(subject: Mixer, source: ArraySource | None = None) -> Mixer:
    subject.begin(subject.prepare(source or ones(30.0)))
    return subject


def faded_in(level_db: float = 0.0) -> Mixer:
    subject = begun(mixer(level_db))
    subject.render(round(SCENE_S * RATE))
    return subject


def factor(db: float) -> float:
    return 10 ** (db / 20)


def seconds(subject: Mixer, duration_s: float) -> np.ndarray:
    return subject.render(round(duration_s * RATE))[:, 0]


def test_without_a_file_it_is_silence():
    assert not mixer().render(100).any()


def test_a_file_fades_in_from_nothing_to_its_level():
    subject = begun(mixer(-20.0))
    heard = seconds(subject, SCENE_S)
    assert heard[0] == 0.0
    assert (np.diff(heard) >= 0).all()
    assert seconds(subject, 0.1) == pytest.approx(factor(-20.0))


def test_the_duck_takes_so_long_down_and_so_long_up():
    subject = faded_in()
    subject.duck(True)
    down = seconds(subject, DUCK_S)
    assert down[0] == pytest.approx(1.0)
    assert (np.diff(down) < 0).all()
    assert seconds(subject, 0.1) == pytest.approx(factor(-DUCK_DB))
    subject.duck(False)
    up = seconds(subject, RISE_S)
    assert (np.diff(up) > 0).all()
    assert up[-1] < 1.0
    assert seconds(subject, 0.1) == pytest.approx(1.0)


def test_level_and_duck_add_up():
    subject = faded_in(-6.0)
    subject.duck(True)
    subject.set_level(-10.0)
    seconds(subject, max(DUCK_S, LEVEL_S))
    assert seconds(subject, 0.1) == pytest.approx(factor(-10.0 - DUCK_DB))


def test_a_muted_level_is_silence_and_comes_back():
    subject = faded_in()
    subject.set_level(MUTE_DB - 50)
    seconds(subject, LEVEL_S)
    assert not seconds(subject, 0.1).any()
    subject.set_level(0.0)
    seconds(subject, LEVEL_S)
    assert seconds(subject, 0.1) == pytest.approx(1.0)


def test_a_cross_fade_keeps_the_power():
    left = np.stack((np.ones(20 * RATE), np.zeros(20 * RATE)), axis=1)
    subject = begun(mixer(), ArraySource(left))
    seconds(subject, SCENE_S)
    begun(subject, ArraySource(left[:, ::-1]))
    heard = subject.render(round(SCENE_S * RATE))
    assert (heard**2).sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (heard[0].tolist(), subject.render(1).tolist()) == ([1.0, 0.0], [[0.0, 1.0]])


def test_faded_out_it_is_silent_and_lets_go_of_the_file_once_the_device_cannot_ask_for_it():
    subject, source = mixer(), ones()
    begun(subject, source)
    seconds(subject, SCENE_S)
    subject.fade_out()
    assert not subject.silent_at(subject.position)
    seconds(subject, SCENE_S)
    assert subject.silent_at(subject.position)
    assert not source.closed
    assert not seconds(subject, KEPT / RATE + 0.1).any()
    assert source.closed


def test_it_never_leaves_the_range_of_samples():
    subject = faded_in(12.0)
    assert seconds(subject, 0.1).max() == 1.0


def test_changes_of_the_scene_cannot_pile_up():
    subject = mixer()
    for _ in range(MAX_DECKS):
        assert not subject.full
        begun(subject)
        seconds(subject, 0.1)
    assert subject.full
    seconds(subject, SCENE_S + KEPT / RATE)
    assert not subject.full


def test_a_file_that_cannot_be_read_on_is_left_out_and_told_once():
    subject = begun(mixer(), ArraySource(np.ones(RATE), breaks_at=4 * RATE))
    seconds(subject, 1.0)
    assert subject.fault is None
    assert seconds(subject, 4.0)[-1] == 0.0
    assert str(subject.fault) == "the disk is gone"


def test_of_a_file_that_fades_out_nobody_needs_to_be_told():
    subject = begun(mixer(), ArraySource(np.ones(RATE), breaks_at=4 * RATE))
    seconds(subject, 2.9)
    begun(subject)
    seconds(subject, 3.0)
    assert subject.fault is None


@given(
    changes=st.lists(
        st.tuples(
            st.integers(1, 700),
            st.sampled_from(("duck", "rise", "level", "scene", "out")),
            st.integers(0, KEPT),
        ),
        max_size=6,
    )
)
def test_going_back_and_writing_anew_leaves_no_seam(changes: list[tuple[int, str, int]]):
    """The device hears what it would have heard had each change come when it was heard."""
    ahead, at_once = begun(mixer()), begun(mixer())
    heard = np.zeros((0, 2), np.float32)
    for frames, change, depth in changes:
        written = ahead.render(frames + depth)
        ahead.back(depth)
        heard = np.concatenate((heard, written[:frames]))
        wanted = at_once.render(frames)
        assert heard[-frames:] == pytest.approx(wanted, abs=1e-6)
        for subject in (ahead, at_once):
            match change:
                case "scene" if not subject.full:
                    begun(subject, ArraySource(np.linspace(0, 1, 777)))
                case "out":
                    subject.fade_out()
                case "level":
                    subject.set_level(-frames / 20)
                case "duck" | "rise":
                    subject.duck(change == "duck")
                case _:
                    pass
    assert ahead.render(100) == pytest.approx(at_once.render(100), abs=1e-6)
