"""What the prebuffer is told: a snapshot of the planned chunks. Plain."""

from collections.abc import Sequence
from itertools import islice

from .assembler import Assembler
from .plan import PlannedChunk
from .playout.prebuffer import ChunkOutlook, Outlook, SynthesisStage
from .text.pace import Pace

_RECALLED = Pace(latency_s=0.01, real_time_factor=0.001, jitter_s=0.01, spread_s=0.005)
"""Of speech that lies on the disk: `benchmarks/cache.py` read 0.2 ms a chunk, a cold disk is
slower."""
_HELD_BACK = 34
"""The prebuffer looks at 32 chunks past the gate."""


def let_out_of(chunks: Sequence[PlannedChunk]) -> int:
    """How many of the chunks have been let out: they are the first ones."""
    for index in range(len(chunks) - 1, -1, -1):
        if chunks[index].let_out_at_s is not None:
            return index + 1
    return 0


def outlook_of(
    assembler: Assembler,
    rate: int,
    now: float,
    *,
    let_out: int,
    text_ended: bool,
    quiet_since: float | None,
) -> Outlook:
    """What is known at `now` of the chunks that are not wholly heard, of which `let_out` have been
    let out. Those of them that lie in the audio buffer whole are told of as one."""
    rows = _rows(assembler, rate, now, let_out)
    heard_s = 0.0
    chunks = assembler.chunks
    if chunks and chunks[0].first_frame is not None:
        heard_s = max(assembler.position - chunks[0].first_frame, 0) / rate
    return Outlook(
        now=now,
        buffered_s=max(sum(row.audio_s for row in rows) - heard_s, 0.0),
        chunks=tuple(rows),
        text_ended=text_ended,
        source_stalled_since=None if text_ended else quiet_since,
    )


def _rows(assembler: Assembler, rate: int, now: float, let_out: int) -> list[ChunkOutlook]:
    rows: list[ChunkOutlook] = []
    whole: ChunkOutlook | None = None
    next_to_place = True
    for index, planned in enumerate(islice(assembler.chunks, let_out + _HELD_BACK)):
        placed = planned.start_frame is not None
        # A wait shortens the pause before the next chunk alone.
        pause_s = planned.pause_s
        if placed or next_to_place:
            pause_s = assembler.pause_s(planned, now)
        next_to_place = placed
        row = _row(planned, pause_s, rate)
        if index < let_out and row.complete:
            whole = row if whole is None else _joined(whole, row)
            continue
        if whole is not None:
            rows.append(whole)
            whole = None
        rows.append(row)
    if whole is not None:
        rows.append(whole)
    return rows


def _joined(first: ChunkOutlook, second: ChunkOutlook) -> ChunkOutlook:
    """Two chunks that are complete and let out, as one."""
    first.boundary = second.boundary
    first.expected_s += second.expected_s
    first.audio_s += second.audio_s
    return first


def _stage(planned: PlannedChunk) -> SynthesisStage:
    if planned.over:
        return SynthesisStage.DONE
    # What waits inside the worker for the chunk before it is not being made yet.
    return SynthesisStage.WAITING if planned.started_at_s is None else SynthesisStage.RUNNING


def _pace(planned: PlannedChunk) -> Pace | None:
    if planned.recalled:
        return _RECALLED
    return None if planned.voice is None else planned.voice.pace()


def _row(planned: PlannedChunk, pause_s: float, rate: int) -> ChunkOutlook:
    audio_s = planned.received / rate
    expected_s = audio_s if planned.over else max(planned.chunk.estimated_s, audio_s)
    # What the audio buffer has not taken yet, being full, counts as there: it is made.
    placed = planned.start_frame is not None
    return ChunkOutlook(
        boundary=planned.chunk.boundary,
        expected_s=pause_s + expected_s,
        pause_s=pause_s,
        audio_s=pause_s + audio_s if placed else 0.0,
        complete=planned.end_frame is not None,
        stage=_stage(planned),
        running_since=planned.started_at_s or 0.0,
        blocks=planned.blocks_received,
        first_block_at=planned.first_block_at_s or 0.0,
        last_block_at=planned.last_block_at_s or 0.0,
        pace=_pace(planned),
        let_out=planned.let_out_at_s is not None,
    )
