"""`bench xtts`: what a child measured is printed, and with --tune written."""

import asyncio
from argparse import Namespace
from pathlib import Path

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.xtts.measurer import XttsFigures, measure_xtts
from skaldcast.tui.commands import bench_xtts
from tests.tui.command import run

CHILD = "tests.core.synthesis.xtts.measuring_child"
OPTIONS = {"device": "auto", "slots": "4"}


def figures(*, tune: bool) -> XttsFigures:
    return asyncio.run(measure_xtts(OPTIONS, tune=tune, module=CHILD))


def test_what_the_child_measured_is_printed_in_rows():
    assert [row[:2] for row in bench_xtts.rows(figures(tune=True))] == [
        ("xtts on", "a card"),
        ("xtts first block", "0.25 s"),
        ("xtts 4 slots", "215.0 codes/s"),
        ("xtts vocoder, steps of 48", "0.50 s"),
        ("xtts best", "slots 6, step_codes 72"),
        ("xtts memory", "2.9 GB"),
    ]


def test_that_there_was_no_checkpoint_is_told():
    on = next(bench_xtts.rows(figures(tune=False)))
    assert "random weights" in on[2]


def test_what_goes_wrong_in_the_child_is_told_here():
    with pytest.raises(SynthesizerError, match="no such device"):
        asyncio.run(measure_xtts(OPTIONS | {"device": "broken"}, tune=False, module=CHILD))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    async def measured(options: object, *, tune: bool) -> XttsFigures:
        return await measure_xtts(OPTIONS, tune=tune, module=CHILD)

    monkeypatch.setattr(bench_xtts, "measure_xtts", measured)
    monkeypatch.setattr(bench_xtts, "missing_libraries", list)


@pytest.mark.usefixtures("fake")
def test_what_was_found_best_is_written_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "config.toml"
    path.write_text("[xtts]\nslots = 2  # mine\n")
    monkeypatch.setenv("SKALDCAST_XTTS_SLOTS", "3")
    list(bench_xtts.measure(Namespace(config=path, tune=True)))
    assert path.read_text() == "[xtts]\nslots = 6  # mine\nstep_codes = 72\n"
    told = capsys.readouterr().err.splitlines()
    assert told[0].endswith(f"written to {path}: xtts.slots = 6, xtts.step_codes = 72")
    assert "xtts.slots is also set by SKALDCAST_XTTS_SLOTS" in told[1]


@pytest.mark.usefixtures("fake")
def test_without_tune_nothing_is_written(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text("speed = 1.5\n")
    list(bench_xtts.measure(Namespace(config=path, tune=False)))
    assert path.read_text() == "speed = 1.5\n"


def test_tuning_belongs_to_xtts():
    run("bench", "--tune", "import").refusal(status=2)


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench_xtts, "missing_libraries", lambda: ["torch"])
    with pytest.raises(SynthesizerError, match=r'torch missing.*pip install "skaldcast\[xtts\]"'):
        list(bench_xtts.measure(Namespace(tune=True)))
