"""`/metrics`: what a monitor such as Prometheus draws over time.

All is read when it is asked for."""

from collections.abc import Callable, Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from ...core.playout.prebuffer import PrebufferState
from ...core.types import Outcome
from ...core.vitals import Vitals
from .status import EngineStatus

_Rows = tuple[tuple[str, str, Callable[[Vitals], float | None]], ...]

_COUNTERS: _Rows = (
    ("underruns", "Silences put inside speech, counted at the device.", lambda v: v.underruns),
    ("underrun_seconds", "Silence put inside speech.", lambda v: v.underrun_s),
    ("holds", "Waits placed at a pause of the text.", lambda v: v.holds),
    ("hold_seconds", "Time waited at pauses of the text.", lambda v: v.hold_s),
    ("device_underflows", "What the device reported: a hint.", lambda v: v.device_underflows),
    ("chunks", "Chunks of text that were synthesised.", lambda v: v.chunks),
    ("speech_seconds", "Speech that was made.", lambda v: v.made_s),
    ("synthesis_seconds", "Time that making it took.", lambda v: v.synthesis_s),
)
_GAUGES: _Rows = (
    ("buffered_seconds", "Audio that is ready and was not heard.", lambda v: v.buffered_s),
    ("margin_seconds", "Buffered, less the next chunk's predicted work.", lambda v: v.margin_s),
    ("margin_min_seconds", "The least margin since the start.", lambda v: v.margin_min_s),
    ("start_mark_seconds", "Buffered audio at which playout starts.", lambda v: v.start_mark_s),
    ("pause_mark_seconds", "Buffered audio below which it holds.", lambda v: v.pause_mark_s),
    ("real_time_factor", "Work for a second of speech.", lambda v: v.real_time_factor),
    (
        "time_to_first_audio_seconds",
        "From the first cue's text to its first sound.",
        lambda v: v.time_to_first_audio_s,
    ),
    ("listeners", "Who listens elsewhere, by WebRTC.", lambda v: v.listeners),
    ("cues_waiting", "Cues that have not ended.", lambda v: v.waiting),
)
_MB = 1e6


class EngineCollector(Collector):
    """The engine's figures as Prometheus' families, in base units and by its conventions."""

    def __init__(self, status: EngineStatus, clients: Callable[[], int], version: str) -> None:
        self._status = status
        self._clients = clients
        self._version = version

    def collect(self) -> Iterable[Metric]:
        """Called at each scrape."""
        status, vitals = self._status, self._status.vitals()
        facts = {"version": self._version, "voice": status.voice, "output": status.output}
        yield InfoMetricFamily("skaldcast", "What runs here.", value=facts)
        ready = float(status.trouble is None)
        yield GaugeMetricFamily("skaldcast_ready", "Whether it can speak, 0 or 1.", value=ready)
        yield GaugeMetricFamily(
            "skaldcast_uptime_seconds", "Since the engine was made.", value=status.uptime_s
        )
        yield GaugeMetricFamily(
            "skaldcast_bridge_clients", "Clients that are connected now.", value=self._clients()
        )
        if vitals is not None:
            yield from _rows(vitals)
            yield from _cues(vitals)
            yield from _processes(vitals)
            yield from _cards(vitals)


def _rows(vitals: Vitals) -> Iterator[Metric]:
    """What is one number; what was not measured yet is left out."""
    for kind, rows in ((CounterMetricFamily, _COUNTERS), (GaugeMetricFamily, _GAUGES)):
        for name, meaning, look in rows:
            if (value := look(vitals)) is not None:
                yield kind(f"skaldcast_{name}", meaning, value=value)


def _cues(vitals: Vitals) -> Iterator[Metric]:
    cues = CounterMetricFamily("skaldcast_cues", "Cues that have ended.", labels=["outcome"])
    for outcome in Outcome:
        cues.add_metric([outcome.value], vitals.ended.get(outcome, 0))
    yield cues
    states = {state.value: state.value == vitals.state for state in PrebufferState}
    yield StateSetMetricFamily("skaldcast_transport_state", "What playout does.", value=states)


def _processes(vitals: Vitals) -> Iterator[Metric]:
    restarts = CounterMetricFamily(
        "skaldcast_restarts", "How often a process was started again.", labels=["process"]
    )
    for process, count in vitals.restarts.items():
        restarts.add_metric([process], count)
    yield restarts


def _cards(vitals: Vitals) -> Iterator[Metric]:
    if not vitals.gpu:
        return
    labels = ["gpu", "name"]
    used = GaugeMetricFamily("skaldcast_gpu_memory_used_bytes", "By all programs.", labels=labels)
    total = GaugeMetricFamily("skaldcast_gpu_memory_bytes", "That there is.", labels=labels)
    busy = GaugeMetricFamily(
        "skaldcast_gpu_busy_ratio", "Share of synthesis in which it worked.", labels=labels
    )
    for index, card in enumerate(vitals.gpu):
        key = [str(index), str(card["name"])]
        used.add_metric(key, card["vram_used_mb"] * _MB)
        total.add_metric(key, card["vram_total_mb"] * _MB)
        if card["busy_share"] is not None:
            busy.add_metric(key, card["busy_share"])
    yield from (used, total, busy)


def routes(status: EngineStatus, clients: Callable[[], int], version: str) -> list[web.RouteDef]:
    """What the application is given; `clients` counts those of the bridge."""
    registry = CollectorRegistry()
    registry.register(EngineCollector(status, clients, version))

    async def answer(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(registry), headers={"Content-Type": content_type})

    return [web.get("/metrics", answer)]
