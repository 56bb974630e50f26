"""The report of a narrator, as it stands."""

from typing import Any

from .engine_figures import EngineFigures
from .narrator_options import NarratorOptions
from .report import Surroundings, build_report
from .synthesis.registry import ResolvedVoice


def narrator_report(
    engine: EngineFigures, voice: ResolvedVoice, options: NarratorOptions
) -> dict[str, Any]:
    """The report of contracts.md, once voice and output were there."""
    output = engine.output_facts()
    return build_report(
        engine.started.tally,
        Surroundings(
            synthesizer=voice.synthesizer,
            voice=voice.spec,
            output=options.output,
            profile=options.profile,
            prebuffer=options.prebuffer,
            sample_rate=output.sample_rate,
            underruns=output.underruns,
            underrun_s=output.underrun_s,
            device_underflows=output.device_underflows,
            restarts=engine.restarts,
            gpu=engine.gpu_report(),
        ),
    )
