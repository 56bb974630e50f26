"""The report of a narration."""

import json
import subprocess
import sys
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from skaldcast.core import report
from skaldcast.core.cue import Cue
from skaldcast.core.errors import OutputError
from skaldcast.core.plan import CuePlan, PlannedChunk
from skaldcast.core.report import Surroundings, Tally, build_report, write_report
from skaldcast.core.synthesis.figures import SynthesisFigures
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.types import Boundary, Chunk, Outcome, Priority

AROUND = Surroundings("tone", "tone:tone", "null", 24_000, "cinematic", "adaptive", 1, 0.5, 2, {})


def first_chunk(accepted_s: float | None = 1.0, **times: float | None) -> PlannedChunk:
    cue = Cue("a")
    cue.accepted_s = accepted_s
    planned = PlannedChunk(
        cue=CuePlan(cue, 0.0),
        chunk=Chunk("Hello.", Boundary.SENTENCE),
        job_id=1,
        request=SynthesisRequest("Hello.", "tone"),
        priority=Priority.DEMAND,
        pause_s=0.0,
        chunked_at_s=102.0,
    )
    for name, value in times.items():
        setattr(planned, name, value)
    return planned


def test_cards_are_in_the_report_only_where_there_are_any():
    assert "gpu" not in build_report(Tally(), AROUND)
    report = build_report(Tally(), replace(AROUND, gpu=[{"name": "Card"}]))
    assert report["gpu"] == [{"name": "Card"}]
    assert list(report)[-1] == "cue_list"


def test_what_the_synthesizer_noticed_is_in_the_report_only_where_there_is_something():
    tally = Tally()
    assert not [key for key in build_report(tally, AROUND) if key.startswith("synthesizer_")]
    tally.synthesizer_counts.update({"tail": 2})
    tally.synthesizer_figures = SynthesisFigures(3, 0.1, 0.3, 0.2, 0.4, 0.9)
    report = build_report(tally, AROUND)
    assert report["synthesizer_counts"] == {"tail": 2}
    assert report["synthesizer_figures"]["first_block_p95_s"] == 0.4
    assert json.dumps(report)


def test_the_time_to_first_audio_is_told_in_parts():
    tally = Tally()
    planned = first_chunk(started_at_s=104.0, first_block_at_s=108.0, let_out_at_s=116.0)
    tally.first_audio(planned, 132.0, clock_0=100.0)
    assert tally.time_to_first_audio_s == 31.0
    assert tally.first_audio_parts == {
        "chunk_s": 1.0,
        "queue_s": 2.0,
        "synthesis_s": 4.0,
        "prebuffer_s": 8.0,
        "device_s": 16.0,
    }


@pytest.mark.parametrize("let_out_at_s", [None, 90.0, 110.0, 500.0])
@pytest.mark.parametrize("first_block_at_s", [None, 90.0, 103.0])
@pytest.mark.parametrize("started_at_s", [None, 90.0, 102.5])
def test_the_parts_make_the_whole_and_none_is_negative(
    let_out_at_s: float | None, first_block_at_s: float | None, started_at_s: float | None
):
    tally = Tally()
    planned = first_chunk(
        started_at_s=started_at_s, first_block_at_s=first_block_at_s, let_out_at_s=let_out_at_s
    )
    tally.first_audio(planned, 120.0, clock_0=100.0)
    assert sum(tally.first_audio_parts.values()) == pytest.approx(19.0)
    assert min(tally.first_audio_parts.values()) >= 0.0


def test_only_the_first_cue_that_is_heard_counts():
    tally = Tally()
    tally.first_audio(first_chunk(accepted_s=None), 103.0, clock_0=100.0)
    assert tally.time_to_first_audio_s is None
    tally.first_audio(first_chunk(), 104.0, clock_0=100.0)
    tally.first_audio(first_chunk(), 170.0, clock_0=100.0)
    assert tally.time_to_first_audio_s == 3.0


