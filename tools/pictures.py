"""Draws the pictures of the docs from the real console, which speaks a scene into nowhere.

    python tools/pictures.py [FOLDER]

Needs the package installed. Writes SVG files into `docs/pictures`, or into FOLDER.
"""

import asyncio
import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from skaldcast.core.cue_list import CueState
from skaldcast.tui.console.app import ConsoleApp
from skaldcast.tui.console.setup import Setup

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"console": (100, 30), "console-wide": (160, 44)}
SCENE = """\
The gate of the old keep stood open, and nobody had opened it.

[Strahd] Come in, my friends. You are expected, and the table is laid.

[Ireena] I have seen this hall before, in a dream that I would rather forget.

The candles go out, one after another, although there is no wind.

[Strahd, amused] Shall we begin?
"""
SPEAKING, WORD = 1, "expected"
"""The cue that is being spoken in the picture, and the word of it that is heard."""


def draw(name: str, size: tuple[int, int]) -> str:
    """One picture, as SVG."""
    with tempfile.TemporaryDirectory() as kept:
        state, script = Path(kept), Path(kept, "the-old-keep.txt")
        (state / "console.json").write_text('{"guide_shown": true}', "utf-8")
        script.write_text(SCENE, "utf-8")
        arguments = Namespace(voice="hibari:heart", output="null", no_bridge=True)
        arguments.set = [("journal.enabled", "false"), ("cache.folder", kept)]
        return asyncio.run(_speak(ConsoleApp(Setup(arguments), state, script=script), size))


async def _speak(app: ConsoleApp, size: tuple[int, int]) -> str:
    async with app.run_test(size=size) as pilot:
        while app.link.narrator is None:
            await pilot.pause(0.05)
        await pilot.press("f10")
        spoken = app.cues[SPEAKING]
        while spoken.state is not CueState.SPEAKING or app.main.now.word != WORD:
            await pilot.pause(0.01)
        svg = app.export_screenshot(title="Skaldcast")
        app.leave()
        await app.wait_left()
    return svg


def main() -> None:
    folder = Path((sys.argv[1:] or [str(ROOT / "docs" / "pictures")])[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in [n for n in os.environ if n.startswith("SKALDCAST_")]:
        del os.environ[name]
    for name, size in SIZES.items():
        (folder / f"{name}.svg").write_text(draw(name, size), "utf-8")


if __name__ == "__main__":
    main()
