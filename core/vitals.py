"""How a narration is doing at this moment: the snapshot that screens and monitors look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .engine_figures import EngineFigures
from .types import Outcome


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts are since the start. Unlike the report it costs the same however many cues there
    were, so that it may be asked for several times a second."""

    time_s: float
    """Now, on the clock of the events."""
    state: str
    """The transport's: one of the values of `PrebufferState`."""
    buffered_s: float
    """Seconds of audio that are ready and were not heard."""
    margin_s: float
    """As `Decision.margin_s`, at the last decision."""
    margin_min_s: float | None
    """The least of them while something was heard; None before."""
    start_mark_s: float
    """Seconds in the buffer at which the prebuffer starts by now, a chunk of middle length being
    next; fixed, or what the measured speed of the voice asks for."""
    pause_mark_s: float
    """Seconds in the buffer below which it holds at the next boundary."""
    real_time_factor: float | None
    time_to_first_audio_s: float | None
    waiting: int
    """Cues that have not ended."""
    ended: Mapping[Outcome, int]
    """How many cues ended how."""
    chunks: int
    made_s: float
    """Seconds of speech that were made, also where it was not heard."""
    synthesis_s: float
    underruns: int
    underrun_s: float
    holds: int
    hold_s: float
    device_underflows: int
    restarts: Mapping[str, int]
    """By process."""
    listeners: int
    """How many listen elsewhere, by WebRTC."""
    gpu: list[dict[str, Any]]
    """As `GpuWatch.report`: a row a card; empty without one."""


def vitals_of(engine: EngineFigures, time_s: float) -> Vitals:
    """The vitals of an engine whose voice and output are there, at `time_s`."""
    sequencer, output = engine.started, engine.output_facts()
    tally = sequencer.tally
    start_mark_s, pause_mark_s = sequencer.prebuffer.marks()
    return Vitals(
        time_s=time_s,
        state=sequencer.state.value,
        buffered_s=engine.buffered_s,
        margin_s=sequencer.margin_s,
        margin_min_s=tally.least_margin_s,
        start_mark_s=start_mark_s,
        pause_mark_s=pause_mark_s,
        real_time_factor=tally.real_time_factor,
        time_to_first_audio_s=tally.time_to_first_audio_s,
        waiting=sequencer.waiting,
        ended=tally.outcomes,
        chunks=tally.chunks,
        made_s=tally.made_s,
        synthesis_s=tally.synthesis_s,
        underruns=output.underruns,
        underrun_s=output.underrun_s,
        holds=tally.holds,
        hold_s=tally.hold_s,
        device_underflows=output.device_underflows,
        restarts=engine.restarts,
        listeners=engine.listeners,
        gpu=engine.gpu_report(),
    )
