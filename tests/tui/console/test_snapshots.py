"""The screens as they were looked at and found right, as pictures.

What has changed on purpose: `pytest tests/tui/console/test_snapshots.py --snapshot-update`, then
look at the pictures in `__snapshots__`. A run that fails leaves `snapshot_report.html`, which has
what was and what is side by side.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from skaldcast.bridge.channel import Channel
from skaldcast.bridge.limits import Limits
from skaldcast.bridge.session import OwnCue, Session
from skaldcast.bridge.watching import Said
from skaldcast.core.events import HoldEnded, OutputOpened, UnderrunOccurred
from skaldcast.core.playout.device import DeviceRow
from skaldcast.core.playout.device_table import with_specs
from skaldcast.core.synthesis.registry import VoiceRegistry, VoiceRow
from skaldcast.core.types import Voice
from skaldcast.tui.console import device_desk
from skaldcast.tui.console.screens import bridge as bridge_screen
from skaldcast.tui.console.screens import narrator as narrator_screen
from skaldcast.tui.console.screens.view import View
from tests.bridge.talking import FakeSpeaker
from tests.fakes import Clock
from tests.tui.console.acting import PATIENCE_S, FakeSetup, Stage, pass_over_guide

SIZES = ((80, 24), (120, 40), (250, 70))
FIGURES = {
    "start_mark_s": 4.0,
    "pause_mark_s": 1.5,
    "margin_s": 3.2,
    "margin_min_s": 0.4,
    "real_time_factor": 0.31,
    "time_to_first_audio_s": 0.18,
    "underruns": 1,
    "holds": 1,
}
LEVELS_S = (2.0, 6.0, 9.0, 14.0, 12.5)
CONFIG = """\
voice = "hibari:heart"
[cast]
file = "cast.toml"
[models]
folder = "models"
[llm]
model = "tale"
api_key = "sk-secret"
"""
CAST = """\
[Strahd]
voice = "kokoro:bm_george"
speed = 0.9

["Ireena Kolyana"]
aliases = ["Ireena"]
"""
VOICES = (
    VoiceRow(Voice("hibari", "heart", ("en-US",), "MIT", "us", "calm"), True),
    VoiceRow(Voice("xtts", "Stage", ("de",), "CPML", "XTTS v2", "loud"), True, "pip install x"),
    VoiceRow(Voice("tone", "tone", ("en",), "MIT", "computed", "a bell"), True),
)
DEVICES = (
    DeviceRow(0, "Speakers", "PulseAudio", 2, 48_000, 0.015, True, ""),
    DeviceRow(1, "Headphones", "ALSA", 2, 44_100, 0.035, False, ""),
)
NOW_S = 1_000.0
"""On the bridge's clock."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The same voices, devices, models, clocks and paths on every machine; returns the folder."""

    async def models_of(_: object) -> list[str]:
        return ["another", "tale"]

    async def look_for_devices() -> list[DeviceRow]:
        return with_specs(DEVICES)

    evening_s = time.mktime((2026, 1, 31, 20, 15, 0, 0, 0, -1))  # whatever the time zone
    monkeypatch.setattr(VoiceRegistry, "list_voices", lambda _: list(VOICES))
    monkeypatch.setattr(device_desk, "look_for_devices", look_for_devices)
    monkeypatch.setattr(narrator_screen, "models_of", models_of)
    monkeypatch.setattr(bridge_screen, "monotonic_s", lambda: NOW_S)
    monkeypatch.setattr(bridge_screen, "time", SimpleNamespace(time=lambda: evening_s))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = Path()
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    (folder / "cast.toml").write_text(CAST, "utf-8")
    pass_over_guide(folder)
    return folder


def a_bridge() -> Any:
    """A game and a tool that has gone."""
    channel = Channel(FakeSpeaker(Clock()))
    game = Session("1", Limits(), channel, client="godot 4.4", since_s=NOW_S - 750.0, requests=12)
    game.sink, game.cues = object(), {"a": OwnCue()}  # pyright: ignore
    gone = Session("2", Limits(), channel, client="stream deck", since_s=NOW_S - 42.0, requests=3)
    hub = SimpleNamespace(sessions=[game, gone], watcher=None)
    return SimpleNamespace(server=SimpleNamespace(url="ws://127.0.0.1:7863", hub=hub))


