"""The proof of benchmarks/prebuffer_traces.py in small: seeded, on a virtual clock."""

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from skaldcast.core.synthesis.synthesizer import SpeedHint
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.types import Boundary


@pytest.fixture(scope="module")
def traces() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[3] / "benchmarks"))
        import prebuffer_traces

        yield prebuffer_traces
        for name in ("prebuffer_traces", "prebuffer_simulation"):
            sys.modules.pop(name, None)


def test_random_voices_start_nearly_as_early_as_the_clairvoyant_and_never_run_dry(
    traces: ModuleType,
) -> None:
    results = [result for seed in (1, 2, 3) for result in traces.run_seeded(seed, 200)]
    assert sum(r.underruns > 0 for r in results) <= 1, "at most one in a thousand, and luck"
    least_s = statistics.median(r.least_s for r in results)
    assert statistics.median(r.delay_s for r in results) <= 1.5 * least_s + 0.1
    assert all(r.delay_s >= 0.0 for r in results)


def test_holds_cost_little_more_than_the_least_possible(traces: ModuleType) -> None:
    results = traces.run_seeded(4, 400)
    least_s = statistics.fmean(r.least_hold_s for r in results)
    assert least_s > 0.0
    assert statistics.fmean(r.hold_s for r in results) <= least_s + 0.15
    assert all(r.hold_s >= r.least_hold_s - 1e-6 for r in results if not r.underruns)


def test_the_clairvoyant_waits_for_the_block_that_is_latest_against_its_place(
    traces: ModuleType,
) -> None:
    first = traces.Made(30, Boundary.SENTENCE, 0.0, [1.0, 1.0], [0.5, 0.5])
    second = traces.Made(30, Boundary.PARAGRAPH, 0.0, [2.0], [3.0])
    trace = traces.Trace([first, second], VoiceProfile("t:t"), "")
    trace.make()
    assert trace.least_delay() == pytest.approx(4.0 - 2.0)
    second.pause_s = 0.5
    assert trace.least_delay() == pytest.approx(4.0 - 2.5)
    second.pause_s, second.text_at = 0.0, 9.0
    for chunk in trace.chunks:
        chunk.arrivals.clear()
    trace.make()
    assert trace.least_delay() == pytest.approx(0.5), "a stalled source is not waited for"
    assert trace.least_delay(past_stalls=True) == pytest.approx(12.0 - 2.0)


def test_the_same_traces_run_dry_where_all_that_is_there_is_let_out(traces: ModuleType) -> None:
    results = [r for seed in (1, 2, 3) for r in traces.run_seeded(seed, 200, traces.Eager)]
    assert sum(r.underruns > 0 for r in results) > 6, "else the traces above prove nothing"


def test_a_slow_streaming_tone_is_gapless_and_starts_early(traces: ModuleType) -> None:
    hint = SpeedHint(0.3, 0.8, 0.2, 0.065)
    chunks, result = traces.tone_run(traces.tone_text(200), hint, hinted=True)
    assert chunks >= 200
    assert (result.underruns, result.holds) == (0, 0)
    assert result.delay_s <= 1.5 * result.least_s + 0.1


def test_a_slow_tone_in_whole_chunks_is_gapless_and_heard_within_two_and_a_half_seconds(
    traces: ModuleType,
) -> None:
    hint = SpeedHint(0.25, 0.7, 0.0, 0.065)
    _, result = traces.tone_run(traces.alternating_text(60), hint, hinted=True)
    assert (result.underruns, result.holds) == (0, 0)
    assert result.delay_s <= 2.5
