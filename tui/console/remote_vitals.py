"""The figures of an engine elsewhere. Plain."""

from ...bridge.protocol import StateOk
from ...core.vitals import Vitals


def vitals_of(
    last: StateOk, *, time_s: float, state: str, buffered_s: float, waiting: int
) -> Vitals:
    """Those of the last look, with what is known to be newer: the engine's clock, its state, the
    buffer, and the cues that wait. How cues ended, who listens elsewhere, and the engine's card are
    not told by the bridge."""
    factor = last.real_time_factor
    return Vitals(
        time_s=time_s,
        state=state,
        buffered_s=buffered_s,
        margin_s=last.margin_s,
        margin_min_s=last.margin_min_s,
        start_mark_s=last.start_mark_s,
        pause_mark_s=last.pause_mark_s,
        real_time_factor=factor,
        time_to_first_audio_s=last.time_to_first_audio_s,
        waiting=waiting,
        ended={},
        chunks=last.chunks,
        made_s=last.synthesis_s / factor if factor else 0.0,
        synthesis_s=last.synthesis_s,
        underruns=last.underruns,
        underrun_s=last.underrun_s,
        holds=last.holds,
        hold_s=last.hold_s,
        device_underflows=last.device_underflows,
        restarts=last.restarts,
        listeners=0,
        gpu=[],
    )
