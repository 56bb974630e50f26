"""`skaldcast doctor`: what works here, what does not, and what to do about it."""

import asyncio
from argparse import Namespace
from collections.abc import Sequence

from ...core.frozen import is_frozen
from ..campaign_checks import check_campaign
from ..checks import (
    Check,
    Verdict,
    check_cache,
    check_other_synthesizers,
    check_ports,
    check_python,
    check_settings,
)
from ..engine_checks import check_output, check_voice
from ..exit_status import DONE, FAILED
from ..gpu_checks import check_gpu, check_xtts
from ..logs import start_logging
from ..model_checks import check_language_model
from ..progress import progress
from ..tables import print_table

_STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "bold red"}


def doctor(arguments: Namespace) -> int:
    """Print the checks; the status is 1 where speaking is impossible."""
    start_logging(getattr(arguments, "log_level", "warning"), "plain")
    checks = asyncio.run(_examine(arguments))
    print_table(
        ("check", "verdict", "found", "what to do"),
        [(check.name, check.verdict.value, check.found, check.to_do) for check in checks],
        {verdict.value: style for verdict, style in _STYLES.items()},
    )
    return FAILED if any(check.verdict is Verdict.FAIL for check in checks) else DONE


async def _examine(arguments: Namespace) -> Sequence[Check]:
    settings_row, loaded = check_settings(arguments)
    settings = loaded.settings
    with progress(lambda: "opening the output and loading the voice ..."):
        outputs, (voice, synthesizer) = await asyncio.gather(
            check_output(loaded), check_voice(settings)
        )
    # Not beside the voice: importing torch would spoil the speed that is measured.
    with progress(lambda: "looking at the graphics card ..."):
        # Nothing can be installed into a program of its own.
        xtts = () if is_frozen() else await check_xtts(settings)
    with progress(lambda: "asking for the language model ..."):
        model = await check_language_model(loaded)
    return [
        check_python(),
        settings_row,
        *outputs,
        voice,
        *check_other_synthesizers(settings, synthesizer),
        check_gpu(),
        *xtts,
        model,
        *check_ports(settings),
        check_cache(settings),
        *check_campaign(settings),
    ]
