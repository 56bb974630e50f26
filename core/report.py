"""What a narration was like, in figures that were measured: the report of contracts.md."""

import json
import os
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any

from .cue import Cue
from .errors import OutputError
from .plan import PlannedChunk
from .synthesis.figures import SynthesisFigures
from .types import Outcome

REPORT_VERSION = 1
KEPT_CUES = 20_000
"""Cues that have ended and are kept, and as many that failed: some tens of MB, so that a narrator
that runs for weeks does not grow. An evening at a table has a few hundred."""


@dataclass(slots=True)
class Tally:
    """Counts as they come; the sequencer keeps it."""

    cues: dict[str, Cue] = field(default_factory=dict[str, Cue])
    """By their ids, in the order in which they came; of those that ended the last ones."""
    left_out: int = 0
    """How many cues are not among `cues` any more."""
    left_out_audio_s: float = 0.0
    chunks: int = 0
    synthesis_s: float = 0.0
    made_s: float = 0.0
    """Seconds of speech that `synthesis_s` made, also where it was not heard."""
    holds: int = 0
    hold_s: float = 0.0
    margin_min_s: float = inf
    time_to_first_audio_s: float | None = None
    first_audio_parts: dict[str, float] = field(default_factory=dict[str, float])
    outcomes: Counter[Outcome] = field(default_factory=Counter[Outcome])
    """How many cues ended how."""
    synthesizer_counts: Counter[str] = field(default_factory=Counter[str])
    """What the synthesizer noticed about its own work: guards that stepped in, and the like."""
    synthesizer_figures: SynthesisFigures | None = None
    """What the synthesizer measured of its own work, where it does."""
    _ended: deque[str] = field(default_factory=deque[str])
    _failed: deque[str] = field(default_factory=deque[str])

    def ended(self, cue: Cue) -> None:
        """A cue has ended: one that ended long ago is let go."""
        if cue.outcome is not None:
            self.outcomes[cue.outcome] += 1
        ids = self._failed if cue.outcome is Outcome.FAILED else self._ended
        ids.append(cue.cue_id)
        if len(ids) > KEPT_CUES:
            old = self.cues.pop(ids.popleft())
            self.left_out += 1
            self.left_out_audio_s += old.audio_s

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of work for a second of speech; None before there was any."""
        return self.synthesis_s / self.made_s if self.made_s else None

    @property
    def least_margin_s(self) -> float | None:
        """The least margin while something was heard; None before."""
        return self.margin_min_s if isfinite(self.margin_min_s) else None

    def first_audio(self, planned: PlannedChunk, heard_at_s: float, clock_0: float) -> None:
        """The first voiced frame of a cue left the device; the first cue's is kept."""
        accepted_s = planned.cue.cue.accepted_s
        if self.time_to_first_audio_s is not None or accepted_s is None:
            return
        accepted = clock_0 + accepted_s
        chunked = max(planned.chunked_at_s, accepted)
        started = max(planned.started_at_s or chunked, chunked)
        made = max(planned.first_block_at_s or started, started)
        let_out = min(max(planned.let_out_at_s or made, made), max(heard_at_s, made))
        self.time_to_first_audio_s = heard_at_s - accepted
        self.first_audio_parts = {
            "chunk_s": chunked - accepted,
            "queue_s": started - chunked,
            "synthesis_s": made - started,
            "prebuffer_s": let_out - made,
            "device_s": heard_at_s - let_out,
        }


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the report says beside the tally."""

    synthesizer: str
    voice: str
    output: str
    sample_rate: int
    profile: str
    prebuffer: str
    underruns: int
    underrun_s: float
    device_underflows: int
    restarts: dict[str, int]
    gpu: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """As `GpuWatch.report`; left out where it is empty."""


def build_report(tally: Tally, around: Surroundings) -> dict[str, Any]:
    """The report as JSON-ready values; times are seconds."""
    cues = tally.cues.values()
    report: dict[str, Any] = {
        "report_version": REPORT_VERSION,
        "synthesizer": around.synthesizer,
        "voice": around.voice,
        "output": around.output,
        "sample_rate": around.sample_rate,
        "profile": around.profile,
        "prebuffer": around.prebuffer,
        "time_to_first_audio_s": tally.time_to_first_audio_s,
        "first_audio": tally.first_audio_parts or None,
        "audio_s": tally.left_out_audio_s + sum(cue.audio_s for cue in cues),
        "synthesis_s": tally.synthesis_s,
        "real_time_factor": tally.real_time_factor,
        "chunks": tally.chunks,
        "cues": tally.left_out + len(cues),
        "underruns": around.underruns,
        "underrun_s": around.underrun_s,
        "holds": tally.holds,
        "hold_s": tally.hold_s,
        "device_underflows": around.device_underflows,
        "margin_min_s": tally.least_margin_s,
        "restarts": around.restarts,
    }
    if tally.synthesizer_counts:
        report["synthesizer_counts"] = dict(tally.synthesizer_counts)
    if tally.synthesizer_figures is not None:
        report["synthesizer_figures"] = asdict(tally.synthesizer_figures)
    if around.gpu:
        report["gpu"] = around.gpu
    if tally.left_out:
        report["cues_left_out"] = tally.left_out
    return report | {"cue_list": [_cue_row(cue) for cue in cues]}


def _cue_row(cue: Cue) -> dict[str, Any]:
    row: dict[str, Any] = {
        "cue_id": cue.cue_id,
        "text": cue.text.removesuffix("\n"),
        "outcome": cue.outcome.value if cue.outcome else None,
        "queued_s": cue.queued_s,
        "started_s": cue.started_s,
        "finished_s": cue.finished_s,
        "audio_s": cue.audio_s,
    }
    return row | {"error": cue.error} if cue.error else row


def _is_special(path: Path) -> bool:
    """A device, a pipe, or a name that stands for an open file: /dev/stdout may lead to one."""
    opened = path.absolute().as_posix().startswith(("/dev/", "/proc/"))
    return opened or (path.exists() and not path.is_file())


def write_report(report: dict[str, Any], path: Path) -> None:
    """Write the report, whole or not at all, where a link leads; raises `OutputError`."""
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    data = text.encode("utf-8", "replace")  # text from a command line may hold lone surrogates
    try:
        if _is_special(path):  # nothing can be put in its place
            path.write_bytes(data)
            return
        place = Path(os.path.realpath(path))
        partial = place.with_name(place.name + ".part")
        try:
            partial.write_bytes(data)
            partial.replace(place)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"the report cannot be written to {path}: {error.strerror}; choose another path"
        ) from error
