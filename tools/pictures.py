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
SPEAKING = 1
"""The cue that is being spoken in the picture, and some seconds of it were."""


async def draw(folder: Path, name: str, size: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as kept:
        state, script = Path(kept), Path(kept, "the-old-keep.txt")
        (state / "console.json").write_text('{"guide_shown": true}')
        script.write_text(SCENE)
        arguments = Namespace(voice="hibari:heart", output="null", no_bridge=True)
        arguments.set = [("journal.enabled", "false")]
        app = ConsoleApp(Setup(arguments), state, script=script)
        async with app.run_test(size=size) as pilot:
            while app.link.narrator is None:
                await pilot.pause(0.05)
            await pilot.press("f10")
            while (
                app.cues[SPEAKING].state is not CueState.SPEAKING or app.main.now.word != "expected"
            ):
                await pilot.pause(0.01)
            svg = app.export_screenshot(title="Skaldcast")
            await app.action_quit()
    (folder / f"{name}.svg").write_text(svg, "utf-8")


def main() -> None:
    folder = Path((sys.argv[1:] or [str(ROOT / "docs" / "pictures")])[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name in [n for n in os.environ if n.startswith("SKALDCAST_")]:
        del os.environ[name]
    for name, size in SIZES.items():
        asyncio.run(draw(folder, name, size))


if __name__ == "__main__":
    main()
