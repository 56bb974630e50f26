"""The ambience on a fake device."""

from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.ambience.ambience import fit
from skaldcast.core.ambience.messages import (
    ChangeScene,
    EndAmbience,
    OutputRefused,
    OutputThere,
    SceneFailed,
    SceneSilent,
    SceneStarted,
    SetLevel,
    StillThere,
    VoiceSounds,
)
from skaldcast.core.ambience.times import (
    CUT_DEPTH_S,
    DUCK_S,
    END_S,
    KEEP_S,
    REST_S,
    RISE_S,
    SCENE_S,
)
from skaldcast.core.errors import AmbienceError
from tests.core.ambience.sounds import FILE, RATE, ArraySource, Table, ones

OTHER = Path("forest.ogg")
BROKEN = Path("broken.ogg")


def broken() -> ArraySource:
    raise AmbienceError("cannot read broken.ogg as sound")


@pytest.fixture
def table() -> Table:
    return faded_in(Table())


def faded_in(table: Table) -> Table:
    table.sources |= {OTHER: ones, BROKEN: broken}
    table.run(SCENE_S + 0.5)
    return table


def steps(table: Table) -> np.ndarray:
    return np.abs(np.diff(table.heard()))


def test_it_fades_in_and_loops_without_a_gap(table: Table):
    assert table.of(SceneStarted) == [SceneStarted(FILE)]
    table.run(5.0)
    heard = table.heard()
    assert heard[-5 * RATE :].min() >= 1.0
    assert steps(table)[: round(SCENE_S * RATE)].max() < 0.01


def test_the_voice_ducks_it_soon_however_deep_the_device_is(table: Table):
    table.ask(VoiceSounds(True))
    table.run(KEEP_S + DUCK_S + 0.1)
    assert table.heard()[-1] == pytest.approx(10 ** (-12 / 20), rel=1e-4)
    table.ask(VoiceSounds(False))
    table.run(REST_S)
    assert table.heard()[-1] == pytest.approx(10 ** (-12 / 20), rel=1e-4)
    table.run(KEEP_S + RISE_S + 0.2)
    assert table.heard()[-1] == pytest.approx(1.0)
    assert steps(table).max() < 0.01


def test_no_frame_of_the_file_is_lost_or_heard_twice_where_the_device_is_written_anew():
    table = Table()
    table.sources[FILE] = lambda: ArraySource(np.linspace(0, 1, 20 * RATE))
    table.run(SCENE_S + 0.5)
    table.ask(SetLevel(-0.001))
    table.run(2.0)
    rises = np.diff(table.heard()[-2 * RATE :])
    assert rises == pytest.approx(1 / (20 * RATE), rel=0.1)


def test_a_device_that_can_only_cut_the_sound_off_is_written_less_deep_and_never_cut():
    table = Table(cuts=True)
    plain = table._open

    def opened(*arguments: object, **options: object):
        device = plain(*arguments, **options)
        device.plays_on = False
        device.take_back = lambda keep: pytest.fail("it would be cut off")
        return device

    table.ambience._open_device = opened
    faded_in(table)
    assert table.device.pending() <= (CUT_DEPTH_S + 0.05) * RATE
    table.ask(VoiceSounds(True))
    table.run(CUT_DEPTH_S + DUCK_S + 0.1)
    assert table.heard()[-1] == pytest.approx(10 ** (-12 / 20), rel=1e-4)
    assert steps(table).max() < 0.01
    assert table.heard()[10:].min() > 0.0


def test_level_scene_and_silence_are_heard_without_a_step(table: Table):
    table.sources[OTHER] = lambda: ArraySource(np.full(RATE, 0.5))
    table.ask(SetLevel(-6.0))
    table.run(1.0)
    table.ask(ChangeScene(OTHER))
    table.run(SCENE_S + 0.5)
    assert table.heard()[-1] == pytest.approx(0.5 * 10 ** (-6 / 20), rel=1e-4)
    table.ask(ChangeScene(None))
    table.run(SCENE_S + 1.0)
    assert steps(table).max() < 0.02
    assert table.of(SceneStarted) == [SceneStarted(FILE), SceneStarted(OTHER)]
    assert table.of(SceneSilent) == [SceneSilent()]
    assert table.device.closed
    assert not table.ambience.ended


def test_a_scene_that_was_silent_begins_again(table: Table):
    for _ in range(2):
        table.ask(ChangeScene(None))
        table.run(SCENE_S + 1.0)
        table.ask(ChangeScene(OTHER))
        table.run(SCENE_S + 1.0)
        assert table.heard()[-1] == pytest.approx(1.0)
    assert len(table.of(SceneSilent)) == 2


