"""`skaldcast bench xtts`: what XTTS does on this card, and the settings that fit it best."""

import asyncio
from argparse import Namespace
from collections.abc import Iterator, Mapping

from ...core.config import LoadedSettings, config_path
from ...core.config_edit import check_writable, write_settings
from ...core.errors import SynthesizerError
from ...core.synthesis.xtts.installed import INSTALL, missing_libraries
from ...core.synthesis.xtts.measurer import XttsFigures, measure_xtts
from ...core.synthesis.xtts.speeds import FirstBlock, Measured, SlotSpeed, Tuned, WindowWork
from ..options import settings_of
from ..progress import progress
from ..streams import tell

Row = tuple[str, str, str]


def measure(arguments: Namespace) -> Iterator[Row]:
    """Measure, and with `--tune` write what was found best; raises `SkaldcastError`."""
    if missing := missing_libraries():
        raise SynthesizerError(
            f"XTTS cannot be measured ({', '.join(missing)} missing); install it with: {INSTALL} "
            "(docs/xtts.md says which torch)"
        )
    loaded = settings_of(arguments)
    path = getattr(arguments, "config", None) or config_path()
    if arguments.tune:
        check_writable(path)  # before minutes of work
    figures = asyncio.run(_measured(loaded, tune=arguments.tune))
    if (tuned := figures.tuned) is not None:
        values = {"xtts.slots": tuned.slots, "xtts.step_codes": tuned.step_codes}
        write_settings(path, values)
        tell(f"written to {path}: {', '.join(f'{key} = {n}' for key, n in values.items())}")
        _tell_what_overrides(loaded, values, str(path))
    return rows(figures)


async def _measured(loaded: LoadedSettings, *, tune: bool) -> XttsFigures:
    with progress(lambda: "measuring XTTS, which takes minutes without a graphics card ..."):
        return await measure_xtts(loaded.settings.synthesizers["xtts"], tune=tune)


def _tell_what_overrides(loaded: LoadedSettings, values: Mapping[str, object], path: str) -> None:
    for key in values:
        origin = loaded.origins[key]
        if origin != "default" and not origin.startswith(path):
            tell(f"warning: {key} is also set by {origin}, which goes before the file")


def rows(figures: XttsFigures) -> Iterator[Row]:
    """What is printed of the figures."""
    model = figures.checkpoint or (
        "no checkpoint is here: a model of the released size with random weights, which costs "
        "the same"
    )
    yield ("xtts on", figures.device, model)
    for measured in figures.measured:
        yield _row(measured)
    if figures.vram_peak:
        held = "of VRAM that torch held at most while it was measured"
        yield ("xtts memory", f"{figures.vram_peak / 1e9:.1f} GB", held)


def _row(measured: Measured) -> Row:
    match measured:
        case FirstBlock():
            what = f"from a chunk's text to its first audio ({measured.codes} codes), alone"
            return ("xtts first block", f"{measured.seconds:.2f} s", what)
        case SlotSpeed():
            slots = f"{measured.slots} slot" + "s" * (measured.slots > 1)
            what = f"real-time factor {measured.real_time_factor:.3f} together, "
            what += f"{measured.slot_real_time_factor:.3f} each, without the vocoder"
            return (f"xtts {slots}", f"{measured.codes_per_s:.1f} codes/s", what)
        case WindowWork():
            what = f"work for {measured.audio_s:.0f} s of speech"
            name = f"xtts vocoder, steps of {measured.step_codes}"
            return (name, f"{measured.seconds:.2f} s", what)
        case Tuned():
            value = f"slots {measured.slots}, step_codes {measured.step_codes}"
            what = "fewest slots and smallest steps that do nearly as much as any"
            return ("xtts best", value, what)
