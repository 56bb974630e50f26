"""The settings of the XTTS synthesizer, as they reach the worker: text by name. Plain."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ...errors import SynthesizerError
from ...settings import XTTS_MODEL, XttsSettings, models_folder, voices_folder

_DEFAULTS = XttsSettings()


@dataclass(frozen=True, slots=True)
class XttsOptions:
    """What `core.settings.XttsSettings` says of each; without a setting its default holds."""

    checkpoint: Path
    voices: Path
    slots: int = _DEFAULTS.slots
    device: str = _DEFAULTS.device
    decoder: str = _DEFAULTS.decoder
    vram_share: float = _DEFAULTS.vram_share
    first_codes: int = _DEFAULTS.first_codes
    step_codes: int = _DEFAULTS.step_codes
    retries: int = _DEFAULTS.retries
    graphs: bool = _DEFAULTS.graphs
    gains: Path | None = None
    """Where the gains of studio speakers are kept; None keeps none."""

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> "XttsOptions":
        """Raises `SynthesizerError` for a name that is none, or a value that will not do."""
        known = {field.name for field in fields(cls)}
        for name in options:
            if name not in known:
                raise SynthesizerError(
                    f"xtts has no option {name!r}; its options are {', '.join(sorted(known))}"
                )
        values: dict[str, Any] = {
            "checkpoint": models_folder() / XTTS_MODEL,
            "voices": voices_folder(),
        }
        values |= {name: _value(name, text) for name, text in options.items() if text}
        made = cls(**values)
        if made.slots < 1 or made.first_codes < 1 or made.step_codes < made.first_codes:
            raise SynthesizerError(
                "xtts needs slots and first_codes of at least 1, and step_codes not below "
                f"first_codes, not {made.slots}, {made.first_codes} and {made.step_codes}"
            )
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", made.device):
            raise SynthesizerError(
                f"xtts cannot run on device {made.device!r}; write auto, cpu, cuda or cuda:N"
            )
        return made


def _value(name: str, text: str) -> object:
    kinds: dict[str, Callable[[str], object]] = {
        "checkpoint": Path,
        "voices": Path,
        "gains": Path,
        "vram_share": float,
        "graphs": lambda t: {"true": True, "false": False}[t.lower()],
        "device": str,
        "decoder": str,
    }
    try:
        return kinds.get(name, int)(text)
    except (ValueError, KeyError) as error:
        raise SynthesizerError(f"xtts's option {name}={text!r} is not understood") from error