def a_setup() -> FakeSetup:
    setup = FakeSetup()
    setup.clients, setup.bridge, setup.bridge_trouble = 2, a_bridge(), ""
    return setup


async def scene(stage: Stage) -> None:
    """In the middle of the second cue, with a history behind it."""
    narrator = stage.narrator
    await stage.until(lambda: stage.app.main.meter.looked_at_s == 0.0)
    narrator.figures = FIGURES
    narrator.tell(OutputOpened(0.0, "Built-in", 48_000))
    await stage.press("f5", "f5")
    first, second = narrator.cues
    await stage.heard(first)
    for now, level_s in enumerate(LEVELS_S, start=1):
        narrator.time_s, narrator.buffered_s = float(now), level_s
        await stage.until(lambda now=now: stage.app.main.meter.looked_at_s == now)
        if now == 2:
            narrator.tell(HoldEnded(2.0, 0.4))
            await stage.until(lambda: "hold of" in stage.app.told[-1])
        if now == 4:
            narrator.tell(UnderrunOccurred(4.0, 0.1))
            await stage.until(lambda: "underrun of" in stage.app.told[-1])
    narrator.end(first)
    await stage.heard(second, "Come")
    await stage.until(lambda: stage.states()[:2] == ["spoken", "speaking"])
    await stage.until(lambda: "bridge 2 clients" in stage.app.main.health.text)
    await stage.until(lambda: not stage.app.main.now.border_subtitle)  # nothing waits any more


async def say_something(stage: Stage) -> None:
    """On the bridge."""
    watcher = stage.setup.bridge.server.hub.watcher
    for at_s, client, text, refused in (
        (NOW_S - 61.0, "godot 4.4", "say: text The gate is open.", False),
        (NOW_S - 60.0, "", "cue_queued: cue_id a", False),
        (NOW_S - 2.0, "stream deck", "skip: refused, unknown_cue: there is no cue b", True),
    ):
        watcher.said.append(Said(at_s, client, text, refused))
        watcher.count += 1
    await stage.until(lambda: "unknown_cue" in stage.text)


async def lies_over(stage: Stage, key: str) -> None:
    """The scene, and a sheet over it."""
    await scene(stage)
    await stage.press(key)
    await stage.until(lambda: stage.app.screen is not stage.app.main)


async def go_to(stage: Stage, digit: str, shows: str) -> None:
    """A screen of its own, once it has read all."""
    await stage.press("tab", digit)
    await stage.until(lambda: isinstance(stage.app.screen, View) and shows in stage.text)


async def bridge(stage: Stage) -> None:
    await go_to(stage, "6", "stream deck")
    await say_something(stage)


LIST: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "main": scene,
    "messages": lambda stage: lies_over(stage, "f3"),
    "help": lambda stage: lies_over(stage, "f1"),
}
VIEWS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "cast": lambda stage: go_to(stage, "2", "| saved"),
    "voices": lambda stage: go_to(stage, "3", "xtts-v2"),
    "devices": lambda stage: go_to(stage, "4", "CHOSEN"),
    "narrator": lambda stage: go_to(stage, "5", "answers and has"),
    "bridge": bridge,
    "settings": lambda stage: go_to(stage, "7", "hibari:heart"),
}
CASES = [(name, size) for name in LIST for size in SIZES] + [(name, SIZES[0]) for name in VIEWS]


@pytest.mark.parametrize(
    ("name", "size"), CASES, ids=[f"{name}-{size[0]}x{size[1]}" for name, size in CASES]
)
def test_it_looks_as_it_did(name: str, size: tuple[int, int], world: Path, snap_compare: Any):
    stage = Stage(world, setup=a_setup())

    async def act(pilot: Pilot[int]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await stage.open(pilot)
            await (LIST | VIEWS)[name](stage)

    assert snap_compare(stage.app, terminal_size=size, run_before=act)
