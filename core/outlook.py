"""What the prebuffer is told: a snapshot of the planned chunks. Plain."""

from collections.abc import Iterable
from itertools import islice

from .plan import PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .playout.prebuffer import ChunkOutlook, Outlook, SynthesisStage

_CHUNKS = 40
"""The prebuffer looks at 32 chunks past the gate."""


def outlook_of(
    chunks: Iterable[PlannedChunk],
    buffer: AudioBuffer,
    now: float,
    *,
    text_ended: bool,
    quiet_since: float | None,
) -> Outlook:
    """What is known at `now` of the chunks that are not wholly heard."""
    rate = buffer.sample_rate
    return Outlook(
        now=now,
        buffered_s=buffer.buffered_s,
        chunks=tuple(_chunk_outlook(planned, rate) for planned in islice(chunks, _CHUNKS)),
        text_ended=text_ended,
        source_stalled_since=None if text_ended else quiet_since,
    )


def _stage(planned: PlannedChunk) -> SynthesisStage:
    if planned.over:
        return SynthesisStage.DONE
    # What waits inside the worker for the chunk before it is not being made yet.
    return SynthesisStage.WAITING if planned.started_at_s is None else SynthesisStage.RUNNING


def _chunk_outlook(planned: PlannedChunk, rate: int) -> ChunkOutlook:
    audio_s = planned.received / rate
    expected_s = audio_s if planned.over else max(planned.chunk.estimated_s, audio_s)
    placed = planned.start_frame is not None
    return ChunkOutlook(
        boundary=planned.chunk.boundary,
        expected_s=planned.pause_s + expected_s,
        pause_s=planned.pause_s,
        audio_s=planned.pause_s + audio_s if placed else 0.0,
        complete=planned.end_frame is not None,
        stage=_stage(planned),
        running_since=planned.started_at_s or 0.0,
        blocks=planned.blocks_received,
        last_block_at=planned.last_block_at_s or 0.0,
        let_out=planned.let_out_at_s is not None,
    )
