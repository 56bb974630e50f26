"""A tiny model is measured in a moment."""

import pytest

from skaldcast.core.synthesis.xtts.measuring import first_block, tune
from skaldcast.core.synthesis.xtts.random_model import Size, random_model
from skaldcast.core.synthesis.xtts.speeds import SlotSpeed, Tuned, WindowWork
from tests.core.synthesis.xtts import tiny


def test_a_model_is_measured_and_tuned() -> None:
    with tiny.narrow():
        model = random_model("cpu", Size(layers=1, channels=16, heads=2, text_tokens=80))

    found = list(tune(model, most_slots=2, codes=4))

    assert [type(one) for one in found] == [SlotSpeed, SlotSpeed, *[WindowWork] * 5, Tuned]
    assert found[0].real_time_factor == pytest.approx(found[0].slot_real_time_factor)
    assert first_block(model, 6).seconds > 0