def test_the_same_scene_again_goes_on(table: Table):
    table.ask(ChangeScene(FILE))
    table.run(1.0)
    assert len(table.of(SceneStarted)) == 1
    assert steps(table).max() < 0.01


def test_however_often_the_scene_changes_the_last_one_is_heard_in_the_end(table: Table):
    table.sources[OTHER] = lambda: ArraySource(np.full(RATE, 0.5))
    for n in range(21):
        table.ask(ChangeScene((OTHER, FILE)[n % 2]))
        table.run(0.1)
    table.run(3 * SCENE_S)
    assert table.heard()[-1] == pytest.approx(0.5)


def test_a_broken_file_is_told_and_what_was_heard_before_goes_on(table: Table):
    table.ask(ChangeScene(BROKEN))
    table.run(2.0)
    assert table.of(SceneFailed) == [SceneFailed(BROKEN, "cannot read broken.ogg as sound", FILE)]
    assert table.heard()[-2 * RATE :].min() >= 1.0


def test_a_file_that_is_broken_from_the_start_is_told_and_silence_follows():
    table = Table()
    table.sources[FILE] = broken
    table.run(3.0)
    assert table.of(SceneFailed) == [SceneFailed(FILE, "cannot read broken.ogg as sound", None)]
    assert table.of(SceneSilent) == [SceneSilent()]


def test_a_file_that_breaks_while_it_is_heard_is_told_once():
    table = Table()
    table.sources[FILE] = lambda: ArraySource(np.ones(RATE), breaks_at=5 * RATE)
    table.run(10.0)
    assert table.of(SceneFailed) == [SceneFailed(FILE, "the disk is gone", None)]
    assert table.of(SceneSilent) == [SceneSilent()]


def test_while_the_voice_has_no_output_the_ambience_has_none_either():
    table = Table(output_there=False)
    table.run(5.0)
    assert not table.devices
    table.ask(OutputThere(True))
    table.run(3.0)
    table.ask(OutputThere(False))
    assert table.device.closed
    table.run(5.0)
    assert len(table.devices) == 1
    table.ask(OutputThere(True))
    faded_in(table)
    assert table.heard()[-1] == pytest.approx(1.0)


def test_a_lost_device_is_opened_again_and_not_told(table: Table):
    table.device.lose()
    table.run(SCENE_S + 2.0)
    assert len(table.devices) == 2
    assert table.heard()[-1] == pytest.approx(1.0)
    assert not table.of(OutputRefused)


def test_an_output_that_cannot_be_had_twice_is_told_once_and_tried_ever_less_often():
    table = Table()
    table.refuses = True
    tried: list[float] = []
    plain = table._open

    def opened(*arguments: object, **options: object):
        tried.append(table.clock())
        return plain(*arguments, **options)

    table.ambience._open_device = opened
    table.run(300.0)
    assert table.of(OutputRefused) == [OutputRefused("the card is taken")]
    assert np.diff(tried).tolist() == sorted(np.diff(tried).tolist())
    assert len(tried) < 20
    table.refuses = False
    table.run(30.0)
    assert table.heard()[-1] == pytest.approx(1.0)


def test_a_default_device_that_changed_is_followed(table: Table):
    table.device.changed = True
    faded_in(table)
    table.run(1.0)
    assert len(table.devices) == 2
    assert table.heard()[-1] == pytest.approx(1.0)


def test_its_end_is_faded_and_heard(table: Table):
    table.ask(EndAmbience())
    table.run(END_S + 1.0)
    assert table.ambience.ended
    assert steps(table).max() < 0.01
    assert table.device.closed


def test_it_ends_at_once_where_it_has_no_device():
    table = Table(output_there=False)
    table.ask(EndAmbience())
    table.run(0.01)
    assert table.ambience.ended


def test_it_shows_each_second_that_it_does_not_hang(table: Table):
    seen = len(table.of(StillThere))
    table.run(10.0)
    assert 9 <= len(table.of(StillThere)) - seen <= 11


@pytest.mark.parametrize(
    ("channels", "wanted"),
    [(1, [[0.75]]), (2, [[1.0, 0.5]]), (4, [[1.0, 0.5, 0.0, 0.0]])],
)
def test_stereo_is_fitted_to_the_device(channels: int, wanted: list[list[float]]):
    assert fit(np.array([[1.0, 0.5]], np.float32), channels).tolist() == wanted
