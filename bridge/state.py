"""The answer to `get_state`: the report, cut to what fits into a message. Plain."""

from typing import Any

import msgspec

from .protocol import StateOk
from .speaker import Speaker

_CUES = 50
STATE_TEXT = 200
"""Characters of a cue's text in the answer."""


def state_of(speaker: Speaker, request_id: str) -> StateOk:
    """How things stand; raises `StateError` before the narrator has started."""
    report = speaker.report()
    cues: list[dict[str, Any]] = report["cue_list"]
    last = [row | {"text": row["text"][:STATE_TEXT]} for row in cues[-_CUES:]]
    vitals = speaker.vitals()
    now = {
        "id": request_id,
        "time_s": speaker.time_s,
        "transport_state": speaker.state,
        "buffered_s": speaker.buffered_s,
        "waiting": speaker.waiting,
        "start_mark_s": vitals.start_mark_s,
        "pause_mark_s": vitals.pause_mark_s,
        "margin_s": vitals.margin_s,
        "cue_list": last,
        "cues_left_out": report.get("cues_left_out", 0) + len(cues) - len(last),
    }
    return msgspec.convert(report | now, StateOk)
