"""The process that `measurer` asks once: it imports torch and ends with its answer."""

import signal
from collections.abc import Iterator
from typing import Any

from ...errand import answer_once
from ...errors import SynthesizerError
from .budget import slots_that_fit
from .checkpoint_folder import open_folder
from .measurer import MeasureXtts, XttsFigures
from .options import XttsOptions
from .speeds import Measured
from .windows import StepSizes

_MOST_SLOTS = {"cuda": 32, "cpu": 8}
_QUICK = {"steps": 4, "rounds": 2}
"""On the processor a step takes a second, and repeats itself well."""
_NEVER = 1000.0
"""Off the stop code's bias: what is timed must not end by itself."""
_THOROUGH = {"steps": 8, "rounds": 5}


def _answer(request: MeasureXtts) -> XttsFigures:
    from .device import is_out_of_memory
    from .float32 import Float32
    from .library import torch

    options = XttsOptions.parse(request.options)
    flags = Float32()
    try:
        model, checkpoint = _model(options)
        with torch.inference_mode():
            measured = tuple(_measured(model, options, tune=request.tune))
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        raise SynthesizerError(
            "the graphics card has too little memory to measure; close other programs that use "
            "it, or measure with --set xtts.device=cpu"
        ) from error
    finally:
        flags.restore()
    if model.device.type != "cuda":
        return XttsFigures("cpu", checkpoint, measured)
    card = torch.cuda.get_device_name(model.device)
    return XttsFigures(card, checkpoint, measured, torch.cuda.max_memory_allocated(model.device))


def _model(options: XttsOptions) -> tuple[Any, str]:
    """The model to measure on its device, and its folder's path, empty for one made here."""
    from .checkpoint import load_checkpoint, pick_device
    from .random_model import random_model

    device = pick_device(options.device)
    if options.checkpoint.exists():
        model = load_checkpoint(open_folder(options.checkpoint), device).model
        model.gpt.mel_head.bias.data[model.gpt.stop_audio_token] -= _NEVER
        return model, str(options.checkpoint)
    return random_model(device), ""


def _measured(model: Any, options: XttsOptions, *, tune: bool) -> Iterator[Measured]:
    from . import measuring

    kind = model.device.type
    effort = _THOROUGH if kind == "cuda" else _QUICK
    sizes = StepSizes(options.first_codes, options.step_codes)
    graphs = options.graphs
    yield measuring.first_block(model, options.first_codes, graphs=graphs)
    if tune:
        most, first = _most_slots(model, options, sizes), options.first_codes
        yield from measuring.tune(model, most, first_codes=first, graphs=graphs, **effort)
        return
    for slots in sorted({1, options.slots}):
        yield from measuring.slot_speeds(model, [slots], graphs=graphs, **effort)
    yield measuring.window_work(model, sizes)


def _most_slots(model: Any, options: XttsOptions, sizes: StepSizes) -> int:
    """As many as the share of VRAM that the settings allow has room for."""
    kind = model.device.type
    if kind != "cuda":
        return _MOST_SLOTS[kind]
    from .memory import measure

    return slots_that_fit(measure(model, sizes), options.vram_share, _MOST_SLOTS[kind])


def main() -> None:
    # Ctrl-C reaches the whole process group; main decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer_once(_answer)


if __name__ == "__main__":
    main()
