"""The screens as they were looked at and found right, in three sizes.

What has changed on purpose: `UPDATE_SNAPSHOTS=1 pytest tests/tui/console/test_snapshots.py`, then
look at the difference.
"""

import os
import re
from pathlib import Path

import pytest

from skaldcast.core.events import HoldEnded, OutputOpened, UnderrunOccurred
from tests.tui.console.acting import FakeSetup, Stage, console, play

FOLDER = Path(__file__).with_name("snapshots")
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
    await stage.pilot.pause()


def with_clients(setup: FakeSetup) -> None:
    setup.clients = 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "key"), [("main", ""), ("messages", "f3"), ("help", "f1")])
def test_a_screen_looks_as_it_did(name: str, key: str, size: tuple[int, int], tmp_path: Path):
    columns, rows = size

    async def work() -> None:
        async with console(tmp_path, size=size, change=with_clients) as stage:
            await scene(stage)
            if key:
                await stage.press(key)
                await stage.pilot.pause(0.1)
                await stage.pilot.pause()
            compare(f"{name}-{columns}x{rows}", stage.text)

    play(work)


def compare(name: str, text: str) -> None:
    """Times of day are left out."""
    text = re.sub(r"\d\d:\d\d:\d\d", "hh:mm:ss", text) + "\n"
    path = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
