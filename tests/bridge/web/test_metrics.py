"""`/metrics`, read as a monitor reads it."""

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from skaldcast.bridge.web.metrics import EngineCollector
from skaldcast.bridge.web.status import EngineStatus
from tests.bridge.web.watching import CARD, FakeNarrator


def registry(narrator: FakeNarrator) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(EngineCollector(EngineStatus(narrator), lambda: 3, "0.1.0"))
    return registry


def samples(narrator: FakeNarrator) -> dict[tuple[str, ...], float]:
    """Values by name and the values of labels."""
    text = generate_latest(registry(narrator)).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_all_figures_are_there_by_prometheus_conventions():
    found = samples(FakeNarrator())
    expected = {
        ("skaldcast_ready",): 1,
        ("skaldcast_uptime_seconds",): 12,
        ("skaldcast_bridge_clients",): 3,
        ("skaldcast_underruns_total",): 1,
        ("skaldcast_underrun_seconds_total",): 0.75,
        ("skaldcast_holds_total",): 4,
        ("skaldcast_hold_seconds_total",): 2,
        ("skaldcast_device_underflows_total",): 3,
        ("skaldcast_chunks_total",): 31,
        ("skaldcast_speech_seconds_total",): 60,
        ("skaldcast_synthesis_seconds_total",): 6,
        ("skaldcast_buffered_seconds",): 3.5,
        ("skaldcast_margin_seconds",): 2.5,
        ("skaldcast_margin_min_seconds",): 0.25,
        ("skaldcast_start_mark_seconds",): 1.5,
        ("skaldcast_pause_mark_seconds",): 0.5,
        ("skaldcast_real_time_factor",): 0.1,
        ("skaldcast_time_to_first_audio_seconds",): 0.125,
        ("skaldcast_listeners",): 5,
        ("skaldcast_cues_waiting",): 2,
        ("skaldcast_cues_total", "finished"): 7,
        ("skaldcast_cues_total", "failed"): 1,
        ("skaldcast_cues_total", "skipped"): 0,
        ("skaldcast_cues_total", "interrupted"): 0,
        ("skaldcast_transport_state", "playing"): 1,
        ("skaldcast_transport_state", "paused"): 0,
        ("skaldcast_restarts_total", "synthesis"): 2,
        ("skaldcast_restarts_total", "playout"): 0,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_what_was_not_measured_yet_is_left_out():
    narrator = FakeNarrator()
    narrator.show(real_time_factor=None, time_to_first_audio_s=None, margin_min_s=None)
    names = {key[0] for key in samples(narrator)}
    assert "skaldcast_margin_seconds" in names
    assert not names & {
        "skaldcast_real_time_factor",
        "skaldcast_time_to_first_audio_seconds",
        "skaldcast_margin_min_seconds",
        "skaldcast_gpu_memory_bytes",
    }


def test_a_card_is_told_in_bytes():
    narrator = FakeNarrator()
    narrator.show(gpu=[CARD, CARD | {"name": "A slice", "busy_share": None}])
    found = samples(narrator)
    assert found["skaldcast_gpu_memory_used_bytes", "0", "A card"] == 4e9
    assert found["skaldcast_gpu_memory_bytes", "1", "A slice"] == 80e9
    assert found["skaldcast_gpu_busy_ratio", "0", "A card"] == 0.5
    assert ("skaldcast_gpu_busy_ratio", "1", "A slice") not in found


def test_before_the_voice_is_there_it_says_so():
    narrator = FakeNarrator()
    narrator.started = False
    found = samples(narrator)
    assert found["skaldcast_ready",] == 0
    assert ("skaldcast_chunks_total",) not in found


def test_each_scrape_looks_once_and_anew():
    narrator = FakeNarrator()
    shown = registry(narrator)
    looked = narrator.looked
    assert b"skaldcast_underruns_total 1.0" in generate_latest(shown)
    narrator.show(underruns=2)
    assert b"skaldcast_underruns_total 2.0" in generate_latest(shown)
    assert narrator.looked == looked + 2


def families() -> Iterator[str]:
    text = generate_openmetrics(registry(FakeNarrator())).decode()
    yield from (family.name for family in read_openmetrics(text))


def test_openmetrics_are_read_by_its_strict_parser():
    names = list(families())
    assert "skaldcast_underruns" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("voice", ['a "quoted"\nname', "Stra\u00dfe\\x"])
def test_any_name_of_a_voice_is_carried(voice: str):
    narrator = FakeNarrator()
    narrator.started = False
    object.__setattr__(narrator.options, "voice", voice)
    text = generate_latest(registry(narrator)).decode()
    (info,) = (f for f in text_string_to_metric_families(text) if f.name == "skaldcast_info")
    assert info.samples[0].labels["voice"] == voice
