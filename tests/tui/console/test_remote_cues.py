"""The cues of an engine elsewhere, as far as it told of them."""

from typing import Any

import msgspec

from skaldcast.bridge.protocol import StateOk
from skaldcast.bridge.protocol import events as b
from skaldcast.core import events as core
from skaldcast.core.cue_list import CueList
from skaldcast.core.types import Outcome
from skaldcast.tui.console.remote_cues import RemoteCues, lines_of, new_id
from tests.bridge.talking import REPORT


def state(*rows: dict[str, Any], left_out: int = 0) -> StateOk:
    now = {"id": "1", "time_s": 5.0, "transport_state": "playing", "buffered_s": 1.0, "waiting": 1}
    more = {"cue_list": list(rows), "cues_left_out": left_out}
    return msgspec.convert(REPORT | now | more, StateOk)


def row(cue_id: str, text: str, **rest: Any) -> dict[str, Any]:
    return {"cue_id": cue_id, "text": text, "outcome": None, "started_s": None} | rest


def told(cues: RemoteCues, *events: b.BridgeEvent) -> list[core.Event]:
    return [made for event in events for made in cues.take(event)]


def word(text: str, start: int, cue_id: str = "a") -> b.WordStarted:
    return b.WordStarted(seq=0, time_s=2.0, cue_id=cue_id, word=text, start=start, duration_s=0.2)


def test_what_the_bridge_tells_is_what_the_engine_told():
    cues = RemoteCues()
    made = told(
        cues,
        b.CueQueued(seq=1, time_s=1.0, cue_id="a", text="Come in."),
        b.CueStarted(seq=2, time_s=1.5, cue_id="a"),
        b.ChunkStarted(seq=3, time_s=1.5, cue_id="a", text="Come in.", start=0, duration_s=0.5),
        word("Come", 0),
        b.CueFinished(seq=4, time_s=2.5, cue_id="a", outcome=Outcome.FAILED, error="why"),
        b.Underrun(seq=5, time_s=2.5, duration_s=0.25),
        b.Hold(seq=6, time_s=2.5, duration_s=0.5),
        b.StateChanged(seq=7, time_s=2.5, state="idle"),
    )
    assert made == [
        core.CueQueued(1.0, "a", "Come in."),
        core.CueStarted(1.5, "a"),
        core.ChunkStarted(1.5, "a", "Come in.", 0, 0.5),
        core.WordStarted(2.0, "a", "Come", 0, 0.2),
        core.CueFinished(2.5, "a", Outcome.FAILED),
        core.UnderrunOccurred(2.5, 0.25),
        core.HoldEnded(2.5, 0.5),
        core.StateChanged(2.5, "idle"),
    ]
    cue = cues.get("a")
    assert cue is not None
    assert (cue.text, cue.started_s, cue.outcome, cue.error) == (
        *("Come in.", 1.5),
        *(Outcome.FAILED, "why"),
    )
    assert cues.live == []


def test_an_end_that_is_told_twice_is_one():
    cues = RemoteCues()
    end = b.CueFinished(seq=1, time_s=2.5, cue_id="a", outcome=Outcome.SKIPPED)
    assert len(told(cues, end, end)) == 1


def test_text_that_was_not_told_is_blank_until_it_is_heard():
    cues = RemoteCues()
    told(
        cues,
        b.CueQueued(seq=1, time_s=1.0, cue_id="a", text="The gate"),
        b.ChunkStarted(seq=2, time_s=1.0, cue_id="a", text="stood", start=9, duration_s=0.5),
        b.ChunkStarted(seq=3, time_s=1.0, cue_id="a", text="stood open.", start=9, duration_s=0.5),
    )
    cue = cues.get("a")
    assert cue is not None
    assert cue.text == "The gate stood open."


def test_who_comes_in_the_middle_of_a_cue_is_shown_it_from_there():
    cues = RemoteCues()
    cues.see(state(row("a", "The gate stood", started_s=4.0), row("b", "Next."), row("c", "x")))
    assert [cue.cue_id for cue in cues.live] == ["a", "b", "c"]
    assert cues.heard is cues.get("a")
    assert told(cues, word("stood", 9)) == [
        core.ChunkStarted(2.0, "a", "stood", 9, 0.2),
        core.WordStarted(2.0, "a", "stood", 9, 0.2),
    ]
    assert len(told(cues, word("open", 15))) == 1


def test_cues_that_have_ended_are_not_live():
    cues = RemoteCues()
    cues.see(state(row("a", "x", outcome="finished"), row("b", "y")))
    assert [cue.cue_id for cue in cues.live] == ["b"]


def test_lines_are_found_again_whose_cues_a_console_gave():
    cues = RemoteCues()
    long = "word " * 60
    first, second = new_id(), new_id()
    cues.see(state(row(first, long[:200]), row(second, "Same."), row("game-1", "Nobody moved.")))
    lines = CueList([long, "Same.", "Same.", "Nobody moved.", "Sam"])
    found = [(lines.index(line), cue.cue_id) for line, cue in lines_of(cues.live, lines)]
    assert found == [(0, first), (1, second)]


def test_no_id_is_given_twice():
    assert len({new_id() for _ in range(1_000)}) == 1_000


def test_of_cues_that_ended_only_the_last_are_kept():
    cues = RemoteCues()
    for number in range(1_500):
        told(
            cues,
            b.CueFinished(seq=number, time_s=1.0, cue_id=str(number), outcome=Outcome.FINISHED),
        )
    assert cues.get("0") is None
    assert cues.get("1499") is not None
