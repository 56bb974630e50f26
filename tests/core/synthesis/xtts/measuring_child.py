"""Stands for `measure_worker`: answers with figures that were never measured."""

from skaldcast.core.errand import answer_once
from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.measurer import MeasureXtts, XttsFigures
from skaldcast.core.synthesis.xtts.speeds import FirstBlock, SlotSpeed, Tuned, WindowWork


def answer(request: MeasureXtts) -> XttsFigures:
    if request.options["device"] == "broken":
        raise SynthesizerError("no such device; choose another")
    slots = int(request.options["slots"])
    measured = (FirstBlock(12, 0.25), SlotSpeed(slots, 215.0), WindowWork(48, 0.5, 10.0))
    return XttsFigures("a card", "", measured + (Tuned(6, 72),) * request.tune, 2_900_000_000)


if __name__ == "__main__":
    answer_once(answer)
