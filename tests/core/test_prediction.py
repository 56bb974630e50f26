"""When a cue will be heard and how long it lasts, on a virtual clock."""

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.prediction import CuePrediction
from skaldcast.core.types import Outcome
from tests.core.simulated import START_S
from tests.core.simulation import LONG, Simulation, sentences


def predicted(simulation: Simulation, cue: Cue) -> CuePrediction:
    prediction = simulation.sequencer.predict(cue)
    assert prediction is not None
    return prediction


@pytest.mark.parametrize("ran_s", [0.0, 0.01, 0.5, 2.0, 6.0])
def test_lines_begin_and_last_about_as_predicted(ran_s: float):
    simulation = Simulation(pauses=False)
    first, second, third = (simulation.play(sentences(range(n, n + 3))) for n in (0, 3, 6))
    simulation.run(ran_s)
    at_s = simulation.clock.now - START_S
    told = {cue: predicted(simulation, cue) for cue in (first, second, third) if not cue.started_s}
    simulation.drain()
    for cue, prediction in told.items():
        assert cue.started_s is not None
        assert cue.finished_s is not None
        assert at_s + prediction.starts_in_s == pytest.approx(cue.started_s, abs=0.25)
        assert prediction.duration_s == pytest.approx(cue.finished_s - cue.started_s, abs=0.1)


def test_of_a_cue_that_is_being_heard_the_rest_is_told():
    simulation = Simulation(pauses=False)
    cue = simulation.play(LONG)
    whole_s = predicted(simulation, cue).duration_s
    simulation.run(3.0)
    prediction = predicted(simulation, cue)
    assert prediction.starts_in_s == 0.0
    assert prediction.duration_s == pytest.approx(whole_s - 3.0, abs=0.3)


def test_a_cue_is_counted_as_far_as_its_text_has_come():
    simulation = Simulation(pauses=False)
    cue, after = simulation.open(), simulation.play("After.")
    assert predicted(simulation, cue).duration_s == 0.0
    simulation.push(cue, "x" * 100)
    assert predicted(simulation, cue).duration_s == pytest.approx(6.5)
    assert predicted(simulation, after).starts_in_s == pytest.approx(6.5)


def test_of_a_cue_that_has_ended_nothing_is_told():
    simulation = Simulation()
    cue = simulation.play("Hi.")
    simulation.drain()
    assert simulation.sequencer.predict(cue) is None


def test_what_was_begun_anew_is_counted_whole():
    simulation = Simulation(pauses=False)
    cue = simulation.play(LONG)
    whole_s = predicted(simulation, cue).duration_s
    simulation.run(0.02)
    next(p for p in simulation.sequencer._plans if p.cue is cue).restart()
    simulation.sequencer._assembler.drop_all()
    assert predicted(simulation, cue).duration_s == pytest.approx(whole_s, rel=0.01)


def test_clearing_takes_back_what_waits_and_leaves_what_is_heard():
    simulation = Simulation()
    cues = [simulation.play(sentences(range(n, n + 2))) for n in (0, 2, 4)]
    simulation.run(1.0)
    simulation.sequencer.clear(simulation.clock.now)
    simulation.advance()
    assert [cue.outcome for cue in cues] == [None, Outcome.SKIPPED, Outcome.SKIPPED]
    simulation.drain()
    assert cues[0].outcome is Outcome.FINISHED
    simulation.sequencer.clear(simulation.clock.now)