def test_nothing_spoken_makes_a_report_too():
    built = build_report(Tally(), AROUND)
    for name in ("time_to_first_audio_s", "first_audio", "real_time_factor", "margin_min_s"):
        assert built[name] is None
    assert (built["cues"], built["cue_list"], built["audio_s"]) == (0, [], 0)
    assert json.loads(json.dumps(built)) == built


def test_figures_are_sums_over_the_cues():
    tally = Tally(synthesis_s=1.0, made_s=8.0, margin_min_s=-0.5)
    for name, audio_s, outcome in (("a", 2.0, Outcome.FINISHED), ("b", 0.5, Outcome.FAILED)):
        cue = tally.cues[name] = Cue(name)
        cue.add_text("Hello.")
        cue.audio_s = audio_s
        cue.end(outcome, 9.0)
    tally.cues["b"].error = "left out"
    tally.cues["c"] = Cue("c")
    built = build_report(tally, AROUND)
    assert (built["audio_s"], built["real_time_factor"]) == (2.5, 0.125)
    assert built["margin_min_s"] == -0.5
    assert built["cue_list"][0] == {
        "cue_id": "a",
        "text": "Hello.",
        "outcome": "finished",
        "queued_s": 0.0,
        "started_s": None,
        "finished_s": 9.0,
        "audio_s": 2.0,
    }
    assert built["cue_list"][1]["error"] == "left out"
    assert built["cue_list"][2]["outcome"] is None


def test_cues_that_ended_long_ago_are_let_go_and_still_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "KEPT_CUES", 3)
    tally = Tally()
    outcomes = [Outcome.FAILED] + 5 * [Outcome.FINISHED]
    for number, outcome in enumerate(outcomes):
        cue = tally.cues[str(number)] = Cue(str(number), audio_s=1.0)
        cue.end(outcome, 9.0)
        tally.ended(cue)
    tally.cues["waits"] = Cue("waits")
    built = build_report(tally, AROUND)
    assert [row["cue_id"] for row in built["cue_list"]] == ["0", "3", "4", "5", "waits"]
    assert (built["cues"], built["audio_s"], built["cues_left_out"]) == (7, 6.0, 2)


def test_a_margin_that_was_never_measured_is_none():
    assert Tally().margin_min_s == inf
    assert build_report(Tally(), AROUND)["margin_min_s"] is None


def test_a_report_replaces_the_one_before_it(tmp_path: Path):
    path = tmp_path / "report.json"
    path.write_text("old")
    write_report({"text": "Grüße \udc80"}, path)
    assert json.loads(path.read_text("utf-8")) == {"text": "Grüße ?"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (folder, tmp_path / "missing" / "report.json"):
        with pytest.raises(OutputError, match=path.name):
            write_report({}, path)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_report_that_cannot_be_put_in_place_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="no space"):
        write_report({}, tmp_path / "report.json")
    assert list(tmp_path.iterdir()) == []


def test_a_report_into_something_that_is_no_file_is_written_there():
    write_report({}, Path("NUL" if sys.platform == "win32" else "/dev/null"))
    assert not Path("/dev/null.part").exists()


def test_a_report_is_written_where_a_link_leads(tmp_path: Path):
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    write_report({"new": 1}, link)
    assert link.is_symlink()
    assert json.loads(target.read_text()) == {"new": 1}
    assert sorted(tmp_path.iterdir()) == [link, target]


def test_a_report_to_standard_output_leaves_the_device_in_place(tmp_path: Path):
    if sys.platform == "win32":
        return
    program = (
        "from pathlib import Path; from skaldcast.core.report import write_report; "
        "write_report({'new': 1}, Path('/dev/stdout'))"
    )
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", program], stdout=out, check=True)
    assert json.loads((tmp_path / "out").read_text()) == {"new": 1}
    assert Path("/dev/stdout").is_symlink()
